import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PollerConfig } from '../definition/model.ts';
import type { HttpClient } from '../http/api.ts';
import { createHttpClient } from '../http/client.ts';
import type { PollOutcome, RunPollerInput } from './api.ts';
import { formatCursor, parseCursor } from './cursor.ts';
import { runPoller } from './engine.ts';
import {
  type Answer,
  type FakeService,
  type ServedRequest,
  startFakeService,
} from './testing/fake-service.ts';
import { type ManualClock, manualClock, pollerConfig } from './testing/fixtures.ts';
import { createMemorySink, type MemorySink } from './testing/memory-sink.ts';

const NOW = Date.UTC(2026, 2, 1, 12, 0, 0);
let service: FakeService;
let clock: ManualClock;
let http: HttpClient;

beforeAll(async () => {
  service = await startFakeService();
});
afterAll(() => service.close());
afterEach(() => http.close());

function begin(): void {
  clock = manualClock(NOW);
  http = createHttpClient({ clock, random: () => 0 });
  service.requests.length = 0;
}

interface StreamOptions {
  /** What the last page names: nothing, or a cursor behind its rows. */
  readonly tip: 'null' | 'cursor' | 'same';
}

/** An append-only stream; a cursor is the position behind the last row of its page. */
function serveStream(rows: readonly unknown[], { tip }: StreamOptions): (request: ServedRequest) => Answer {
  return ({ url }) => {
    const cursor = url.searchParams.get('cursor');
    const limit = Number(url.searchParams.get('limit'));
    const from = cursor === null ? 0 : Number(cursor.slice(1));
    const data = rows.slice(from, from + limit);
    const atTip = from + data.length >= rows.length;
    const behind = `p${from + data.length}`;
    const next = !atTip || tip === 'cursor' ? behind : tip === 'same' ? cursor : null;
    return { body: { data, meta: { next } } };
  };
}

const unique = { recordKey: { paths: ['$.id'], unique: true } } as const;
const streamConfig = (pageSize: number, more: Partial<PollerConfig> = {}, onlyPaging = true): PollerConfig =>
  pollerConfig({
    apiEndpoint: `${service.url}/stream`,
    request: { queryParameters: { sortOrder: 'asc' } },
    paging: {
      type: 'PersistentToken',
      pageSize,
      pageSizeParameterName: 'limit',
      nextPageTokenJsonPath: '$.meta.next',
      nextPageParaName: 'cursor',
      pagingQueryParamOnly: onlyPaging,
    },
    response: { eventsJsonPaths: ['$.data'] },
    more,
  });

async function poll(
  config: PollerConfig,
  sink: MemorySink,
  more: Partial<RunPollerInput> = {},
): Promise<PollOutcome> {
  return runPoller({
    config,
    checkpoint: sink.checkpoint,
    sink,
    http,
    clock,
    random: () => 0,
    runId: 'r',
    untilCaughtUp: true,
    ...more,
  });
}
const rowsOf = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => ({ id: from + i }));
const delivered = (sink: MemorySink): unknown[] => sink.delivered.map((text) => JSON.parse(text) as unknown);

describe('following a stream', () => {
  test.each(['null', 'cursor', 'same'] as const)(
    'C2, C3: tip %s: idle polls deliver nothing, take one request each, then new events come',
    async (tip) => {
      for (const recordKey of [unique, {}]) {
        begin();
        const sink = createMemorySink(recordKey);
        const rows = rowsOf(0, 7);
        service.answer(serveStream(rows, { tip }));
        const config = streamConfig(3, recordKey);
        expect(await poll(config, sink)).toMatchObject({ stopReason: 'caught-up', guarantee: 'exact' });
        for (let i = 0; i < 10; i++) {
          service.requests.length = 0;
          clock.advance(60_000);
          expect(await poll(config, sink)).toMatchObject({ counts: { new: 0 }, guarantee: 'exact' });
          expect(service.requests).toHaveLength(1);
        }
        rows.push(...rowsOf(7, 15));
        expect(await poll(config, sink)).toMatchObject({ counts: { new: 8 }, guarantee: 'exact' });
        expect(delivered(sink)).toEqual(rows);
      }
    },
  );

  test('a stream that is never at rest does not hold a run for ever, and loses nothing', async () => {
    begin();
    const sink = createMemorySink(unique);
    const rows = rowsOf(0, 50);
    const serve = serveStream(rows, { tip: 'cursor' });
    service.answer((request) => {
      rows.push(...rowsOf(rows.length, rows.length + 2));
      return serve(request);
    });
    const config = streamConfig(20, unique);
    for (let i = 0; i < 3; i++) expect(await poll(config, sink)).toMatchObject({ stopReason: 'caught-up' });
    service.answer(serve);
    await poll(config, sink);
    expect(delivered(sink)).toEqual(rows);
  });

  test('identical events before and behind the cursor are both delivered without unique keys', async () => {
    for (const tip of ['null', 'cursor', 'same'] as const) {
      begin();
      const sink = createMemorySink();
      const rows: unknown[] = [{ a: 1 }, { a: 1 }, { a: 2 }];
      service.answer(serveStream(rows, { tip }));
      await poll(streamConfig(2), sink);
      for (const row of [{ a: 1 }, { a: 2 }, { a: 2 }, { a: 1 }]) {
        rows.push(row);
        await poll(streamConfig(2), sink);
      }
      expect(delivered(sink)).toEqual(rows);
    }
  });

  test('the first poll has configured parameters and no cursor, later ones paging parameters alone', async () => {
    begin();
    const sink = createMemorySink(unique);
    service.answer(serveStream(rowsOf(0, 3), { tip: 'cursor' }));
    const base = streamConfig(2, unique);
    const config = {
      ...base,
      request: {
        ...base.request,
        queryTimeFormat: 'UnixTimestamp',
        startTimeAttributeName: 'from',
        endTimeAttributeName: 'to',
      },
    };
    await poll(config, sink, { startMs: NOW - 3_600_000 });
    expect(service.requests.map(({ url }) => url.search)).toEqual([
      `?sortOrder=asc&from=${NOW / 1000 - 3600}&limit=2`,
      '?limit=2&cursor=p2',
      '?limit=2&cursor=p3',
    ]);
    expect(sink.checkpoint).toEqual({ cursor: 'p3', windowEndMs: NOW });
  });

  test('start parameters that go along with a cursor stay as they were', async () => {
    begin();
    const sink = createMemorySink(unique);
    service.answer(serveStream(rowsOf(0, 1), { tip: 'cursor' }));
    const base = streamConfig(2, unique, false);
    const config = {
      ...base,
      request: { ...base.request, queryTimeFormat: 'UnixTimestamp', startTimeAttributeName: 'from' },
    };
    await poll(config, sink);
    clock.advance(86_400_000);
    await poll(config, sink);
    const starts = service.requests.map(({ url }) => url.searchParams.get('from'));
    expect(new Set(starts)).toEqual(new Set([String((NOW - 7 * 60_000) / 1000)]));
  });

  test('C4: a rejected cursor is an error of its own and leaves the state', async () => {
    for (const status of [400, 410]) {
      begin();
      const sink = createMemorySink(unique);
      const checkpoint = { cursor: 'old', windowEndMs: NOW - 1000 };
      service.answer(() => ({ status, body: { errors: [{ code: 'INVALID-CURSOR' }] } }));
      const outcome = await poll(streamConfig(2, unique), sink, { checkpoint });
      expect(outcome).toMatchObject({ stopReason: 'failed', error: { code: 'CURSOR_REJECTED' }, checkpoint });
      expect(sink.checkpoints).toEqual([]);
    }
  });

  test('D1: a failure after some pages keeps them, and the next poll goes on behind them', async () => {
    begin();
    const sink = createMemorySink();
    const rows = rowsOf(0, 6);
    const serve = serveStream(rows, { tip: 'cursor' });
    service.answer((request) =>
      request.url.searchParams.get('cursor') === 'p4' ? { status: 401 } : serve(request),
    );
    expect(await poll(streamConfig(2), sink)).toMatchObject({
      stopReason: 'failed',
      error: { code: 'AUTH_REFUSED' },
      counts: { new: 4 },
    });
    expect(sink.checkpoint.cursor).toBe('p4');
    service.answer(serve);
    await poll(streamConfig(2), sink);
    expect(delivered(sink)).toEqual(rows);
  });

  test('C5: pages that were not committed come again and are delivered once', async () => {
    begin();
    const sink = createMemorySink({ batchRecords: 2 });
    const rows = rowsOf(0, 6);
    service.answer((request) => {
      if (request.url.searchParams.get('cursor') === 'p4') sink.failCommits(1);
      return serveStream(rows, { tip: 'cursor' })(request);
    });
    expect(await poll(streamConfig(2), sink)).toMatchObject({ stopReason: 'failed' });
    expect(sink.checkpoint.cursor).toBe('p4');
    service.answer(serveStream(rows, { tip: 'cursor' }));
    await poll(streamConfig(2), sink);
    expect(delivered(sink)).toEqual(rows);
  });

  test('without catching up one page budget is read', async () => {
    begin();
    const sink = createMemorySink();
    service.answer(serveStream(rowsOf(0, 9), { tip: 'cursor' }));
    const outcome = await poll(streamConfig(2), sink, {
      untilCaughtUp: false,
      budgets: { pagesPerWindow: 2 },
    });
    expect(outcome).toMatchObject({ stopReason: 'page-budget', pages: 2, checkpoint: { cursor: 'p4' } });
  });

  test('delivered rows that changed can not be told apart: at-least-once, nothing known twice', async () => {
    begin();
    const sink = createMemorySink();
    const rows: unknown[] = [{ a: 1 }, { a: 2 }, { a: 3 }];
    service.answer(serveStream(rows, { tip: 'null' }));
    await poll(streamConfig(2), sink);
    rows[2] = { a: 4 };
    expect(await poll(streamConfig(2), sink)).toMatchObject({ guarantee: 'at-least-once' });
    expect(delivered(sink)).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }]);
  });
});

test('any history of appends, polls and failures delivers each event once', async () => {
  const action = fc.oneof(
    fc.record({ append: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 5 }) }),
    fc.record({ failAt: fc.integer({ min: 1, max: 3 }) }),
    fc.constant({ poll: true }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { maxLength: 12 }),
      fc.constantFrom('null', 'cursor', 'same'),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
      async (actions, tip, pageSize, batchRecords) => {
        begin();
        const sink = createMemorySink({ batchRecords });
        const rows: unknown[] = [];
        const serve = serveStream(rows, { tip });
        for (const step of [...actions, { poll: true }, { poll: true }]) {
          if ('append' in step) rows.push(...step.append.map((a) => ({ a })));
          else {
            let count = 0;
            service.answer((request) =>
              'failAt' in step && ++count === step.failAt ? { status: 400 } : serve(request),
            );
            await poll(streamConfig(pageSize), sink);
          }
        }
        expect(delivered(sink)).toEqual(rows);
        await http.close();
      },
    ),
    { seed: 11, numRuns: 60 },
  );
});

test('cursors read back as written', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.option(fc.nat(), { nil: undefined }), (token, count) => {
      const cursor =
        count === undefined ? { token } : { token, delivered: { count, digest: 'a'.repeat(40) } };
      expect(parseCursor(formatCursor(cursor))).toEqual(cursor);
    }),
    { seed: 12 },
  );
  expect(parseCursor(undefined)).toBeUndefined();
});

test('only the first page of a first poll counts occurrences from zero', async () => {
  begin();
  const sink = createMemorySink();
  service.answer(serveStream(rowsOf(0, 7), { tip: 'cursor' }));
  await poll(streamConfig(2), sink);
  await poll(streamConfig(2), sink);
  expect(sink.opened.map(({ mode }) => mode)).toEqual(['window', 'continuation', 'continuation']);
  expect(sink.checkpoints[0]?.cursor).toBe('p2');
});
