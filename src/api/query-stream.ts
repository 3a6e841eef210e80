import type { FastifyBaseLogger } from 'fastify';
import type { z } from 'zod';
import { isSluiceError } from '../core/errors.ts';
import { toDiagnosticDtos, toProblem } from './problem.ts';
import type { QueryMessage, QueryResult } from './schemas.ts';
import type { QueryStream } from './services.ts';

/** Small enough that a page draws the first rows early, large enough that lines cost little. */
const rowsPerLine = 1000;

type Message = z.output<typeof QueryMessage>;
type Rows = z.output<typeof QueryResult>['rows'];

const line = (message: Message) => `${JSON.stringify(message)}\n`;

interface LinesOptions {
  readonly stream: QueryStream;
  readonly elapsedMs: () => number;
  readonly requestId: string;
  readonly signal: AbortSignal;
  readonly log: FastifyBaseLogger;
}

/**
 * NDJSON lines of one query: `meta`, `rows` …, then `done` or `error`.
 * Pulled by the socket, so a slow client holds the engine back instead of filling memory.
 */
export async function* queryLines(options: LinesOptions): AsyncGenerator<string> {
  const { stream, elapsedMs, requestId, signal, log } = options;
  let rows = 0;
  yield line({
    type: 'meta',
    queryId: stream.queryId,
    columns: [...stream.columns],
    diagnostics: toDiagnosticDtos(stream.diagnostics),
  });
  try {
    for await (const block of stream.blocks) {
      for (let at = 0; at < block.length; at += rowsPerLine) {
        yield line({ type: 'rows', rows: block.slice(at, at + rowsPerLine) as Rows });
      }
      rows += block.length;
      if (signal.aborted) return;
    }
    yield line({ type: 'done', rows, truncated: stream.truncated(), elapsedMs: elapsedMs() });
  } catch (error) {
    if (signal.aborted) return;
    if (!isSluiceError(error)) log.error({ err: error, requestId }, 'query stream failed');
    yield line({ type: 'error', problem: toProblem(error, requestId) });
  }
}

/** The whole result as one document. Rows are bounded by the query's `maxRows`. */
export async function collectResult(
  stream: QueryStream,
  elapsedMs: () => number,
): Promise<z.output<typeof QueryResult>> {
  const rows: Rows = [];
  for await (const block of stream.blocks) for (const row of block) rows.push(row as Rows[number]);
  return {
    queryId: stream.queryId,
    columns: [...stream.columns],
    rows,
    truncated: stream.truncated(),
    elapsedMs: elapsedMs(),
    diagnostics: toDiagnosticDtos(stream.diagnostics),
  };
}
