import { SluiceError } from '../../core/errors.ts';
import type { QueryService } from '../services.ts';
import { iso, kqlColumns } from './stub-data.ts';

export interface StubQueries extends QueryService {
  /** Query ids in the order in which they were cancelled. */
  readonly cancelled: string[];
  /** Blocks handed out so far, over all queries. */
  blocksSent(): number;
}

class RefusedQuery extends SluiceError {
  readonly diagnostics: readonly {
    code: string;
    severity: 'error';
    message: string;
    hint: string;
    place: { start: number; end: number; line: number; column: number };
  }[];

  constructor(query: string) {
    const at = Math.max(0, query.indexOf('nosuch'));
    const message = "The name 'nosuch' does not refer to any known function.";
    super({ code: 'KQL_UNKNOWN_FUNCTION', message, hint: 'Check the spelling.' });
    this.diagnostics = [
      {
        code: 'KQL_UNKNOWN_FUNCTION',
        severity: 'error',
        message,
        hint: 'Check the spelling.',
        place: { start: at, end: at + 6, line: 1, column: at + 1 },
      },
    ];
  }
}

function rowAt(index: number, now: number): unknown[] {
  return [
    iso(now - index * 60_000),
    `user${index % 7}@example.com`,
    ['login', 'permission changed', 'page deleted'][index % 3],
    `192.0.2.${index % 250}`,
    { index, nested: { ok: index % 2 === 0 } },
    index % 5 === 0 ? '9007199254740993' : index,
  ];
}

/**
 * Answers every query with generated rows. Words in the text steer it: `nosuch` is refused with a span, `explode` breaks
 * after the first block, `crash` throws an error that is no SluiceError, `endless` never ends, `take N` limits the rows.
 */
export function stubQueries(now: () => number): StubQueries {
  const cancelled: string[] = [];
  let sent = 0;

  async function* blocks(query: string, maxRows: number, signal: AbortSignal): AsyncGenerator<unknown[][]> {
    const wanted = Number(query.match(/\btake (\d+)/)?.[1] ?? 250);
    const total = Math.min(wanted, maxRows);
    const endless = /\bendless\b/.test(query);
    for (let at = 0; endless || at < total; at += 100) {
      signal.throwIfAborted();
      await new Promise((resolve) => setImmediate(resolve));
      sent += 1;
      const size = endless ? 100 : Math.min(100, total - at);
      yield Array.from({ length: size }, (_, i) => rowAt(at + i, now()));
      if (/\bexplode\b/.test(query))
        throw new SluiceError({
          code: 'ENGINE_MEMORY',
          message: 'The query needs more memory than it may use',
          hint: 'Narrow the time range.',
        });
    }
  }

  return {
    cancelled,
    blocksSent: () => sent,
    async run(input, signal) {
      if (input.query.includes('nosuch')) throw new RefusedQuery(input.query);
      if (input.query.includes('crash')) throw new Error('password=hunter2 in an internal message');
      const wanted = Number(input.query.match(/\btake (\d+)/)?.[1] ?? 250);
      return {
        queryId: input.queryId ?? 'stub-query',
        columns: kqlColumns,
        diagnostics: [],
        blocks: blocks(input.query, input.maxRows, signal),
        truncated: () => wanted > input.maxRows,
      };
    },
    async validate(query) {
      if (!query.includes('nosuch')) return { diagnostics: [], columns: kqlColumns };
      return { diagnostics: [...new RefusedQuery(query).diagnostics], columns: null };
    },
    async cancel(queryId) {
      cancelled.push(queryId);
    },
    async schema() {
      const tables = ['Tracker_Audit_CL', 'WikiAuditLogs_CL', 'OrganizationAuditEvents_CL'].map((name) => ({
        name,
        columns: kqlColumns,
      }));
      return {
        tables,
        functions: ['ago', 'bin', 'now', 'parse_json', 'strcat', 'tolower'],
        aggregates: ['count', 'dcount', 'max', 'min', 'sum'],
        operators: ['where', 'extend', 'project', 'summarize', 'sort', 'top', 'take', 'union', 'join'],
      };
    },
  };
}
