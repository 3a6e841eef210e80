import { createHash } from 'node:crypto';

/** Where a reader is: the log and its order, the last row seen, and the bounds of the first request. */
export interface Position {
  readonly log: 'stream' | 'search';
  readonly order: 'asc' | 'desc';
  /** Primary sort value of the last row; absent before the first one. */
  readonly at?: number;
  readonly id?: string;
  readonly from?: number;
  readonly to?: number;
  /** Filters of the search, as query text. */
  readonly filters?: string;
}

const seal = (body: string, secret: string) =>
  createHash('sha256').update(`${secret}\n${body}`).digest('base64url').slice(0, 12);

/** Opaque text; it ends with a seal so that a changed cursor is refused. */
export function writeCursor(position: Position, issuedAt: number, secret: string): string {
  const body = Buffer.from(JSON.stringify({ ...position, issuedAt })).toString('base64url');
  return `${body}${seal(body, secret)}`;
}

/** The position, or undefined when the cursor is foreign, changed or older than its time to live. */
export function readCursor(
  text: string,
  check: { secret: string; now: number; ttlSeconds: number },
): Position | undefined {
  const body = text.slice(0, -12);
  if (body === '' || text.slice(-12) !== seal(body, check.secret)) return undefined;
  const { issuedAt, ...position } = JSON.parse(
    Buffer.from(body, 'base64url').toString('utf8'),
  ) as Position & { issuedAt: number };
  const expired = check.ttlSeconds > 0 && check.now - issuedAt > check.ttlSeconds * 1000;
  return expired ? undefined : position;
}
