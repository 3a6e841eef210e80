import type { Kysely } from 'kysely';
import type { Clock } from '../core/clock.ts';
import { bindPollers } from '../definition/bind.ts';
import { maskedResource } from '../definition/masked-resource.ts';
import type { Definition } from '../definition/model.ts';
import type { LimiterRegistry } from '../http/rate-limiter.ts';
import type { Ingest } from '../ingest/api.ts';
import type { CheckpointRow, ConnectionRow, Database } from '../state/schema.ts';
import type { SecretStore } from '../state/secrets.ts';
import type { ConnectionStates } from './connection-states.ts';
import { type ConnectionStore, mutableParameters, type Parameters } from './connections.ts';
import type { DefinitionCatalogue } from './definitions.ts';
import { runSummary } from './runs.ts';
import type { Scheduler } from './scheduler.ts';
import { rateDto } from './throttling.ts';
import { isoTime, isoTimeOrNull } from './time-text.ts';

interface ViewOptions {
  readonly db: Kysely<Database>;
  readonly clock: Clock;
  readonly connections: ConnectionStore;
  readonly catalogue: DefinitionCatalogue;
  readonly secrets: SecretStore;
  readonly states: ConnectionStates;
  readonly scheduler: Scheduler;
  readonly ingest: Ingest;
  readonly limiters: LimiterRegistry;
}

/** The API's form of a connection: its state in one sentence, its progress, and no secret. */
export function createConnectionView(options: ViewOptions) {
  const { connections, catalogue, scheduler, clock } = options;

  async function checkpointsOf(row: ConnectionRow): Promise<Map<string, CheckpointRow>> {
    const rows = await options.db
      .selectFrom('checkpoints')
      .selectAll()
      .where('connection_id', '=', row.id)
      .execute();
    return new Map(rows.map((c) => [c.poller, c]));
  }

  async function view(row: ConnectionRow) {
    const definition = await catalogue.get(row.definition_id);
    const checkpoints = await checkpointsOf(row);
    const ends = [...checkpoints.values()]
      .map((c) => c.window_end ?? c.last_event_at)
      .filter((t): t is number => t !== null);
    const behindMs = ends.length === 0 ? null : Math.max(0, clock.now() - Math.min(...ends));
    const { state, reason, lastRun } = await options.states.of(row, behindMs);
    const stored = await connections.load(row);
    const rate = options.limiters.view(row.id);
    return {
      id: row.id,
      name: row.name,
      definitionId: row.definition_id,
      definitionTitle: definition.ui.title,
      state,
      stateReason: reason,
      parameters: await shownParameters(row, stored.parameters, stored.secretNames),
      options: stored.options as never,
      createdAt: isoTime(row.created_at),
      pollers: pollerViews(definition, checkpoints),
      ...(rate ? { rate: rateDto(rate) } : {}),
      lastRun: lastRun ? runSummary(lastRun) : null,
      lastDataAt: await lastDataAt(row),
      nextRunAt: row.status === 'paused' ? null : isoTimeOrNull(scheduler.view(row.id)?.nextRunAtMs),
      pendingInserts: await options.ingest.pendingCount(row.id),
      resources: resourcesOf(definition, stored.parameters, row.name),
    };
  }

  function pollerViews(definition: Definition, checkpoints: ReadonlyMap<string, CheckpointRow>) {
    return definition.pollers.map((p) => {
      const c = checkpoints.get(p.name);
      const end = c?.window_end ?? null;
      return {
        name: p.name,
        collectedUntil: isoTimeOrNull(end),
        hasCursor: c?.cursor != null,
        behindSeconds: end === null ? null : Math.max(0, Math.round((clock.now() - end) / 1000)),
        tables: [...new Set(definition.dataFlows.map((f) => f.table))],
      };
    });
  }

  /** Masked; a connection whose parameters no longer fit a newer definition still shows, without resources. */
  function resourcesOf(definition: Definition, parameters: Parameters, connectionName: string): unknown[] {
    const bound = bindPollers(definition, mutableParameters(parameters), { connectionName });
    return bound.pollers
      .map((_, index) => definition.pollers[index])
      .flatMap((p) => (p ? [maskedResource(definition, p, mutableParameters(parameters))] : []));
  }

  async function shownParameters(
    row: ConnectionRow,
    parameters: Parameters,
    secretNames: ReadonlySet<string>,
  ) {
    const updated = new Map(
      (await options.secrets.list(`connection/${row.id}/`)).map((s) => [s.name, s.updatedAtMs]),
    );
    return Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => {
        if (!secretNames.has(name)) return [name, typeof value === 'string' ? value : [...value]];
        const text = String(value);
        return [
          name,
          {
            set: text !== '',
            last4: text.length >= 12 ? text.slice(-4) : '',
            updatedAt: isoTime(updated.get(`connection/${row.id}/${name}`) ?? row.updated_at),
          },
        ];
      }),
    );
  }

  async function lastDataAt(row: ConnectionRow): Promise<string | null> {
    const newest = await options.db
      .selectFrom('segments')
      .select('created_at')
      .where('connection_id', '=', row.id)
      .where('state', '=', 'committed')
      .orderBy('created_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    return isoTimeOrNull(newest?.created_at);
  }

  return view;
}
