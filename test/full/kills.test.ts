/**
 * Kill -9 of server and of engine host at every failpoint, and at random moments, for each connector:
 * after every restart the multisets of simulator, archive and table are equal.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { AtlassianSimulator } from '../../simulators/atlassian/index.ts';
import { failpointNames } from '../../src/core/failpoint.ts';
import '../../src/archive/local/store.ts';
import '../../src/ingest/ingest.ts';
import {
  compareSource,
  connectOwn,
  dayMs,
  type Source,
  simulator,
  sources,
  temporaryFolder,
} from '../support/atlassian-run.ts';
import { engineHostPid } from '../support/processes.ts';
import {
  catchUp,
  killLeftovers,
  type SluiceProcess,
  startSluice,
  tryStartSluice,
} from '../support/sluice-process.ts';

const lagMs = 11 * 60_000;
const randomKills = Number(process.env['SLUICE_RANDOM_KILLS'] ?? 10);
const engineFailpoints = ['engine.before-execute', 'engine.after-execute'];
/** Hit only when a window brings nothing new. */
const quietFailpoints = new Set(['ingest.checkpoint.before', 'ingest.checkpoint.after']);

/** One connector under test: its own folder, simulator and random numbers. */
interface Victim {
  readonly source: Source;
  readonly sim: AtlassianSimulator;
  readonly dataFolder: string;
  readonly holdFile: string;
  readonly startMs: number;
}

/** Deterministic, so that a failure can be repeated: Park and Miller's generator. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

async function kill(sluice: SluiceProcess): Promise<void> {
  sluice.child.kill('SIGKILL');
  await sluice.exited;
}

const gone = (sluice: SluiceProcess) => sluice.child.signalCode !== null || sluice.child.exitCode !== null;

/** With the simulator frozen: catch up, compare, go on. */
async function expectEqual(
  { source, sim, dataFolder, startMs }: Victim,
  sluice: SluiceProcess,
  when: string,
): Promise<void> {
  sim.control.freeze();
  await catchUp(sluice.api, source.connection);
  const range = { fromMs: startMs, toMs: sim.control.now() - (source.api === 'org' ? 0 : lagMs) };
  const result = await compareSource({ api: sluice.api, sim, dataFolder, source, range });
  expect(result.published.size).toBeGreaterThan(50);
  expect(result.archiveDifference, `archive after ${when}`).toEqual([]);
  expect(result.tableDifference, `table after ${when}`).toEqual([]);
  sim.control.unfreeze();
}

async function restartAndCompare(victim: Victim, when: string): Promise<void> {
  const sluice = await startSluice({ dataFolder: victim.dataFolder });
  await expectEqual(victim, sluice, when);
  await kill(sluice);
}

/** A run is asked for without waiting for it: the server may be dead or held when it should answer. */
function ask({ source }: Victim, sluice: SluiceProcess): void {
  sluice.api.call('POST', `/connections/${source.connection}:run`, {}).catch(() => undefined);
}

async function runUntil(victim: Victim, sluice: SluiceProcess, condition: () => boolean): Promise<void> {
  while (!condition()) {
    ask(victim, sluice);
    for (let i = 0; i < 20 && !condition(); i += 1) await sleep(50);
  }
}

async function killServerAtFailpoints(victim: Victim): Promise<void> {
  const { dataFolder, sim } = victim;
  for (const name of failpointNames) {
    if (quietFailpoints.has(name)) sim.control.freeze();
    const sluice = await tryStartSluice({ dataFolder, env: { SLUICE_FAILPOINT: `${name}:kill` } });
    if (sluice) {
      await runUntil(victim, sluice, () => gone(sluice));
      expect(await sluice.exited, name).toBe('SIGKILL');
    }
    sim.control.unfreeze();
    await restartAndCompare(victim, `the server was killed at ${name}`);
  }
}

async function killEngineAtFailpoints(victim: Victim): Promise<void> {
  const { dataFolder, sim, holdFile } = victim;
  for (const name of failpointNames) {
    rmSync(holdFile, { force: true });
    if (quietFailpoints.has(name)) sim.control.freeze();
    const sluice = await startSluice({
      dataFolder,
      env: { SLUICE_FAILPOINT: `${name}:hold`, SLUICE_FAILPOINT_FILE: holdFile },
    });
    await runUntil(victim, sluice, () => existsSync(holdFile));
    process.kill(engineHostPid(sluice.pid), 'SIGKILL');
    rmSync(holdFile);
    sim.control.unfreeze();
    await expectEqual(victim, sluice, `the engine was killed at ${name}`);
    await kill(sluice);
  }
}

async function killEngineAtItsOwnFailpoints(victim: Victim): Promise<void> {
  for (const name of engineFailpoints) {
    const sluice = await startSluice({
      dataFolder: victim.dataFolder,
      env: { SLUICE_FAILPOINT: `${name}:kill` },
    });
    for (let restarts = 0; restarts === 0; ) {
      ask(victim, sluice);
      await sleep(300);
      restarts = (await sluice.api.call<{ engine: { restarts: number } }>('GET', '/health')).engine.restarts;
    }
    await expectEqual(victim, sluice, `the engine died at ${name}`);
    await kill(sluice);
  }
}

async function killAtRandom(victim: Victim): Promise<void> {
  const random = seededRandom(20_261_127 + victim.source.api.length);
  for (let i = 0; i < randomKills; i += 1) {
    const sluice = await startSluice({ dataFolder: victim.dataFolder });
    ask(victim, sluice);
    await sleep(random() * 1_500);
    process.kill(engineHostPid(sluice.pid), 'SIGKILL');
    await expectEqual(victim, sluice, `random kill ${i} of the engine`);
    ask(victim, sluice);
    await sleep(random() * 1_500);
    await kill(sluice);
    await restartAndCompare(victim, `random kill ${i} of the server`);
  }
}

async function withVictim(source: Source, work: (victim: Victim) => Promise<void>): Promise<void> {
  const folder = temporaryFolder(`kills-${source.api}`);
  const dataFolder = join(folder.path, 'data');
  const sim = await simulator(folder.path, { days: 2, records: 400 }, 30);
  const startMs = Math.floor(Date.now() / 1000) * 1000 - 1.5 * dayMs;
  try {
    const sluice = await startSluice({ dataFolder });
    await connectOwn(sluice.api, sim, new Date(startMs).toISOString(), [source]);
    await kill(sluice);
    await work({ source, sim, dataFolder, startMs, holdFile: join(folder.path, 'held') });
  } finally {
    await killLeftovers(dataFolder);
    await sim.close();
    folder.remove();
  }
}

describe.concurrent('kill -9', () => {
  const minutes = 60_000;
  test.each(sources)(
    '$api: server at every failpoint',
    (source) => withVictim(source, killServerAtFailpoints),
    30 * minutes,
  );
  test.each(sources)(
    '$api: engine host at every failpoint',
    (source) =>
      withVictim(source, async (victim) => {
        await killEngineAtFailpoints(victim);
        await killEngineAtItsOwnFailpoints(victim);
      }),
    30 * minutes,
  );
  test.each(sources)(
    '$api: both at random moments',
    (source) => withVictim(source, killAtRandom),
    30 * minutes,
  );
});

test('there are failpoints to hit', () => {
  expect(failpointNames.length).toBeGreaterThan(20);
});
