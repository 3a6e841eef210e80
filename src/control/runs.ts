import type { Kysely } from 'kysely';
import type { Place } from '../core/diagnostics.ts';
import { SluiceError } from '../core/errors.ts';
import type { Database, RunRow } from '../state/schema.ts';
import { createRequestStore, type RequestTrace, type StoredRequest } from './request-store.ts';
import { isoTime, isoTimeOrNull } from './time-text.ts';

/** Runs kept per connection; older ones, with their request traces, are deleted. */
const runsKept = 200;

export type RunPatch = Partial<Omit<RunRow, 'id' | 'connection_id' | 'started_at'>>;

export interface RunStore {
  start(id: string, connectionId: string, startedAtMs: number): Promise<void>;
  update(id: string, patch: RunPatch): Promise<void>;
  addRequest(runId: string, ordinal: number, trace: RequestTrace): Promise<void>;
  last(connectionId: string): Promise<RunRow | undefined>;
  list(connectionId: string, limit: number): Promise<RunRow[]>;
  get(id: string): Promise<{ run: RunRow; requests: StoredRequest[] }>;
  /** Runs that a dead process left behind become failed. */
  closeOrphans(nowMs: number): Promise<void>;
  prune(connectionId: string): Promise<void>;
}

/** What a failed run keeps of its error. */
export interface RunError {
  readonly message: string;
  readonly hint?: string;
  /** The poller that failed. */
  readonly poller?: string;
  readonly place?: Place;
  /** When the service is to be asked again, ISO. */
  readonly retryAt?: string;
}

export function runErrorText(
  error: SluiceError,
  { poller, retryAtMs }: { readonly poller?: string; readonly retryAtMs?: number },
): string {
  const retryAt = isoTimeOrNull(retryAtMs) ?? undefined;
  const { message, hint, place } = error;
  return JSON.stringify({ message, hint, poller, place, retryAt } satisfies Record<keyof RunError, unknown>);
}

export function runErrorOf(row: RunRow): RunError | null {
  return row.error_json === null ? null : (JSON.parse(row.error_json) as RunError);
}

/** The API's form of a run. */
export function runSummary(row: RunRow) {
  const error = runErrorOf(row);
  return {
    id: row.id,
    connectionId: row.connection_id,
    state: row.state,
    startedAt: isoTime(row.started_at),
    finishedAt: isoTimeOrNull(row.finished_at),
    requests: row.requests,
    pages: row.pages,
    received: row.received,
    new: row.new_records,
    duplicates: row.duplicates,
    windows: row.windows,
    guarantee: row.guarantee,
    error:
      error === null
        ? null
        : {
            code: row.error_code ?? 'INTERNAL',
            message: error.message,
            ...(error.hint === undefined ? {} : { hint: error.hint }),
          },
  };
}

export function createRunStore(db: Kysely<Database>): RunStore {
  const requestStore = createRequestStore(db);
  return {
    async start(id, connectionId, startedAtMs) {
      await db
        .insertInto('runs')
        .values({
          id,
          connection_id: connectionId,
          state: 'running',
          started_at: startedAtMs,
          finished_at: null,
          requests: 0,
          pages: 0,
          received: 0,
          new_records: 0,
          duplicates: 0,
          guarantee: 'exact',
          error_code: null,
          error_json: null,
          windows: 0,
        })
        .execute();
    },
    async update(id, patch) {
      await db.updateTable('runs').set(patch).where('id', '=', id).execute();
    },
    addRequest: requestStore.add,
    last: (connectionId) =>
      db
        .selectFrom('runs')
        .selectAll()
        .where('connection_id', '=', connectionId)
        .orderBy('started_at', 'desc')
        .limit(1)
        .executeTakeFirst(),
    list: (connectionId, limit) =>
      db
        .selectFrom('runs')
        .selectAll()
        .where('connection_id', '=', connectionId)
        .orderBy('started_at', 'desc')
        .limit(limit)
        .execute(),
    async get(id) {
      const run = await db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst();
      if (!run)
        throw new SluiceError({
          code: 'RUN_NOT_FOUND',
          message: `There is no run ${id}`,
          hint: 'Old runs are deleted; list those that are left with `sluice connection show NAME`.',
        });
      return { run, requests: await requestStore.ofRun(id) };
    },
    async closeOrphans(nowMs) {
      const error = JSON.stringify({
        message: 'Sluice stopped while this run was going on',
        hint: 'Nothing to do: the next run goes on from the last checkpoint.',
      });
      await db
        .updateTable('runs')
        .set({ state: 'failed', finished_at: nowMs, error_code: 'RUN_INTERRUPTED', error_json: error })
        .where('state', '=', 'running')
        .execute();
    },
    async prune(connectionId) {
      const oldest = await db
        .selectFrom('runs')
        .select('started_at')
        .where('connection_id', '=', connectionId)
        .orderBy('started_at', 'desc')
        .offset(runsKept)
        .limit(1)
        .executeTakeFirst();
      if (!oldest) return;
      const doomed = db
        .selectFrom('runs')
        .select('id')
        .where('connection_id', '=', connectionId)
        .where('started_at', '<=', oldest.started_at);
      await db.deleteFrom('requests').where('run_id', 'in', doomed).execute();
      await db
        .deleteFrom('runs')
        .where('connection_id', '=', connectionId)
        .where('started_at', '<=', oldest.started_at)
        .execute();
    },
  };
}
