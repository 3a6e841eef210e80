import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestEngine, type TestEngine } from '../engine/testing/engine.ts';
import { columnValues, labFolder, multiset } from '../ingest/testing/lab.ts';
import {
  handClock,
  minute,
  openParkingLab,
  type ParkingLab,
  publish,
  runFor,
  t0,
} from './testing/parking-lab.ts';
import { type PoisonService, startPoisonService } from './testing/poison-service.ts';

const failures = 3;
/** In the second window, on its last page. */
const poisonMs = t0 + 9 * minute;

let engine: TestEngine;
let service: PoisonService;
let folder: string;
let remove: () => Promise<void>;
let lab: ParkingLab;
let clock: ReturnType<typeof handClock>;

beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());
beforeEach(async () => {
  ({ folder, remove } = await labFolder());
  await engine.engine.dropTable('AcmeAudit_CL');
  service = await startPoisonService();
  clock = handClock(t0 + 5 * minute);
});
afterEach(async () => {
  await lab.close();
  await service.close();
  await remove();
});

async function open(unique: boolean, limits = { failures }): Promise<ParkingLab> {
  const parts = { folder: join(folder, 'lab'), engine: engine.engine, endpoint: service.url, clock };
  lab = await openParkingLab({ ...parts, unique, limits });
  return lab;
}

const run = (minutes: number) => runFor(lab, clock, minutes);

async function expectExact(): Promise<void> {
  const published = service.records.map((record) => JSON.stringify(record));
  expect(multiset(await lab.archived())).toEqual(multiset(published));
  await lab.ingest.drain();
  const ids = service.records.map(({ id }) => id);
  expect(multiset(await columnValues(engine.engine, 'AcmeAudit_CL', 'Id'))).toEqual(multiset(ids));
}

describe('nothing is parked', () => {
  it('when the credential is refused, however often', async () => {
    publish(service, t0 + 30 * minute, false);
    await open(true);
    await lab.run();
    service.credential = 'refused';
    await run(30);
    expect(await lab.windows.list('acme')).toEqual([]);
    expect(await lab.checkpointMs()).toBe(t0 + 5 * minute);
    service.credential = 'good';
    await lab.run();
    await expectExact();
  });

  it('when newer windows fail as well, because then it is the service', async () => {
    publish(service, t0 + 30 * minute, false);
    await open(true);
    await lab.run();
    service.healthy = false;
    await run(30);
    expect(await lab.windows.list('acme')).toEqual([]);
    expect(await lab.checkpointMs()).toBe(t0 + 5 * minute);
    service.healthy = true;
    await lab.run();
    await expectExact();
  });
});

it('parks after the time limit, before the number of failures', async () => {
  publish(service, t0 + 10 * minute, false);
  service.poison.add(poisonMs);
  await open(true, { failures: 12 });
  await run(10);
  clock.advance(23 * 60 * minute);
  await lab.run();
  expect(await lab.windows.list('acme')).toEqual([]);
  clock.advance(60 * minute);
  await lab.run();
  expect(await lab.windows.list('acme')).toMatchObject([{ state: 'parked', failures: 3 }]);
});
