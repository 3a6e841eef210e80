/** Requests of runs in the state database, within their budgets. Everything here is redacted already. */
import type { Kysely } from 'kysely';
import type { Database, RequestRow } from '../state/schema.ts';

/** The first requests of a run and the last ones: a run of thousands would fill the database, and most fail at the end. */
const firstRequestsKept = 450;
const lastRequestsKept = 50;
/** Excerpts of one connection, over all its runs; the oldest go first. */
const excerptBytesKept = 5 * 1024 * 1024;

export interface RequestTrace {
  readonly method: string;
  /** Redacted. */
  readonly url: string;
  readonly status: number | null;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly bytes: number;
  readonly records: number;
  /** `CODE: message`. */
  readonly error: string | null;
  readonly poller: string | null;
  /** 1 for the first try of a request. */
  readonly attempt: number;
  /** Lower-case names, masked. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly responseHeaders: Readonly<Record<string, string>>;
  /** Null where the ledger decides later than the request, and on failures. */
  readonly newRecords: number | null;
  readonly duplicates: number | null;
  /** `CODE: message`. */
  readonly warning: string | null;
  /** Start of the body. */
  readonly excerpt: string | null;
}

export type StoredRequest = RequestTrace & { readonly ordinal: number };

export interface RequestStore {
  /** @param ordinal position in the run, from 0, without gaps */
  add(runId: string, ordinal: number, trace: RequestTrace): Promise<void>;
  ofRun(runId: string): Promise<StoredRequest[]>;
}

function headersOf(json: string | null): Record<string, string> {
  return json === null ? {} : (JSON.parse(json) as Record<string, string>);
}

function traceOf(row: RequestRow): StoredRequest {
  return {
    ordinal: row.ordinal,
    method: row.method,
    url: row.url,
    status: row.status,
    startedAtMs: row.started_at,
    durationMs: row.duration_ms,
    bytes: row.bytes,
    records: row.records,
    error: row.error,
    poller: row.poller,
    attempt: row.attempt ?? 1,
    requestHeaders: headersOf(row.request_headers_json),
    responseHeaders: headersOf(row.response_headers_json),
    newRecords: row.new_records,
    duplicates: row.duplicates,
    warning: row.warning,
    excerpt: row.excerpt,
  };
}

function rowOf(runId: string, ordinal: number, t: RequestTrace): RequestRow {
  return {
    run_id: runId,
    ordinal,
    method: t.method,
    url: t.url,
    status: t.status,
    started_at: t.startedAtMs,
    duration_ms: t.durationMs,
    bytes: t.bytes,
    records: t.records,
    error: t.error,
    poller: t.poller,
    attempt: t.attempt,
    request_headers_json: JSON.stringify(t.requestHeaders),
    response_headers_json: JSON.stringify(t.responseHeaders),
    new_records: t.newRecords,
    duplicates: t.duplicates,
    warning: t.warning,
    excerpt: t.excerpt,
    excerpt_bytes: t.excerpt === null ? null : Buffer.byteLength(t.excerpt),
  };
}

/** Oldest excerpts that have to go so that the rest is within the budget. */
function excerptsBeyond<T extends { readonly bytes: number }>(
  newestFirst: readonly T[],
  budget: number,
): T[] {
  let sum = 0;
  return newestFirst.filter(({ bytes }) => {
    sum += bytes;
    return sum > budget;
  });
}

async function pruneExcerpts(db: Kysely<Database>, runId: string, budget: number): Promise<void> {
  const rows = await db
    .selectFrom('requests')
    .innerJoin('runs', 'runs.id', 'requests.run_id')
    .select(['requests.run_id', 'requests.ordinal', 'requests.excerpt_bytes'])
    .where('requests.excerpt_bytes', 'is not', null)
    .where('runs.connection_id', '=', (q) =>
      q.selectFrom('runs as own').select('own.connection_id').where('own.id', '=', runId),
    )
    .orderBy('runs.started_at', 'desc')
    .orderBy('requests.ordinal', 'desc')
    .execute();
  const sized = rows.map((row) => ({ ...row, bytes: row.excerpt_bytes ?? 0 }));
  for (const { run_id, ordinal } of excerptsBeyond(sized, budget)) {
    await db
      .updateTable('requests')
      .set({ excerpt: null, excerpt_bytes: null })
      .where('run_id', '=', run_id)
      .where('ordinal', '=', ordinal)
      .execute();
  }
}

export function createRequestStore(
  db: Kysely<Database>,
  budget: { readonly excerptBytes: number } = { excerptBytes: excerptBytesKept },
): RequestStore {
  return {
    async add(runId, ordinal, trace) {
      await db
        .insertInto('requests')
        .values(rowOf(runId, ordinal, trace))
        .execute();
      const leaves = ordinal - lastRequestsKept;
      if (leaves >= firstRequestsKept)
        await db.deleteFrom('requests').where('run_id', '=', runId).where('ordinal', '=', leaves).execute();
      if (trace.excerpt !== null) await pruneExcerpts(db, runId, budget.excerptBytes);
    },
    async ofRun(runId) {
      const rows = await db
        .selectFrom('requests')
        .selectAll()
        .where('run_id', '=', runId)
        .orderBy('ordinal')
        .execute();
      return rows.map(traceOf);
    },
  };
}
