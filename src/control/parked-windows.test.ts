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

describe.each([
  ['unique keys', true],
  ['digest keys', false],
])('with %s', (_, unique) => {
  it('passes a window that keeps failing, reads newer ones, and a retry brings each record once', async () => {
    publish(service, t0 + 40 * minute, !unique);
    service.poison.add(poisonMs);
    await open(unique);
    await run(10);
    expect(await lab.windows.list('acme')).toEqual([]);
    expect(await lab.checkpointMs()).toBe(t0 + 5 * minute);
    await run(10);
    expect(await lab.checkpointMs()).toBeGreaterThan(t0 + 10 * minute);
    await run(10);

    const [parked, ...more] = await lab.windows.list('acme');
    expect(more).toEqual([]);
    expect(parked).toMatchObject({
      state: 'parked',
      failures,
      start: new Date(t0 + 5 * minute).toISOString(),
      end: new Date(t0 + 10 * minute).toISOString(),
      error: { code: 'RESPONSE_NOT_JSON' },
    });
    expect(await lab.eventKinds()).toContain('window.parked');
    expect(lab.told).toEqual(['window.parked']);
    const partly = await lab.archived();
    const inParked = (text: string) => {
      const at = Date.parse((JSON.parse(text) as { occurred: string }).occurred);
      return at >= t0 + 5 * minute && at < t0 + 10 * minute;
    };
    expect(partly.some((text) => inParked(text))).toBe(true);

    const failed = await lab.windows.retry(parked!.id, 'ada');
    expect(failed).toMatchObject({ state: 'parked', failures: failures + 1 });
    service.poison.clear();
    const checkpoint = await lab.checkpointMs();
    service.asked.length = 0;
    const done = await lab.windows.retry(parked!.id, 'ada');
    expect(done).toMatchObject({ state: 'done', decidedBy: 'ada' });
    expect(service.asked[0]).toEqual({ from: t0 + 3 * minute, to: t0 + 10 * minute });
    expect(await lab.checkpointMs()).toBe(checkpoint);
    expect(await lab.eventKinds()).toEqual(
      expect.arrayContaining(['window.retry-failed', 'window.recovered']),
    );
    await run(15);
    await expectExact();
  });

  it('a split isolates what fails', async () => {
    publish(service, t0 + 30 * minute, !unique);
    service.poison.add(t0 + 6 * minute);
    await open(unique);
    await run(30);
    const [parked] = await lab.windows.list('acme');
    const halves = await lab.windows.split(parked!.id, 'ada');
    expect(halves.map(({ start, end }) => [start, end])).toEqual([
      [parked!.start, new Date(t0 + 7.5 * minute).toISOString()],
      [new Date(t0 + 7.5 * minute).toISOString(), parked!.end],
    ]);
    const states = [];
    for (const half of halves) states.push((await lab.windows.retry(half.id, 'ada')).state);
    expect(states).toEqual(['parked', 'done']);
    await expect(lab.windows.retry(parked!.id, 'ada')).rejects.toMatchObject({ code: 'WINDOW_NOT_FOUND' });
    service.poison.clear();
    expect((await lab.windows.retry(halves[0]!.id, 'ada')).state).toBe('done');
    await run(5);
    await expectExact();
  });
});

describe('decisions', () => {
  async function parkOne(): Promise<string> {
    publish(service, t0 + 30 * minute, false);
    service.poison.add(poisonMs);
    await open(true);
    await run(30);
    return (await lab.windows.list('acme'))[0]!.id;
  }

  it('a skip is on record, stays listed and can be reconsidered', async () => {
    const id = await parkOne();
    expect(await lab.parking.undecided(lab.connection.id)).toHaveLength(1);
    // Before the window, and late: no later window reaches back so far.
    service.records.push({ id: 'late', occurred: new Date(t0 + 4 * minute).toISOString(), size: 1 });
    await lab.windows.skip(id, 'ada', 'the vendor lost it');
    expect((await lab.archived()).some((text) => text.includes('"late"'))).toBe(true);
    expect(await lab.windows.list('acme')).toMatchObject([
      { id, state: 'skipped', decidedBy: 'ada', note: 'the vendor lost it' },
    ]);
    const [event] = (await lab.events.recent(100)).filter(({ kind }) => kind === 'window.skipped');
    expect(JSON.parse(event!.data_json)).toMatchObject({
      windowId: id,
      by: 'ada',
      note: 'the vendor lost it',
    });
    expect(await lab.parking.undecided(lab.connection.id)).toEqual([]);
    await expect(lab.windows.skip(id, 'bob', 'again')).rejects.toMatchObject({
      code: 'WINDOW_STATE_CONFLICT',
    });
    expect(await lab.windows.retry(id, 'bob')).toMatchObject({
      state: 'skipped',
      note: 'the vendor lost it',
    });
    service.poison.clear();
    expect(await lab.windows.retry(id, 'bob')).toMatchObject({ state: 'done', decidedBy: 'bob' });
    await run(5);
    await expectExact();
  });

  it('splits down to one second and no further', async () => {
    let id = await parkOne();
    for (let i = 0; i < 8; i += 1) id = (await lab.windows.split(id, 'ada'))[0]!.id;
    const lengths = (await lab.windows.list('acme')).map((w) => Date.parse(w.end) - Date.parse(w.start));
    expect(Math.min(...lengths)).toBe(1_000);
    await expect(lab.windows.split(id, 'ada')).rejects.toMatchObject({ code: 'WINDOW_TOO_SHORT' });
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(5 * minute);
  });

  it('a retry that a stop cut short is open again', async () => {
    const id = await parkOne();
    await lab.state.db.updateTable('parked_windows').set({ state: 'retrying' }).execute();
    await lab.close();
    await open(true);
    expect(await lab.windows.list('acme')).toMatchObject([{ id, state: 'parked' }]);
  });
});
