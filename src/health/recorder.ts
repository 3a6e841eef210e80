import type { Clock } from '../core/clock.ts';
import type { HealthStateRow } from '../state/schema.ts';
import type { Db, State } from '../state/state.ts';
import { failureClass, publishedCode } from './failure-class.ts';
import {
  addFailure,
  type FailureEntry,
  type FetchState,
  hourMs,
  observe,
  unknownState,
} from './fetch-status.ts';
import { addHealthRow, type Resource } from './health-rows.ts';
import { healthTable } from './tables.ts';

/** A connection as its health rows name it. */
export interface HealthSubject {
  readonly connectionId: string;
  readonly name: string;
  /** Kind of the connection, e.g. `RestApiPoller`. */
  readonly kind: string;
  readonly tables: readonly string[];
}

export type FetchOutcome =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly code: string;
      /** Redacted. */
      readonly message: string;
      readonly hint?: string;
      /** Of the answer, where there was one. */
      readonly statusCode?: number;
    };

export interface HealthRecorder {
  /** Takes the end of a run; rows are durable in the state database when it resolves. */
  fetched(subject: HealthSubject, outcome: FetchOutcome): Promise<void>;
  /** Tells what time alone makes due: throttling that lasts, and failure summaries. Returns how many rows. */
  tellDue(): Promise<number>;
}

const operation = 'Data fetch status change';
const throttledCode = 'THROTTLED';
const summaryOperation = 'Data fetch failure summary';

export function connectionResource(subject: HealthSubject): Resource {
  return { id: subject.connectionId, name: subject.name, type: 'Data connector', kind: subject.kind };
}

/** Rows of the health table from the ends of runs, by the published emission rules (spec CCF §6.1). */
export function createHealthRecorder(options: {
  readonly state: State;
  readonly clock: Clock;
  readonly workspaceId: string;
  /** Called when rows wait to be written. */
  readonly onRows: () => void;
}): HealthRecorder {
  const { state, clock, workspaceId } = options;

  async function emitStatus(
    db: Db,
    subject: HealthSubject,
    outcome: FetchOutcome,
    now: FetchState,
    at: number,
  ): Promise<void> {
    const tables = subject.tables.join(', ');
    await addHealthRow(
      db,
      healthTable,
      {
        operation,
        resource: connectionResource(subject),
        status: now.status === 'success' ? 'Success' : 'Failure',
        description: outcome.ok
          ? `Data is fetched into ${tables}`
          : [outcome.message, outcome.hint].filter(Boolean).join(' '),
        reason: now.reason,
        properties: {
          DestinationTable: tables,
          Since: new Date(now.since).toISOString(),
          ...(outcome.ok ? {} : failureProperties(outcome)),
        },
      },
      { at, workspaceId },
    );
  }

  async function emitSummary(db: Db, row: HealthStateRow, at: number): Promise<void> {
    const subject = JSON.parse(row.subject_json) as HealthSubject;
    const failures = JSON.parse(row.failures_json) as FailureEntry[];
    const from = row.failures_from ?? at;
    const total = failures.reduce((sum, f) => sum + f.count, 0);
    await addHealthRow(
      db,
      healthTable,
      {
        operation: summaryOperation,
        resource: connectionResource(subject),
        status: 'Informational',
        description: `${total} failed run(s), ${failures.length} distinct failure(s)`,
        reason: [...new Set(failures.map((f) => f.code))].join(', '),
        properties: {
          DestinationTable: subject.tables.join(', '),
          QueryStartTime: new Date(from).toISOString(),
          QueryEndTime: new Date(at).toISOString(),
          FailureSummary: failures.map((f) => ({
            StatusCode: f.statusCode ?? f.code,
            StatusMessage: f.message.slice(0, 500),
            Code: f.code,
            Count: f.count,
            FirstTime: new Date(f.firstAt).toISOString(),
            LastTime: new Date(f.lastAt).toISOString(),
          })),
        },
      },
      { at, workspaceId },
    );
    await db
      .updateTable('health_states')
      .set({ failures_json: '[]', failures_from: null })
      .where('connection_id', '=', row.connection_id)
      .execute();
  }

  /** A throttled connection may not run for hours, and nobody else would say that it stands still. */
  async function tellThrottling(db: Db, at: number): Promise<number> {
    const rows = await db
      .selectFrom('health_states')
      .selectAll()
      .where('throttled_since', '<', at - hourMs)
      .execute();
    let told = 0;
    for (const row of rows) {
      const { state: next, emit } = observe(
        fromRow(row),
        { ok: false, reason: throttledCode, throttled: true },
        at,
      );
      if (!emit) continue;
      const failures = JSON.parse(row.failures_json) as FailureEntry[];
      const message =
        failures.findLast((f) => f.code === throttledCode)?.message ?? 'The service goes on throttling.';
      const subject = JSON.parse(row.subject_json) as HealthSubject;
      await emitStatus(db, subject, { ok: false, code: throttledCode, message }, next, at);
      await db
        .updateTable('health_states')
        .set(toRow(next))
        .where('connection_id', '=', row.connection_id)
        .execute();
      told += 1;
    }
    return told;
  }

  return {
    async fetched(subject, outcome) {
      const at = clock.now();
      await state.transaction(async (trx) => {
        const row = await trx
          .selectFrom('health_states')
          .selectAll()
          .where('connection_id', '=', subject.connectionId)
          .executeTakeFirst();
        const observation = outcome.ok
          ? { ok: true, reason: '', throttled: false }
          : { ok: false, reason: outcome.code, throttled: outcome.code === throttledCode };
        const { state: next, emit } = observe(row ? fromRow(row) : unknownState(at), observation, at);
        const failures = JSON.parse(row?.failures_json ?? '[]') as FailureEntry[];
        const after = outcome.ok ? failures : addFailure(failures, failureOf(outcome), at);
        const stored = {
          ...toRow(next),
          failures_json: JSON.stringify(after),
          failures_from: after.length === 0 ? null : (row?.failures_from ?? at),
          subject_json: JSON.stringify(subject),
        };
        await trx
          .insertInto('health_states')
          .values({ connection_id: subject.connectionId, ...stored })
          .onConflict((c) => c.column('connection_id').doUpdateSet(stored))
          .execute();
        if (emit) await emitStatus(trx, subject, outcome, next, at);
      });
      options.onRows();
    },

    async tellDue() {
      const at = clock.now();
      const due = await state.transaction(async (trx) => {
        await forgetRemoved(trx);
        const throttled = await tellThrottling(trx, at);
        const rows = await trx
          .selectFrom('health_states')
          .selectAll()
          .where('failures_from', '<=', at - hourMs)
          .execute();
        for (const row of rows) await emitSummary(trx, row, at);
        return throttled + rows.length;
      });
      if (due > 0) options.onRows();
      return due;
    },
  };
}

function failureOf({ code, message, statusCode }: Extract<FetchOutcome, { ok: false }>) {
  return { code, message, ...(statusCode === undefined ? {} : { statusCode }) };
}

/** Of removed connections nothing is to be told any more, once their last summary is written. */
async function forgetRemoved(db: Db): Promise<void> {
  await db
    .deleteFrom('health_states')
    .where('failures_from', 'is', null)
    .where('connection_id', 'not in', db.selectFrom('connections').select('id'))
    .execute();
}

function failureProperties(outcome: Extract<FetchOutcome, { ok: false }>): Record<string, unknown> {
  const kind = failureClass(outcome.code, outcome.statusCode);
  return {
    FailureClass: kind,
    ErrorCode: publishedCode(outcome.code, kind),
    ...(outcome.statusCode === undefined ? {} : { StatusCode: outcome.statusCode }),
  };
}

function fromRow(row: HealthStateRow): FetchState {
  return {
    status: row.status,
    reason: row.reason,
    since: row.since,
    lastEmitted: row.last_emitted,
    throttledSince: row.throttled_since,
  };
}

function toRow(state: FetchState) {
  return {
    status: state.status,
    reason: state.reason,
    since: state.since,
    last_emitted: state.lastEmitted,
    throttled_since: state.throttledSince,
  };
}
