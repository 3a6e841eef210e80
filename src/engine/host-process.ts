import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { Agent, type AgentOptions } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { Clock } from '../core/clock.ts';
import { compiledEntry } from '../core/entry.ts';
import type { SluiceError } from '../core/errors.ts';
import { engineError } from './errors.ts';
import type { HostConfig, HostEvent } from './host/config.ts';
import { runningCount } from './running-count.ts';
import { newSocketPath } from './runtime-folder.ts';

export interface HostOptions {
  readonly dataDir: string;
  readonly maxMemoryBytes: number;
  /** Added to the environment of the host. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Loading the metadata of a large folder takes seconds; more than this is a hang. */
const startWaitMs = 120_000;

interface StartOptions extends HostOptions {
  readonly clock: Clock;
  /** Lets an armed failpoint through; only to the first host, or every restart would die at the same point. */
  readonly failpoints: boolean;
}

/** A host that answers. */
export interface Host {
  readonly pid: number;
  readonly version: string;
  readonly client: ClickHouseClient;
  /** Where it listens, and the password that it wants. */
  readonly endpoint: { readonly socketPath: string; readonly token: string };
  running(queryId: string): Promise<number>;
  /** Resolves with a short text when the process has ended, for whatever reason. */
  readonly exited: Promise<string>;
  /** Ends it at once. */
  kill(): void;
  /** Closes the pipe; the host ends within a second. */
  stop(): Promise<void>;
}

/** The thread pool runs the statements; few arenas keep Node's own allocator small beside the engine's. */
function hostEnv({ env, failpoints }: StartOptions): NodeJS.ProcessEnv {
  const all: NodeJS.ProcessEnv = { ...process.env, MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '16', ...env };
  if (!failpoints) delete all.SLUICE_FAILPOINT;
  return all;
}

/**
 * Starts a host and waits until it answers.
 * Rejects with ENGINE_LOCKED when another process holds the folder, else ENGINE_START.
 */
export async function startHost(options: StartOptions): Promise<Host> {
  const config: HostConfig = {
    dataDir: options.dataDir,
    socketPath: newSocketPath(options.dataDir),
    token: randomBytes(32).toString('base64url'),
    maxMemoryBytes: options.maxMemoryBytes,
  };
  const child = spawn(
    process.execPath,
    ['--max-semi-space-size=2', compiledEntry('src/engine/host/main.js')],
    {
      env: hostEnv(options),
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  const errorText = collectTail(child);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(signal === null ? `exit code ${code}` : `signal ${signal}`),
    );
  });
  // The host may die before it has read its configuration; `exited` tells.
  child.stdin?.on('error', () => undefined);
  child.stdin?.write(`${JSON.stringify(config)}\n`);
  const answered = new AbortController();
  const tooLong = options.clock.sleep(startWaitMs, answered.signal).then(
    () => `no answer within ${startWaitMs / 1000} s`,
    () => '',
  );
  const ready = await Promise.race([firstEvent(child), exited, tooLong]);
  answered.abort();
  if (typeof ready === 'string' || ready.event !== 'ready') {
    child.kill('SIGKILL');
    await exited;
    throw startError(options.dataDir, typeof ready === 'string' ? ready : ready.message, errorText());
  }
  return hostHandle({ child, config, exited, version: ready.version });
}

function firstEvent(child: ChildProcess): Promise<HostEvent> {
  return new Promise((resolve) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (line.startsWith('{"event":')) resolve(JSON.parse(line) as HostEvent);
    });
  });
}

/** Keeps the last 4 KB of what the engine writes to standard error. */
function collectTail(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-4096);
  });
  return () => tail;
}

function startError(dataDir: string, message: string, errorText: string): SluiceError {
  if (/Cannot lock file/i.test(errorText)) {
    const pid = lockHolder(dataDir);
    return engineError(
      'ENGINE_LOCKED',
      `${dataDir} is in use by ${pid === undefined ? 'another process' : `process ${pid}`}`,
      { retryable: true },
    );
  }
  const engineLine = /Code: \d+\.[^\n]*/.exec(errorText)?.[0] ?? errorText.trim().split('\n').at(-1) ?? '';
  return engineError(
    'ENGINE_START',
    `The engine on ${dataDir} did not start: ${message} ${engineLine}`.trim(),
  );
}

/** Process that the engine's own lock file names. */
function lockHolder(dataDir: string): number | undefined {
  try {
    const pid = /^PID: (\d+)/m.exec(readFileSync(join(dataDir, 'status'), 'utf8'))?.[1];
    return pid === undefined ? undefined : Number(pid);
  } catch {
    // No readable lock file: the error then names no process.
    return undefined;
  }
}

interface HandleParts {
  readonly child: ChildProcess;
  readonly config: HostConfig;
  readonly exited: Promise<string>;
  readonly version: string;
}

function hostHandle({ child, config, exited, version }: HandleParts): Host {
  // The option reaches net.connect; only its type does not know it.
  const agentOptions: AgentOptions & { socketPath: string } = { socketPath: config.socketPath };
  const agent = new Agent(agentOptions);
  const client = createClient({
    url: 'http://engine:80',
    username: 'sluice',
    password: config.token,
    http_agent: agent,
    keep_alive: { enabled: false },
    // Statements end by their own limits; a broken host closes the socket.
    request_timeout: 2_147_483_647,
    log: { level: ClickHouseLogLevel.OFF },
  });
  void exited.then(() => {
    agent.destroy();
    rmSync(config.socketPath, { force: true });
  });
  return {
    pid: child.pid!,
    version,
    client,
    exited,
    running: (queryId) => runningCount({ agent, token: config.token, queryId }),
    endpoint: { socketPath: config.socketPath, token: config.token },
    kill: () => {
      child.kill('SIGKILL');
    },
    stop: async () => {
      child.stdin?.end();
      await exited;
      await client.close();
    },
  };
}
