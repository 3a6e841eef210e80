import { SluiceError } from '../../core/errors.ts';
import type { ConnectionService } from '../services.ts';
import {
  type Connection,
  type DefinitionDetail,
  iso,
  type RunSummary,
  stubConnection,
  stubRun,
} from './stub-data.ts';
import { findDefinition } from './stub-definitions.ts';

interface Options {
  readonly now: () => number;
  readonly definitions: Map<string, DefinitionDetail>;
  readonly emit: (event: { type: 'connection' | 'run'; data: unknown }) => void;
}

/** A run ends after being looked at this often; it makes progress with every look. */
const looksPerRun = 3;

/** Connections and runs in memory. `apiToken` = `wrong` fails tests with 401. */
export function stubConnectionService({ now, definitions, emit }: Options): ConnectionService {
  const all = new Map<string, Connection>();
  const runs = new Map<string, { run: RunSummary; looks: number }>();
  let count = 0;

  const [first, second] = [...definitions.values()];
  if (first) all.set('c-1', stubConnection({ id: 'c-1', name: 'tracker-eu', definition: first, now: now() }));
  if (second)
    all.set(
      'c-2',
      stubConnection({ id: 'c-2', name: 'wiki-eu', definition: second, now: now(), failing: true }),
    );
  for (const c of all.values()) if (c.lastRun) runs.set(c.lastRun.id, { run: c.lastRun, looks: looksPerRun });

  function find(idOrName: string): Connection {
    const found = [...all.values()].find((c) => c.id === idOrName || c.name === idOrName);
    if (!found)
      throw new SluiceError({
        code: 'CONNECTION_NOT_FOUND',
        message: `There is no connection ${idOrName}`,
        hint: 'List the connections with `sluice connection list`.',
      });
    return found;
  }
  function change(idOrName: string, patch: Partial<Connection>): Connection {
    const next = { ...find(idOrName), ...patch };
    all.set(next.id, next);
    emit({ type: 'connection', data: next });
    return next;
  }
  function look(id: string): RunSummary {
    const entry = runs.get(id);
    if (!entry)
      throw new SluiceError({
        code: 'RUN_NOT_FOUND',
        message: `There is no run ${id}`,
        hint: 'List the runs of a connection with `sluice connection show`.',
      });
    if (entry.run.state !== 'running') return entry.run;
    entry.looks += 1;
    const done = entry.looks >= looksPerRun;
    entry.run = {
      ...entry.run,
      requests: entry.looks * 2,
      pages: entry.looks * 2,
      received: entry.looks * 400,
      new: entry.looks * 390,
      duplicates: entry.looks * 10,
      windows: entry.looks,
      state: done ? 'succeeded' : 'running',
      finishedAt: done ? iso(now()) : null,
    };
    if (done)
      change(entry.run.connectionId, {
        state: 'ok',
        stateReason: 'The last run ended well.',
        lastRun: entry.run,
      });
    return entry.run;
  }

  return {
    list: async () => [...all.values()],
    get: async (idOrName) => find(idOrName),
    async create(input) {
      if ([...all.values()].some((c) => c.name === input.name))
        throw new SluiceError({
          code: 'CONNECTION_EXISTS',
          message: `A connection named ${input.name} exists already`,
          hint: 'Choose another name.',
        });
      const definition = findDefinition(definitions, input.definitionId);
      const missing = definition.inputs.filter(
        (i) => i.required && i.defaultValue === undefined && !input.parameters[i.name],
      );
      if (missing.length > 0)
        throw new SluiceError({
          code: 'PARAMETERS_MISSING',
          message: `${definition.title} needs a value for ${missing.map((i) => i.name).join(', ')}`,
          hint: 'Give them with --parameters name=value, or in the form.',
        });
      count += 1;
      const made = stubConnection({
        id: `c-new-${count}`,
        name: input.name,
        definition,
        now: now(),
        parameters: input.parameters,
      });
      const connection: Connection = {
        ...made,
        state: 'new',
        stateReason: 'Waiting for the first run.',
        lastRun: null,
        lastDataAt: null,
        options: input.options ?? {},
      };
      all.set(connection.id, connection);
      emit({ type: 'connection', data: connection });
      return connection;
    },
    async update(idOrName, patch) {
      const old = find(idOrName);
      const definition = findDefinition(definitions, old.definitionId);
      const made =
        patch.parameters &&
        stubConnection({ id: old.id, name: old.name, definition, now: now(), parameters: patch.parameters });
      return change(idOrName, {
        ...(patch.name === undefined ? {} : { name: patch.name }),
        ...(made ? { parameters: { ...old.parameters, ...made.parameters } } : {}),
        ...(patch.options ? { options: { ...old.options, ...patch.options } } : {}),
      });
    },
    async remove(idOrName) {
      all.delete(find(idOrName).id);
    },
    async test(input) {
      const parameters = typeof input === 'string' ? find(input).parameters : input.parameters;
      const refused = parameters.apiToken === 'wrong';
      const error = refused
        ? {
            code: 'POLL_UNAUTHORIZED',
            message: 'The service answered 401 Unauthorized',
            hint: 'Check the user name and the token.',
          }
        : null;
      const sample = refused ? [] : [JSON.stringify({ id: 1, action: 'login', at: iso(now()) })];
      return {
        ok: !refused,
        requests: [
          {
            poller: 'audit',
            method: 'GET',
            url: 'https://acme.example.com/api/audit?limit=100',
            status: refused ? 401 : 200,
            durationMs: 84,
            records: sample.length,
            sample,
            error,
          },
        ],
      };
    },
    pause: async (idOrName) =>
      change(idOrName, { state: 'paused', stateReason: 'Paused by a person.', nextRunAt: null }),
    resume: async (idOrName) =>
      change(idOrName, {
        state: 'ok',
        stateReason: 'The last run ended well.',
        nextRunAt: iso(now() + 60_000),
      }),
    async run(idOrName) {
      const connection = find(idOrName);
      if (connection.state === 'paused')
        throw new SluiceError({
          code: 'CONNECTION_PAUSED',
          message: `${connection.name} is paused`,
          hint: 'Resume it first.',
        });
      const running = [...runs.values()].find(
        (r) => r.run.connectionId === connection.id && r.run.state === 'running',
      );
      if (running) return running.run;
      count += 1;
      const base = stubRun(`run-${count}`, connection.id, now());
      const run: RunSummary = {
        ...base,
        state: 'running',
        startedAt: iso(now()),
        finishedAt: null,
        requests: 0,
        pages: 0,
        received: 0,
        new: 0,
        duplicates: 0,
        windows: 0,
      };
      runs.set(run.id, { run, looks: 0 });
      change(connection.id, { state: 'running', stateReason: 'A run is going on.', lastRun: run });
      emit({ type: 'run', data: run });
      return run;
    },
    async runs(idOrName, limit) {
      const { id } = find(idOrName);
      return [...runs.values()]
        .map((r) => r.run)
        .filter((r) => r.connectionId === id)
        .reverse()
        .slice(0, limit);
    },
    async getRun(id) {
      const run = look(id);
      const requestTraces = Array.from({ length: run.requests }, (_, i) => ({
        ordinal: i + 1,
        method: 'GET',
        url: `https://acme.example.com/api/audit?offset=${i * 100}`,
        status: run.state === 'failed' ? 401 : 200,
        startedAt: run.startedAt,
        durationMs: 80 + i,
        bytes: 12_000,
        records: run.state === 'failed' ? 0 : 100,
        error: run.error?.message ?? null,
        poller: 'audit',
        attempt: 1,
        requestHeaders: { accept: 'application/json', authorization: '***' },
        responseHeaders: { 'content-type': 'application/json' },
        new: run.state === 'failed' ? null : 98,
        duplicates: run.state === 'failed' ? null : 2,
        warning: null,
        excerpt: run.state === 'failed' ? '{"message":"Unauthorized"}' : null,
      }));
      return { ...run, requestTraces };
    },
    async explain(id) {
      const run = look(id);
      if (run.error === null)
        return {
          runId: id,
          code: null,
          what: 'The run succeeded.',
          request: null,
          place: null,
          cause: 'Nothing went wrong.',
          fix: 'Nothing to do.',
          confidence: 'high',
        };
      return {
        runId: id,
        code: run.error.code,
        what: 'GET https://acme.example.com/api/audit was answered with status 401.',
        request: { method: 'GET', url: 'https://acme.example.com/api/audit', status: 401 },
        place: { file: 'poller.json', path: '$.properties.auth' },
        cause: 'The credential is wrong or has expired.',
        fix: 'Make a new token and set it in the connection.',
        confidence: 'high',
      };
    },
  };
}
