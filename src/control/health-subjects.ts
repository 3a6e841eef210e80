import type { Kysely } from 'kysely';
import type { FreshnessSubject } from '../health/freshness.ts';
import type { HealthSubject } from '../health/recorder.ts';
import type { ConnectionRow, Database } from '../state/schema.ts';
import type { ConnectionOptions, ConnectionStore } from './connections.ts';
import { tableNames } from './definition-service.ts';
import type { DefinitionCatalogue } from './definitions.ts';
import type { RunStore } from './runs.ts';
import { goesOnAt } from './throttling.ts';

export interface HealthSubjects {
  /** Undefined when the connection is gone. */
  one(connectionId: string): Promise<HealthSubject | undefined>;
  /** Active connections with what happened to them, from the state database alone. */
  active(): Promise<FreshnessSubject[]>;
}

/** Connections as health sees them. */
export function createHealthSubjects(options: {
  readonly db: Kysely<Database>;
  readonly connections: ConnectionStore;
  readonly catalogue: DefinitionCatalogue;
  readonly runs: RunStore;
  readonly intervalMs: (connectionId: string) => Promise<number>;
  /** Until when a run that is going on holds still because the service asked for it. */
  readonly waitingUntilMs: (connectionId: string) => number | undefined;
}): HealthSubjects {
  const { db } = options;

  async function subjectOf(row: ConnectionRow): Promise<HealthSubject> {
    const definition = await options.catalogue.get(row.definition_id);
    return {
      connectionId: row.id,
      name: row.name,
      kind: definition.pollers[0]?.kind ?? '',
      tables: tableNames(definition),
    };
  }

  /** A run may be old and yet alive: its newest request counts. */
  async function lastPoll(connectionId: string) {
    const [run] = await options.runs.list(connectionId, 1);
    if (!run) return { at: undefined, failing: false, retryAt: undefined };
    const request = await db
      .selectFrom('requests')
      .select((e) => e.fn.max('started_at').as('at'))
      .where('run_id', '=', run.id)
      .executeTakeFirst();
    const at = Math.max(run.started_at, interrupted(run) ? 0 : (run.finished_at ?? 0), request?.at ?? 0);
    return { at, failing: run.state === 'failed', retryAt: goesOnAt(run) };
  }

  async function lastData(connectionId: string): Promise<number | undefined> {
    const newest = await db
      .selectFrom('segments')
      .select('created_at')
      .where('connection_id', '=', connectionId)
      .where('state', '=', 'committed')
      .orderBy('created_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return newest?.created_at;
  }

  async function freshnessOf(row: ConnectionRow): Promise<FreshnessSubject> {
    const expectMinutes = (JSON.parse(row.options_json) as ConnectionOptions).expectDataEveryMinutes;
    const poll = await lastPoll(row.id);
    return {
      ...(await subjectOf(row)),
      intervalMs: await options.intervalMs(row.id),
      lastPollAtMs: poll.at,
      failing: poll.failing,
      putOffUntilMs: options.waitingUntilMs(row.id) ?? poll.retryAt,
      lastDataAtMs: await lastData(row.id),
      expectDataMs: expectMinutes === undefined ? undefined : expectMinutes * 60_000,
      activeSinceMs: row.updated_at,
    };
  }

  return {
    async one(connectionId) {
      const row = (await options.connections.list()).find((c) => c.id === connectionId);
      return row && subjectOf(row);
    },
    async active() {
      const rows = (await options.connections.list()).filter((row) => row.status === 'active');
      return Promise.all(rows.map(freshnessOf));
    },
  };
}

/** Its end is the time of the next start, not of a poll. */
function interrupted(run: { readonly error_code: string | null }): boolean {
  return run.error_code === 'RUN_INTERRUPTED';
}
