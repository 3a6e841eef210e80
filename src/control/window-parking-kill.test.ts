import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createEngine } from '../engine/client.ts';
import { columnValues, labFolder, multiset } from '../ingest/testing/lab.ts';
import { handClock, minute, openParkingLab, publish, runFor, t0 } from './testing/parking-lab.ts';
import { startPoisonService } from './testing/poison-service.ts';

const script = fileURLToPath(new URL('./testing/parking-child.ts', import.meta.url));

/** How the child ended: a signal name, or its exit code with what it said. */
function runChild(folder: string, endpoint: string, failpoint: string): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder, endpoint], {
    env: { ...process.env, SLUICE_FAILPOINT: `${failpoint}:kill` },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => resolve(signal ?? `${code}: ${errors}`));
  });
}

it.each([
  ['before', false],
  ['inside', false],
  ['after', true],
])('kill -9 %s the commit: window, checkpoint and event are all there, or none', async (point, committed) => {
  const { folder, remove } = await labFolder();
  const service = await startPoisonService();
  publish(service, t0 + 40 * minute, true);
  service.poison.add(t0 + 9 * minute);
  expect(await runChild(folder, service.url, `windows.park.${point}`)).toBe('SIGKILL');

  const engine = await createEngine({ dataDir: join(folder, 'engine'), maxMemoryBytes: 800_000_000 });
  const clock = handClock(t0 + 25 * minute);
  const parts = { folder, engine, endpoint: service.url, clock, unique: false };
  const lab = await openParkingLab({ ...parts, limits: { failures: 3 } });
  expect(await lab.windows.list('acme')).toHaveLength(committed ? 1 : 0);
  expect((await lab.eventKinds()).includes('window.parked')).toBe(committed);
  expect(await lab.checkpointMs()).toBe(t0 + (committed ? 10 : 5) * minute);

  await runFor(lab, clock, 10);
  service.poison.clear();
  const [parked, ...more] = await lab.windows.list('acme');
  expect(more).toEqual([]);
  expect((await lab.windows.retry(parked!.id, 'ada')).state).toBe('done');
  await runFor(lab, clock, 10);
  await lab.ingest.drain();
  expect(multiset(await lab.archived())).toEqual(multiset(service.records.map((r) => JSON.stringify(r))));
  expect(multiset(await columnValues(engine, 'AcmeAudit_CL', 'Id'))).toEqual(
    multiset(service.records.map(({ id }) => id)),
  );
  await lab.close();
  await engine.close();
  await service.close();
  await remove();
});
