import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import type { Statement } from './sessions.ts';
import { hasSecondStatement, statementKind } from './sql-scan.ts';
import { formatOf, isJoinable } from './stream-format.ts';

/** An answer that says why a request was refused, in ClickHouse's own form. */
export class RefusedRequest extends Error {
  readonly status: number;
  constructor(options: { status: number; code: number; name: string; message: string }) {
    super(`Code: ${options.code}. DB::Exception: ${options.message}. (${options.name})`);
    this.status = options.status;
  }
}

export interface StatementRequest {
  readonly kind: string;
  readonly statement: Statement;
  /** The whole result before the first byte of the answer, so that errors have a status. */
  readonly buffered: boolean;
  readonly gzip: boolean;
}

const maxBodyBytes = 64 * 1024 * 1024;
const streamable = new Set(['SELECT', 'WITH']);
/** Parameters of the protocol that are not settings of the engine. */
const protocolParameters = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'wait_end_of_query',
  'buffer_size',
  'enable_http_compression',
  'client_protocol_version',
  'compress',
  'decompress',
  'user',
  'password',
  'role',
  'session_id',
  'session_timeout',
  'session_check',
]);

function passwordOf(request: IncomingMessage): string {
  const key = request.headers['x-clickhouse-key'];
  if (typeof key === 'string') return key;
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (basic === undefined) return '';
  const pair = Buffer.from(basic, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}

/** Refuses a request whose password (Basic, or X-ClickHouse-Key) is not the token. */
export function requireToken(request: IncomingMessage, token: string): void {
  const given = Buffer.from(passwordOf(request));
  const wanted = Buffer.from(token);
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
  throw new RefusedRequest({
    status: 403,
    code: 516,
    name: 'AUTHENTICATION_FAILED',
    message: 'Authentication failed',
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const input = request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes)
      throw refuse(413, 'TOO_LARGE_STRING_SIZE', 131, `Request is larger than ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refuse(status: number, name: string, code: number, message: string): RefusedRequest {
  return new RefusedRequest({ status, code, name, message });
}

function settingsOf(parameters: URLSearchParams): Map<string, string> {
  const settings = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (protocolParameters.has(name)) continue;
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      throw refuse(400, 'UNKNOWN_SETTING', 115, `Setting ${JSON.stringify(name)} has no valid name`);
    settings.set(name, value);
  }
  // A session that is already read-only would refuse the settings after it.
  const readonly = settings.get('readonly');
  if (readonly !== undefined) {
    settings.delete('readonly');
    settings.set('readonly', readonly);
  }
  return settings;
}

/** Reads one statement with its settings from the URL and the body. Throws RefusedRequest. */
export async function parseStatementRequest(request: IncomingMessage, url: URL): Promise<StatementRequest> {
  const parameters = url.searchParams;
  const unsupported = ['session_id', 'role', 'compress', 'decompress'].find((name) => parameters.has(name));
  if (unsupported !== undefined)
    throw refuse(400, 'NOT_IMPLEMENTED', 48, `Parameter ${unsupported} is not supported by the engine host`);
  const head = parameters.get('query') ?? '';
  const body = await readBody(request);
  const sql = head === '' ? body : body === '' ? head : `${head}\n${body}`;
  const kind = statementKind(sql);
  const inlineData = head !== '' && kind === 'INSERT';
  checkStatement(inlineData ? head : sql);
  const database = parameters.get('database');
  if (database !== null && !/^\w+$/.test(database))
    throw refuse(400, 'UNKNOWN_DATABASE', 81, `Database ${JSON.stringify(database)} has no valid name`);
  const format = formatOf(sql, parameters.get('default_format') ?? 'TabSeparated');
  const canStream = streamable.has(kind) && isJoinable(format);
  return {
    kind,
    statement: {
      sql,
      format,
      settings: settingsOf(parameters),
      ...(database === null ? {} : { database }),
    },
    buffered: parameters.get('wait_end_of_query') === '1' || !canStream,
    gzip:
      parameters.get('enable_http_compression') === '1' &&
      /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? '')),
  };
}

function checkStatement(sql: string): void {
  if (statementKind(sql) === '') throw refuse(400, 'SYNTAX_ERROR', 62, 'Syntax error: Empty query');
  if (hasSecondStatement(sql))
    throw refuse(400, 'SYNTAX_ERROR', 62, 'Syntax error (Multi-statements are not allowed)');
  // KILL … SYNC never returns in this engine, even after its victim is gone.
  if (statementKind(sql) === 'KILL' && /\b(SYNC|TEST)\b/i.test(sql.replace(/\bASYNC\b/gi, ''))) {
    throw refuse(400, 'NOT_IMPLEMENTED', 48, 'KILL QUERY runs ASYNC only');
  }
}
