import type { Kysely } from 'kysely';
import type { ConnectionService } from '../api/services.ts';
import type { Clock } from '../core/clock.ts';
import { SluiceError } from '../core/errors.ts';
import { bindPollers } from '../definition/bind.ts';
import type { Definition } from '../definition/model.ts';
import type { LimiterRegistry } from '../http/rate-limiter.ts';
import type { Ingest } from '../ingest/api.ts';
import type { ConnectionRow, Database } from '../state/schema.ts';
import type { SecretStore } from '../state/secrets.ts';
import { bindParameters } from './bound-connection.ts';
import type { ConnectionStates } from './connection-states.ts';
import { createConnectionView } from './connection-view.ts';
import {
  type ConnectionOptions,
  type Parameters as ConnectionParameters,
  type ConnectionStore,
  checkedParameters,
  mutableParameters,
} from './connections.ts';
import type { DefinitionCatalogue } from './definitions.ts';
import type { EventLog } from './events.ts';
import { type HttpClientPool, httpClientFor } from './http-clients.ts';
import { refuseErrors } from './refuse.ts';
import { createRunExplainer } from './run-explainer.ts';
import type { Runner } from './runner.ts';
import { type RunStore, runSummary } from './runs.ts';
import type { Scheduler } from './scheduler.ts';
import { isoTime, parseStart } from './time-text.ts';
import { testPollers } from './trial-request.ts';
import { warnOfTwins } from './twins.ts';

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
  readonly limiters: LimiterRegistry;
}

interface NewConnectionInput {
  readonly definition: Definition;
  readonly name: string;
  readonly parameters: ConnectionParameters;
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
  const view = createConnectionView(options);

  function bind(
    definition: Definition,
    input: { name: string; parameters: ConnectionParameters; options: ConnectionOptions },
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

  async function make(input: NewConnectionInput): Promise<ConnectionRow> {
    const { pollers } = bind(input.definition, input);
    const prepared = await options.ingest.prepare(input.definition);
    refuseErrors(prepared.diagnostics);
    await options.ingest.ensureTables(prepared);
    const startMs = input.start === undefined ? undefined : parseStart(input.start, clock.now());
    const row = await connections.create({
      definition: input.definition,
      name: input.name,
      parameters: checkedParameters(input.definition, input.parameters),
      options: input.options,
      ...(startMs === undefined ? {} : { startMs }),
    });
    await warnOfTwins({ row, pollers, connections, catalogue, events: options.events });
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
      parameters?: ConnectionParameters | undefined;
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

  async function storedInput(idOrName: string) {
    const row = await connections.find(idOrName);
    const { parameters, options: own } = await connections.load(row);
    return { definition: await catalogue.get(row.definition_id), name: row.name, parameters, options: own };
  }

  async function newInput(input: Exclude<Parameters<ConnectionService['test']>[0], string>) {
    const definition = await catalogue.get(input.definitionId);
    return { definition, name: input.name, parameters: input.parameters, options: input.options ?? {} };
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
      const { pollers } = bindPollers(
        await catalogue.get(row.definition_id),
        mutableParameters(stored.parameters),
        {
          connectionName: row.name,
        },
      );
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
      const { definition, ...given } =
        typeof input === 'string' ? await storedInput(input) : await newInput(input);
      const http = httpClientFor(options.httpClients, given.options);
      return testPollers({ ...bind(definition, given), http, clock });
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
        requestTraces: requests.map((r) => ({
          ordinal: r.ordinal,
          method: r.method,
          url: r.url,
          status: r.status,
          startedAt: isoTime(r.startedAtMs),
          durationMs: r.durationMs,
          bytes: r.bytes,
          records: r.records,
          error: r.error,
          poller: r.poller,
          attempt: r.attempt,
          requestHeaders: { ...r.requestHeaders },
          responseHeaders: { ...r.responseHeaders },
          new: r.newRecords,
          duplicates: r.duplicates,
          warning: r.warning,
          excerpt: r.excerpt,
        })),
      };
    },
    explain: createRunExplainer({ runs: options.runs, connections, catalogue }),
  };
  return service;
}
