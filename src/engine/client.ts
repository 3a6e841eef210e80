import { randomInt } from 'node:crypto';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { type Clock, type Random, systemClock } from '../core/clock.ts';
import type { Engine, EngineStatus } from './api.ts';
import { mapStatementError } from './errors.ts';
import { Statements } from './statements.ts';
import { EngineSupervisor } from './supervisor.ts';
import { dropTable, ensureDatabase, ensureTable, listTables, setRetention } from './tables.ts';

export interface EngineOptions {
  /** Folder of the engine's data; made when missing. One engine at a time. */
  readonly dataDir: string;
  /** Memory that the engine may track, in bytes; its process may need about 400 MB more. Default 1.2 GB. */
  readonly maxMemoryBytes?: number;
  readonly clock?: Clock;
  /** Jitter of the restart back-off. */
  readonly random?: Random;
  /** How long the start waits for another process to let the folder go. Default 10 s. */
  readonly lockWaitMs?: number;
  /** How long a statement waits for a restart. Default 30 s. */
  readonly readyWaitMs?: number;
  /** Statements at a time; the others wait. Default 10, of the host's 16 threads. */
  readonly maxConcurrent?: number;
  /** Added to the environment of the host, e.g. SLUICE_FAILPOINT. */
  readonly hostEnv?: Readonly<Record<string, string>>;
}

export interface RemoteEngineOptions {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly clock?: Clock;
  /** Default 20. */
  readonly maxConcurrent?: number;
}

const systemRandom: Random = () => randomInt(2 ** 32) / 2 ** 32;
const defaultMemoryBytes = 1_200_000_000;
/** How long `close` waits for statements under way before it ends the host. */
const closeWaitMs = 5_000;

/**
 * Starts the embedded engine in a process of its own and waits until it answers.
 * Rejects with ENGINE_LOCKED (names the process that holds the folder), ENGINE_START, RUNTIME_FOLDER or NOT_BUILT.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const clock = options.clock ?? systemClock;
  const supervisor = new EngineSupervisor({
    dataDir: options.dataDir,
    maxMemoryBytes: options.maxMemoryBytes ?? defaultMemoryBytes,
    clock,
    random: options.random ?? systemRandom,
    lockWaitMs: options.lockWaitMs ?? 10_000,
    readyWaitMs: options.readyWaitMs ?? 30_000,
    ...(options.hostEnv === undefined ? {} : { env: options.hostEnv }),
  });
  await supervisor.start();
  const statements = new Statements({
    clock,
    connect: async () => {
      const host = await supervisor.ready();
      return { client: host.client, host };
    },
    maxConcurrent: options.maxConcurrent ?? 10,
    passQueryId: true,
  });
  const close = async () => {
    const waited = new AbortController();
    await Promise.race([
      statements.settled(),
      clock.sleep(closeWaitMs, waited.signal).catch(() => undefined),
    ]);
    waited.abort();
    await supervisor.stop();
  };
  return finish(assemble({ statements, status: () => supervisor.status(), close }));
}

/** An engine that runs elsewhere: ClickHouse 25 or newer over HTTP(S). Rejects when it does not answer. */
export async function createRemoteEngine(options: RemoteEngineOptions): Promise<Engine> {
  const client = createClient({
    url: options.url,
    username: options.username,
    password: options.password,
    request_timeout: 3_600_000,
    log: { level: ClickHouseLogLevel.OFF },
  });
  const statements = new Statements({
    clock: options.clock ?? systemClock,
    connect: () => Promise.resolve({ client }),
    maxConcurrent: options.maxConcurrent ?? 20,
    passQueryId: false,
  });
  const { rows } = await statements.query('SELECT version()');
  let state: EngineStatus['state'] = 'ready';
  const close = async () => {
    state = 'stopped';
    await client.close();
  };
  return finish(
    assemble({ statements, status: () => ({ state, restarts: 0, version: String(rows[0]?.[0]) }), close }),
  );
}

interface EngineParts {
  readonly statements: Statements;
  readonly status: () => EngineStatus;
  readonly close: () => Promise<void>;
}

function assemble({ statements, status, close }: EngineParts): Engine {
  return {
    query: (sql, options) => statements.query(sql, options),
    queryStream: (sql, options) => statements.queryStream(sql, options),
    command: (sql, options) => statements.command(sql, options),
    cancel: (queryId) => statements.cancel(queryId),
    provenGone: (queryId) => statements.provenGone(queryId),
    ensureTable: (table) => ensureTable(statements, table),
    setRetention: (table, days) => setRetention(statements, table, days),
    dropTable: (table) => dropTable(statements, table),
    tables: () => listTables(statements),
    status,
    close,
  };
}

async function finish(engine: Engine): Promise<Engine> {
  try {
    await ensureDatabase(engine);
    return engine;
  } catch (error) {
    await engine.close();
    throw mapStatementError(error, 'read');
  }
}
