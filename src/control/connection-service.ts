import type { Kysely } from 'kysely';
import type { ConnectionService } from '../api/services.ts';
import type { Clock } from '../core/clock.ts';
import { SluiceError, toSluiceError } from '../core/errors.ts';
import { bindPollers } from '../definition/bind.ts';
import { maskedResource } from '../definition/masked-resource.ts';
import type { Definition } from '../definition/model.ts';
import type { Ingest } from '../ingest/api.ts';
import { testPoller } from '../poller/test-poller.ts';
import type { CheckpointRow, ConnectionRow, Database } from '../state/schema.ts';
import type { SecretStore } from '../state/secrets.ts';
import { type BoundPoller, bindParameters } from './bound-connection.ts';
import type { ConnectionStates } from './connection-states.ts';
import {
  type ConnectionOptions,
  type ConnectionStore,
  checkedParameters,
  type Parameters,
} from './connections.ts';
import type { DefinitionCatalogue } from './definitions.ts';
import type { EventLog } from './events.ts';
import { type HttpClientPool, httpClientFor } from './http-clients.ts';
import type { Runner } from './runner.ts';
import { type RunStore, runSummary } from './runs.ts';
import type { Scheduler } from './scheduler.ts';
import { isoTime, isoTimeOrNull, parseStart } from './time-text.ts';

interface Options {
  readonly db: Kysely<Database>;
  readonly clock: Clock;
  readonly connections: ConnectionStore;
  readonly catalogue: DefinitionCatalogue;
  readonly secrets: SecretStore;
  readonly states: ConnectionStates;
  readonly runs: RunStore;
  readonly runner: Runner;
  readonly scheduler: Scheduler;
  readonly ingest: Ingest;
  readonly events: EventLog;
  readonly httpClients: HttpClientPool;
}

interface NewConnectionInput {
  readonly definition: Definition;
  readonly name: string;
  readonly parameters: Parameters;
  readonly start: string | undefined;
  readonly options: ConnectionOptions;
}

export interface ConnectionUseCases extends ConnectionService {
  /** For deploy: makes the connection, or brings the one of that name up to these values. */
  createOrUpdate(
    input: NewConnectionInput,
  ): Promise<{ id: string; name: string; change: 'created' | 'updated' | 'unchanged' }>;
  /** Milliseconds between runs of a connection that is up to date: its own option, else the shortest window of its pollers. */
  intervalMs(connectionId: string): Promise<number>;
}

/** So that a poll cannot follow a poll without rest, whatever a definition says. */
const minIntervalMs = 1_000;
const fallbackIntervalMs = 60_000;

export function createConnectionService(options: Options): ConnectionUseCases {
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
    const bound = bindPollers(definition, mutable(parameters), { connectionName });
    return bound.pollers
      .map((_, index) => definition.pollers[index])
      .flatMap((p) => (p ? [maskedResource(definition, p, mutable(parameters))] : []));
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

  function bind(
    definition: Definition,
    input: { name: string; parameters: Parameters; options: ConnectionOptions },
  ) {
    const secretNames = new Set(definition.inputs.filter((i) => i.secret).map((i) => i.name));
    return bindParameters({
      definition,
      parameters: input.parameters,
      secretNames,
      connectionName: input.name,
      options: input.options,
      overlays: catalogue.overlays,
    });
  }

  async function warnOfTwins(row: ConnectionRow, pollers: readonly BoundPoller[]): Promise<void> {
    const identities = pollers.map((p) => p.sourceIdentity);
    const twins = await options.db
      .selectFrom('sources')
      .innerJoin('connections', 'connections.id', 'sources.connection_id')
      .select('connections.name')
      .where('sources.identity', 'in', identities)
      .where('connections.id', '!=', row.id)
      .execute();
    if (twins.length === 0) return;
    await options.events.emit({
      kind: 'connection.twin',
      severity: 'warning',
      connectionId: row.id,
      message: `${row.name} reads the same source as ${twins.map((t) => t.name).join(', ')}; records are delivered once, to whichever comes first`,
    });
  }

  async function make(input: NewConnectionInput): Promise<ConnectionRow> {
    const { pollers } = bind(input.definition, input);
    const prepared = await options.ingest.prepare(input.definition);
    const blocking = prepared.diagnostics.find((d) => d.severity === 'error');
    if (blocking)
      throw new SluiceError({
        code: blocking.code,
        message: blocking.message,
        ...(blocking.hint ? { hint: blocking.hint } : {}),
        ...(blocking.place ? { place: blocking.place } : {}),
      });
    await options.ingest.ensureTables(prepared);
    const startMs = input.start === undefined ? undefined : parseStart(input.start, clock.now());
    const row = await connections.create({
      definition: input.definition,
      name: input.name,
      parameters: checkedParameters(input.definition, input.parameters),
      options: input.options,
      ...(startMs === undefined ? {} : { startMs }),
    });
    await warnOfTwins(row, pollers);
    await options.events.emit({
      kind: 'connection.created',
      severity: 'info',
      connectionId: row.id,
      message: `Connection ${row.name} was made from ${input.definition.ui.title}`,
    });
    scheduler.add(row.id);
    options.events.announce({ type: 'connection', data: { connectionId: row.id } });
    return row;
  }

  async function change(
    row: ConnectionRow,
    patch: {
      name?: string | undefined;
      parameters?: Parameters | undefined;
      options?: ConnectionOptions | undefined;
    },
  ): Promise<ConnectionRow> {
    const definition = await catalogue.get(row.definition_id);
    const stored = await connections.load(row);
    const merged = {
      name: patch.name ?? row.name,
      parameters: { ...stored.parameters, ...patch.parameters },
      options: { ...stored.options, ...patch.options },
    };
    bind(definition, merged);
    await scheduler.remove(row.id);
    const updated = await connections.update(row, {
      definition,
      name: patch.name,
      parameters: patch.parameters,
      options: patch.options,
    });
    if (updated.status === 'active') scheduler.add(row.id);
    options.events.announce({ type: 'connection', data: { connectionId: row.id } });
    return updated;
  }

  const service: ConnectionUseCases = {
    async list() {
      return Promise.all((await connections.list()).map(view));
    },
    async get(idOrName) {
      return view(await connections.find(idOrName));
    },
    async create(input) {
      const definition = await catalogue.get(input.definitionId);
      return view(
        await make({
          definition,
          name: input.name,
          parameters: input.parameters,
          start: input.start,
          options: input.options ?? {},
        }),
      );
    },
    async createOrUpdate(input) {
      const existing = (await connections.list()).find((c) => c.name === input.name);
      if (!existing) {
        const row = await make(input);
        return { id: row.id, name: row.name, change: 'created' };
      }
      if (existing.definition_id !== input.definition.id) {
        throw new SluiceError({
          code: 'CONNECTION_EXISTS',
          message: `A connection named ${input.name} exists already, of another connector (${existing.definition_id})`,
          hint: 'Give another name with --connection-name.',
        });
      }
      const stored = await connections.load(existing);
      const wanted = checkedParameters(input.definition, input.parameters);
      const same =
        JSON.stringify({ ...stored.parameters, ...wanted }) === JSON.stringify(stored.parameters) &&
        JSON.stringify({ ...stored.options, ...input.options }) === JSON.stringify(stored.options);
      if (same) return { id: existing.id, name: existing.name, change: 'unchanged' };
      await change(existing, { parameters: wanted, options: input.options });
      return { id: existing.id, name: existing.name, change: 'updated' };
    },
    async intervalMs(connectionId) {
      const row = (await connections.list()).find((c) => c.id === connectionId);
      if (!row) return fallbackIntervalMs;
      const stored = await connections.load(row);
      if (stored.options.pollSeconds !== undefined)
        return Math.max(minIntervalMs, stored.options.pollSeconds * 1_000);
      const { pollers } = bindPollers(await catalogue.get(row.definition_id), mutable(stored.parameters), {
        connectionName: row.name,
      });
      const minutes =
        stored.options.queryWindowMinutes ?? Math.min(...pollers.map((p) => p.request.queryWindowMinutes));
      return Number.isFinite(minutes) ? Math.max(minIntervalMs, minutes * 60_000) : fallbackIntervalMs;
    },
    async update(idOrName, patch) {
      return view(await change(await connections.find(idOrName), patch));
    },
    async remove(idOrName) {
      const row = await connections.find(idOrName);
      await scheduler.remove(row.id);
      await connections.remove(row);
      await options.events.emit({
        kind: 'connection.removed',
        severity: 'info',
        message: `Connection ${row.name} was removed; its data stays`,
      });
      options.events.announce({ type: 'connection', data: { connectionId: row.id } });
    },
    async test(input) {
      if (typeof input !== 'string') {
        return testPollers(
          bind(await catalogue.get(input.definitionId), {
            name: input.name,
            parameters: input.parameters,
            options: input.options ?? {},
          }),
          input.options ?? {},
        );
      }
      const row = await connections.find(input);
      const stored = await connections.load(row);
      return testPollers(
        bind(await catalogue.get(row.definition_id), {
          name: row.name,
          parameters: stored.parameters,
          options: stored.options,
        }),
        stored.options,
      );
    },
    async pause(idOrName) {
      const row = await connections.find(idOrName);
      await connections.setStatus(row, 'paused');
      await scheduler.remove(row.id);
      options.events.announce({ type: 'connection', data: { connectionId: row.id } });
      return view({ ...row, status: 'paused' });
    },
    async resume(idOrName) {
      const row = await connections.find(idOrName);
      await connections.setStatus(row, 'active');
      scheduler.add(row.id);
      options.events.announce({ type: 'connection', data: { connectionId: row.id } });
      return view({ ...row, status: 'active' });
    },
    async run(idOrName) {
      const row = await connections.find(idOrName);
      if (row.status === 'paused')
        throw new SluiceError({
          code: 'CONNECTION_PAUSED',
          message: `${row.name} is paused`,
          hint: `Resume it first: sluice connection resume ${row.name}`,
        });
      const started = options.runner.nextRunId(row.id);
      scheduler.trigger(row.id);
      return runSummary((await options.runs.get(await started)).run);
    },
    async runs(idOrName, limit) {
      const row = await connections.find(idOrName);
      return (await options.runs.list(row.id, limit)).map(runSummary);
    },
    async getRun(id) {
      const { run, requests } = await options.runs.get(id);
      return {
        ...runSummary(run),
        requestTraces: requests.map((r, ordinal) => ({
          ordinal,
          method: r.method,
          url: r.url,
          status: r.status,
          startedAt: isoTime(r.startedAtMs),
          durationMs: r.durationMs,
          bytes: r.bytes,
          records: r.records,
          error: r.error,
        })),
      };
    },
  };
  return service;

  async function testPollers(
    { pollers, secrets }: { pollers: readonly BoundPoller[]; secrets: readonly string[] },
    connectionOptions: ConnectionOptions,
  ) {
    const http = httpClientFor(options.httpClients, connectionOptions);
    const requests = [];
    for (const { config } of pollers) {
      const result = await testPoller({ config, http, clock, secrets });
      const error = result.error && toSluiceError(result.error, { code: 'TEST_FAILED' });
      requests.push({
        poller: config.name,
        method: result.method,
        url: result.url,
        status: result.status ?? null,
        durationMs: result.durationMs,
        records: result.records,
        sample: result.sample.map((bytes) => Buffer.from(bytes).toString('utf8')),
        error: error
          ? { code: error.code, message: error.message, ...(error.hint ? { hint: error.hint } : {}) }
          : null,
      });
    }
    return { ok: requests.every((r) => r.error === null), requests };
  }
}

function mutable(parameters: Parameters): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
}
