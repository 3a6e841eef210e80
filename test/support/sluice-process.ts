/** A real `sluice serve` in a process of its own, and a client for its API. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compiledEntry } from '../../src/core/entry.ts';

export interface SluiceProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves with exit code or signal name. */
  readonly exited: Promise<number | string>;
  readonly api: ApiClient;
  readonly output: () => string;
  /** SIGTERM and wait. */
  stop(): Promise<void>;
}

export interface ApiClient {
  readonly url: string;
  readonly token: string;
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
}

export class ApiProblem extends Error {
  readonly status: number;
  readonly problem: Record<string, unknown>;

  constructor(status: number, problem: Record<string, unknown>) {
    super(`${status} ${String(problem['code'])}: ${String(problem['detail'])}`);
    this.status = status;
    this.problem = problem;
  }
}

export function apiClient(url: string, token: string): ApiClient {
  return {
    url,
    token,
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const value = text === '' ? undefined : (JSON.parse(text) as T);
      if (!response.ok) throw new ApiProblem(response.status, value as Record<string, unknown>);
      return value as T;
    },
  };
}

/** Kills what a failed test left running over a data folder. */
export async function killLeftovers(dataFolder: string): Promise<void> {
  for (const [child, folder] of started) {
    if (folder !== dataFolder || child.exitCode !== null || child.signalCode !== null) continue;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await exited;
  }
}

const started = new Map<ChildProcess, string>();

interface StartOptions {
  readonly dataFolder: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts and waits until requests are served.
 * Resolves with `undefined` when the process died before that: an armed failpoint can hit during recovery.
 */
export async function tryStartSluice({ dataFolder, env }: StartOptions): Promise<SluiceProcess | undefined> {
  const child = spawn(
    process.execPath,
    [compiledEntry('src/cli/main.js'), 'serve', '--data', dataFolder, '--port', '0'],
    {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  started.set(child, dataFolder);
  let output = '';
  child.stdout!.on('data', (data: Buffer) => (output += data));
  child.stderr!.on('data', (data: Buffer) => (output += data));
  const exited = new Promise<number | string>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? code ?? 0)),
  );
  const runtimeFile = join(dataFolder, 'runtime.json');
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      if (child.signalCode === 'SIGKILL') return undefined;
      throw new Error(`sluice serve ended before it was ready:\n${output}`);
    }
    const runtime = readRuntime(runtimeFile);
    if (runtime && runtime.pid === child.pid) {
      return {
        child,
        pid: child.pid!,
        exited,
        api: apiClient(runtime.url, runtime.token),
        output: () => output,
        stop: async () => {
          child.kill('SIGTERM');
          await exited;
        },
      };
    }
    await sleep(50);
  }
}

export async function startSluice(options: StartOptions): Promise<SluiceProcess> {
  const started = await tryStartSluice(options);
  if (!started) throw new Error('sluice serve was killed before it was ready');
  return started;
}

function readRuntime(file: string): { url: string; token: string; pid: number } | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { url: string; token: string; pid: number };
  } catch {
    // Being written at this moment.
    return undefined;
  }
}

/** Runs a connection until it is caught up: a run that began after this call and succeeded, and nothing left to insert. */
export async function catchUp(api: ApiClient, connection: string): Promise<void> {
  const askedAt = Date.now();
  for (;;) {
    const run = await api.call<{ id: string; startedAt: string }>('POST', `/connections/${connection}:run`, {
      untilCaughtUp: true,
    });
    const ended = await waitForRun(api, run.id);
    if (ended.state === 'failed')
      throw new Error(`run of ${connection} failed: ${JSON.stringify(ended.error)}`);
    if (ended.state !== 'throttled' && Date.parse(run.startedAt) >= askedAt) break;
    if (ended.state === 'throttled') await sleep(200);
  }
  await insertsDone(api, connection);
}

/** Waits until nothing of the connection is left to insert. */
export async function insertsDone(api: ApiClient, connection: string): Promise<void> {
  for (;;) {
    const { pendingInserts } = await api.call<{ pendingInserts: number }>(
      'GET',
      `/connections/${connection}`,
    );
    if (pendingInserts === 0) return;
    await sleep(50);
  }
}

async function waitForRun(api: ApiClient, id: string): Promise<{ state: string; error: unknown }> {
  for (;;) {
    const run = await api.call<{ state: string; error: unknown }>('GET', `/runs/${id}`);
    if (run.state !== 'running') return run;
    await sleep(100);
  }
}
