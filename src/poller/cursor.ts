/**
 * What `Checkpoint.cursor` holds for persistent tokens.
 *
 * Usually the plain token, and then it is position-exact: everything before it is delivered, nothing after it. When a page
 * with records names no new token (the tip of the stream, or a service that repeats the token), the old token stays and
 * the records after it are delivered already. Then a suffix says how many records those are and what they were, so that
 * the next poll can leave out exactly them: `<token>\n#delivered=<count>:<sha1 of their digests>`.
 */
export interface Cursor {
  readonly token: string;
  readonly delivered?: { readonly count: number; readonly digest: string };
}

const SUFFIX = /\n#delivered=(\d+):([0-9a-f]{40})$/;

export function parseCursor(text: string | undefined): Cursor | undefined {
  if (text === undefined || text === '') return undefined;
  const match = SUFFIX.exec(text);
  if (!match) return { token: text };
  return { token: text.slice(0, match.index), delivered: { count: Number(match[1]), digest: match[2]! } };
}

export function formatCursor(cursor: Cursor): string {
  return cursor.delivered
    ? `${cursor.token}\n#delivered=${cursor.delivered.count}:${cursor.delivered.digest}`
    : cursor.token;
}
