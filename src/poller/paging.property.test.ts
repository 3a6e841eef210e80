/**
 * A list that changes while it is read: rows appear late at any place and rows disappear, between any two requests.
 * Whatever happens, a row that was there from before the read until after it must be delivered, and, with unique keys,
 * nothing twice; a run that could not settle says so, and the next one has the rest.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpClient } from '../http/client.ts';
import { runPoller } from './engine.ts';
import { type FakeService, startFakeService } from './testing/fake-service.ts';
import { manualClock, pollerConfig } from './testing/fixtures.ts';
import { createMemorySink } from './testing/memory-sink.ts';

const NOW = Date.UTC(2026, 2, 1, 12, 0, 0);
const unique = { recordKey: { paths: ['$.id'], unique: true } } as const;
const clock = manualClock(NOW);
const http = createHttpClient({ clock, random: () => 0 });
let service: FakeService;

beforeAll(async () => {
  service = await startFakeService();
});
afterAll(async () => {
  await http.close();
  await service.close();
});

interface Change {
  /** Before the request with this number (from 0). */
  readonly request: number;
  readonly insertAt?: number;
  readonly removeAt?: number;
}

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ request: fc.nat(12), insertAt: fc.nat(20) }),
  fc.record({ request: fc.nat(12), removeAt: fc.nat(20) }),
);

interface Scene {
  readonly size: number;
  readonly pageSize: number;
  readonly clamp: number;
  readonly changes: readonly Change[];
  readonly identical: boolean;
}

const scene: fc.Arbitrary<Scene> = fc.record({
  size: fc.nat(14),
  pageSize: fc.integer({ min: 2, max: 6 }),
  clamp: fc.integer({ min: 2, max: 8 }),
  changes: fc.array(change, { maxLength: 6 }),
  identical: fc.boolean(),
});

async function run(given: Scene, keyed: boolean) {
  const sink = createMemorySink(keyed ? unique : {});
  let next = 1000;
  const rows = Array.from({ length: given.size }, (_, i) => ({
    id: given.identical && !keyed ? Math.floor(i / 2) : i,
  }));
  const staying = new Set(rows);
  let count = 0;
  service.answer(({ url }) => {
    for (const { insertAt, removeAt } of given.changes.filter((c) => c.request === count)) {
      if (insertAt !== undefined) rows.splice(insertAt % (rows.length + 1), 0, { id: next++ });
      else if (rows.length > 0)
        for (const gone of rows.splice(removeAt! % rows.length, 1)) staying.delete(gone);
    }
    count += 1;
    const offset = Number(url.searchParams.get('offset') ?? 0);
    const limit = Math.min(Number(url.searchParams.get('limit')), given.clamp);
    return { body: { records: rows.slice(offset, offset + limit) } };
  });
  const config = pollerConfig({
    apiEndpoint: `${service.url}/list`,
    request: { queryTimeFormat: 'UnixTimestamp', startTimeAttributeName: 'from', endTimeAttributeName: 'to' },
    paging: {
      type: 'Offset',
      pageSize: given.pageSize,
      pageSizeParameterName: 'limit',
      offsetParaName: 'offset',
    },
    more: keyed ? unique : {},
  });
  const poll = () =>
    runPoller({
      config,
      checkpoint: sink.checkpoint,
      sink,
      http,
      clock,
      random: () => 0,
      runId: 'r',
      untilCaughtUp: true,
    });
  const outcome = await poll();
  if (outcome.guarantee !== 'exact') {
    // It said so; the overlap of the next window mends it once the list is calm.
    count = 1000;
    clock.advance(60_000);
    await poll();
  }
  const ids = sink.delivered.map((text) => (JSON.parse(text) as { id: number }).id);
  return { outcome, ids, staying: [...staying].map((row) => row.id), rows: rows.map((row) => row.id) };
}

const counted = (ids: readonly number[]) =>
  ids.reduce((map, id) => map.set(id, (map.get(id) ?? 0) + 1), new Map<number, number>());

test('unique keys: every row that stays is delivered, none twice', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async (given) => {
      const { outcome, ids, staying } = await run(given, true);
      expect(outcome.stopReason).toBe('caught-up');
      expect(ids).toEqual(expect.arrayContaining(staying));
      expect(new Set(ids).size).toBe(ids.length);
    }),
    { seed: 31, numRuns: 90 },
  );
});

test('no keys: every row that stays is delivered as often as it is there', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async (given) => {
      const { outcome, ids, staying } = await run(given, false);
      expect(outcome.stopReason).toBe('caught-up');
      const got = counted(ids);
      for (const [id, count] of counted(staying)) expect(got.get(id) ?? 0).toBeGreaterThanOrEqual(count);
    }),
    { seed: 32, numRuns: 150 },
  );
});

test('no keys, and the list settles after the first request: exactly what is there', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async (given) => {
      const calm = {
        ...given,
        changes: given.changes.map((c) => ({ ...c, request: Math.min(c.request, 1) })),
      };
      const { outcome, ids, rows, staying } = await run(calm, false);
      fc.pre(outcome.guarantee === 'exact' && outcome.pages > 4);
      const got = counted(ids);
      for (const [id, count] of counted(staying)) expect(got.get(id) ?? 0).toBeGreaterThanOrEqual(count);
      expect(counted(rows)).toEqual(got);
    }),
    { seed: 33, numRuns: 80 },
  );
});
