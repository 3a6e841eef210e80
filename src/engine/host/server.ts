import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import { afterExecute, beforeExecute } from './failpoints.ts';
import { parseStatementRequest, RefusedRequest, requireToken, type StatementRequest } from './request.ts';
import { engineErrorText, runBuffered, runStreaming } from './sessions.ts';
import { joinBlocks } from './stream-format.ts';

export interface ServerOptions {
  readonly dataDir: string;
  readonly token: string;
}

const gzipAsync = promisify(gzip);

/** Statements that the host has taken and not finished, by query id; known before the engine lists them. */
export class RunningStatements {
  private readonly counts = new Map<string, number>();

  enter(queryId: string): () => void {
    this.counts.set(queryId, this.count(queryId) + 1);
    return () => {
      const left = this.count(queryId) - 1;
      if (left > 0) this.counts.set(queryId, left);
      else this.counts.delete(queryId);
    };
  }

  count(queryId: string): number {
    return this.counts.get(queryId) ?? 0;
  }

  get total(): number {
    let total = 0;
    for (const count of this.counts.values()) total += count;
    return total;
  }
}

/** ClickHouse's HTTP protocol, as much of it as the stock client speaks. */
export function createHostServer(options: ServerOptions, running: RunningStatements): Server {
  const server = createServer((request, response) => {
    handle(request, response, options, running).catch((error: unknown) => sendError(response, error));
  });
  // Statements may run for as long as their own limit says; the client closes idle sockets first.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 600_000;
  return server;
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServerOptions,
  running: RunningStatements,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://engine');
  if (url.pathname === '/ping') {
    response.end('Ok.\n');
    return;
  }
  requireToken(request, options.token);
  if (url.pathname === '/running') {
    response.end(String(running.count(url.searchParams.get('query_id') ?? '')));
    return;
  }
  const queryId = url.searchParams.get('query_id') ?? randomUUID();
  const leave = running.enter(queryId);
  try {
    const parsed = await parseStatementRequest(request, url);
    response.setHeader('X-ClickHouse-Query-Id', queryId);
    response.setHeader('X-ClickHouse-Format', parsed.statement.format);
    if (parsed.buffered) await answerBuffered(response, parsed, options.dataDir);
    else await answerStreaming(response, parsed, options.dataDir);
  } finally {
    leave();
  }
}

async function answerBuffered(
  response: ServerResponse,
  parsed: StatementRequest,
  dataDir: string,
): Promise<void> {
  const isInsert = parsed.kind === 'INSERT';
  if (isInsert) beforeExecute();
  const result = await runBuffered(dataDir, parsed.statement);
  if (isInsert) afterExecute();
  response.setHeader(
    'X-ClickHouse-Summary',
    JSON.stringify({
      read_rows: String(result.rowsRead),
      read_bytes: String(result.bytesRead),
      elapsed_ns: String(Math.round(result.elapsed * 1e9)),
    }),
  );
  const bytes = result.bytes();
  if (!parsed.gzip) {
    response.end(bytes);
    return;
  }
  response.setHeader('Content-Encoding', 'gzip');
  response.end(await gzipAsync(bytes));
}

async function answerStreaming(
  response: ServerResponse,
  parsed: StatementRequest,
  dataDir: string,
): Promise<void> {
  const tag = randomBytes(12).toString('base64url').slice(0, 16);
  response.setHeader('X-ClickHouse-Exception-Tag', tag);
  const output = parsed.gzip ? createGzip() : response;
  let started = false;
  try {
    for await (const chunk of joinBlocks(runStreaming(dataDir, parsed.statement), parsed.statement.format)) {
      if (response.destroyed) return;
      if (!started && parsed.gzip) {
        response.setHeader('Content-Encoding', 'gzip');
        output.pipe(response);
      }
      started = true;
      // The client may go away while the buffer is full; 'close' then comes in place of 'drain'.
      if (!output.write(chunk)) await Promise.race([once(output, 'drain'), once(response, 'close')]);
    }
    output.end();
  } catch (error) {
    if (!started) throw error;
    output.end(exceptionBlock(engineErrorText(error), tag));
  }
}

/** Error in the middle of a result, in the form that ClickHouse has used since 25.11. */
function exceptionBlock(text: string, tag: string): string {
  const message = `${text}\n`;
  return `\r\n__exception__\r\n${tag}\r\n${message}${Buffer.byteLength(message)} ${tag}\r\n__exception__\r\n`;
}

function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const text = error instanceof RefusedRequest ? error.message : engineErrorText(error);
  response.statusCode = error instanceof RefusedRequest ? error.status : 500;
  response.setHeader('X-ClickHouse-Exception-Code', /^Code: (\d+)/.exec(text)?.[1] ?? '1001');
  response.removeHeader('Content-Encoding');
  response.end(`${text}\n`);
}
