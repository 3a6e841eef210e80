/** The demo: simulated APIs in processes of their own, Sluice, and one connection for each API. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { AppServices } from './api/services.ts';
import type { RunningSluice, StartOptions } from './cli/app-contract.ts';
import { projectRoot } from './core/entry.ts';
import { isSluiceError, SluiceError } from './core/errors.ts';

/** What a simulator prints as one line of JSON when it is ready. */
const readyLine = z.object({
  name: z.string(),
  /** Connections that make a good demo of it, as for POST /connections. */
  connections: z.array(
    z.object({
      definitionId: z.string(),
      name: z.string(),
      parameters: z.record(z.string(), z.string()),
      start: z.string().optional(),
      options: z
        .object({ queryWindowMinutes: z.number(), delayMinutes: z.number(), caFile: z.string() })
        .partial(),
    }),
  ),
});
type ReadyLine = z.output<typeof readyLine>;

/** Sluice with the use cases that its API serves. */
export interface ServingSluice extends RunningSluice {
  readonly services: AppServices;
}

/** Every compiled simulator: dist/simulators/<name>/main.js. */
function simulatorEntries(): string[] {
  const root = join(projectRoot(), 'dist', 'simulators');
  return readdirSync(root)
    .map((name) => join(root, name, 'main.js'))
    .filter((file) => existsSync(file));
}

/** A simulator ends when its standard input closes, and so with this process, however that ends. */
async function startSimulator(
  entry: string,
  folder: string,
): Promise<{ child: ChildProcess; ready: ReadyLine }> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const child = spawn(process.execPath, [entry, '--folder', folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout! }))
    return { child, ready: readyLine.parse(JSON.parse(line)) };
  throw new SluiceError({
    code: 'DEMO_SIMULATOR',
    message: `The simulator ${entry} stopped before it was ready`,
    hint: 'Its own message stands above.',
  });
}

async function stopSimulator(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  if (child.exitCode !== null) return;
  child.stdin?.end();
  await ended;
}

async function connectAll(sluice: ServingSluice, ready: ReadyLine): Promise<string[]> {
  for (const connection of ready.connections) {
    try {
      const existing = await sluice.services.connections.get(connection.name).catch(() => undefined);
      // Ports and certificates of the simulator may be new; a name, its ledger and its checkpoint stay.
      if (existing)
        await sluice.services.connections.update(connection.name, {
          parameters: connection.parameters,
          options: connection.options,
        });
      else await sluice.services.connections.create(connection);
    } catch (error) {
      if (isSluiceError(error))
        throw new SluiceError({
          code: error.code,
          message: `demo connection ${connection.name}: ${error.message}`,
          ...(error.hint ? { hint: error.hint } : {}),
          cause: error,
        });
      throw error;
    }
  }
  const definitions = await Promise.all(
    ready.connections.map((c) => sluice.services.definitions.get(c.definitionId)),
  );
  return definitions.flatMap((d) => d.tables);
}

/**
 * Starts simulators and Sluice and connects them. Everything ends with `close`.
 * @param start starts Sluice alone
 */
export async function startDemo(
  options: StartOptions,
  start: (options: StartOptions) => Promise<ServingSluice>,
): Promise<RunningSluice> {
  const simulators: ChildProcess[] = [];
  const readies: ReadyLine[] = [];
  const stopSimulators = () => Promise.all(simulators.map(stopSimulator));
  try {
    for (const entry of simulatorEntries()) {
      const { child, ready } = await startSimulator(entry, resolve(options.dataFolder, 'simulators'));
      simulators.push(child);
      readies.push(ready);
    }
    const sluice = await start(options);
    const tables = (await Promise.all(readies.map((ready) => connectAll(sluice, ready)))).flat();
    return {
      ...sluice,
      sampleQuery: `union withsource=T ${tables.join(', ')} | summarize count() by T`,
      close: async () => {
        await sluice.close();
        await stopSimulators();
      },
    };
  } catch (error) {
    await stopSimulators();
    throw error;
  }
}
