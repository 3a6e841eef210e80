/**
 * The engine host: one process, one data folder, ClickHouse's HTTP protocol on a unix socket.
 * Lives exactly as long as the pipe from its parent (spec: delivery §1.4).
 */
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { basename, dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { compiledEntry } from '../../core/entry.ts';
import { type HostConfig, type HostEvent, hostConfigSchema, serverConfigXml } from './config.ts';
import { createHostServer, RunningStatements } from './server.ts';
import { openDataDir, runBuffered } from './sessions.ts';

function emit(event: HostEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

/** Signals to the process group are the parent's business; it closes the pipe when it has finished. */
function ignoreSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
}

function listen(server: Server, socketPath: string): Promise<void> {
  rmSync(socketPath, { force: true });
  const mask = process.umask(0o177);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, () => {
      chmodSync(socketPath, 0o600);
      resolve();
    });
    process.umask(mask);
  });
}

/** Sockets of dead hosts of this folder: their names begin alike, and holding the folder's lock proves them dead. */
function removeStaleSockets(socketPath: string): void {
  const prefix = `${basename(socketPath).split('-')[0]}-`;
  for (const name of readdirSync(dirname(socketPath))) {
    if (name.startsWith(prefix) && name !== basename(socketPath))
      rmSync(join(dirname(socketPath), name), { force: true });
  }
}

async function start(config: HostConfig): Promise<() => void> {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const keeper = openWithConfig(config);
  const version = await readVersion(config.dataDir);
  removeStaleSockets(config.socketPath);
  const running = new RunningStatements();
  const server = createHostServer(config, running);
  await listen(server, config.socketPath);
  emit({ event: 'ready', pid: process.pid, version });
  return () => {
    rmSync(config.socketPath, { force: true });
    // Closing under a running statement can hang; a killed engine loses nothing that it acknowledged.
    if (running.total === 0) keeper.close();
    process.kill(process.pid, 'SIGKILL');
  };
}

/** The engine reads its configuration while it opens the folder; the file is not needed afterwards. */
function openWithConfig(config: HostConfig) {
  const configFile = `${config.socketPath}.xml`;
  writeFileSync(configFile, serverConfigXml(config), { mode: 0o600 });
  try {
    return openDataDir(config.dataDir, configFile);
  } finally {
    rmSync(configFile, { force: true });
  }
}

async function readVersion(dataDir: string): Promise<string> {
  const result = await runBuffered(dataDir, {
    sql: 'SELECT version()',
    format: 'TabSeparated',
    settings: new Map(),
  });
  return result.text().trim();
}

function failedEvent(error: unknown): HostEvent {
  const message = error instanceof Error ? error.message : String(error);
  return { event: 'failed', reason: error instanceof SyntaxError ? 'config' : 'open', message };
}

function main(): void {
  ignoreSignals();
  let stop: (() => void) | undefined;
  const watcher = new Worker(compiledEntry('src/engine/host/parent-watch.js'), {
    resourceLimits: { maxOldGenerationSizeMb: 8 },
  });
  watcher.on('message', (message: { line?: string; closed?: boolean }) => {
    if (message.closed) return stop === undefined ? process.exit(1) : stop();
    if (message.line === undefined) return;
    Promise.resolve(message.line)
      .then((line) => start(hostConfigSchema.parse(JSON.parse(line))))
      .then((stopper) => {
        stop = stopper;
      })
      .catch((error: unknown) => {
        emit(failedEvent(error));
        process.exit(1);
      });
  });
}

main();
