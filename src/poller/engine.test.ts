import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Checkpoint } from '../core/collect.ts';
import type { PollerConfig } from '../definition/model.ts';
import type { HttpClient } from '../http/api.ts';
import { createHttpClient } from '../http/client.ts';
import type { PollOutcome, PollTrace, RunPollerInput } from './api.ts';
import { runPoller } from './engine.ts';
import { type FakeService, type ServedRequest, startFakeService } from './testing/fake-service.ts';
import { type ConfigParts, type ManualClock, manualClock, pollerConfig } from './testing/fixtures.ts';
import { createMemorySink, type MemorySink } from './testing/memory-sink.ts';

const NOW = Date.UTC(2026, 2, 1, 12, 0, 0);
const MINUTE = 60_000;

let service: FakeService;
let clock: ManualClock;
let http: HttpClient;

beforeAll(async () => {
  service = await startFakeService();
});
afterAll(() => service.close());
afterEach(async () => {
  await http.close();
});

function begin(): void {
  clock = manualClock(NOW);
  http = createHttpClient({ clock, random: () => 0 });
  service.requests.length = 0;
}

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
    runId: 'run',
    untilCaughtUp: true,
    ...more,
  });
}

const ids = (sink: MemorySink): unknown[] =>
  sink.delivered.map((text) => (JSON.parse(text) as { id: unknown }).id);
const sorted = (values: unknown[]): unknown[] => [...values].sort((a, b) => Number(a) - Number(b));
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

interface Row {
  readonly id: number;
  readonly at: number;
  readonly [member: string]: unknown;
}

/** A newest-first list with inclusive bounds and a total that ignores them. */
function serveList(rows: () => readonly Row[], clamp = 1000): (request: ServedRequest) => { body: unknown } {
  return ({ url }) => {
    const read = (name: string) => Number(url.searchParams.get(name) ?? 0);
    const [from, to] = [read('from') * 1000, read('to') * 1000];
    const matching = rows()
      .filter((row) => row.at >= from && row.at <= to)
      .sort((a, b) => b.at - a.at || b.id - a.id);
    const limit = Math.min(read('limit'), clamp);
    return {
      body: {
        total: 18_342,
        offset: read('offset'),
        records: matching.slice(read('offset'), read('offset') + limit),
      },
    };
  };
}

const listConfig = (parts: Omit<ConfigParts, 'apiEndpoint'> = {}): PollerConfig =>
  pollerConfig({
    apiEndpoint: `${service.url}/list`,
    ...parts,
    request: {
      queryTimeFormat: 'UnixTimestamp',
      startTimeAttributeName: 'from',
      endTimeAttributeName: 'to',
      ...parts.request,
    },
    paging: {
      type: 'Offset',
      pageSize: 1000,
      pageSizeParameterName: 'limit',
      offsetParaName: 'offset',
      ...parts.paging,
    },
    more: { recordKey: { paths: ['$.id', '$.at'], unique: true }, ...parts.more },
  });
const keyed = { recordKey: { paths: ['$.id', '$.at'], unique: true } } as const;

describe('offset lists', () => {
  test('A1: 2,500 rows while new ones arrive: every row once', async () => {
    begin();
    const sink = createMemorySink(keyed);
    let rows: Row[] = numbers(0, 2500).map((id) => ({ id, at: NOW - 6 * MINUTE + id * 50 }));
    const serve = serveList(() => rows);
    service.answer((request) => {
      rows = [...rows, { id: 10_000 + rows.length, at: clock.now() }];
      clock.advance(1000);
      return serve(request);
    });
    const outcome = await poll(listConfig(), sink);
    expect(outcome).toMatchObject({ stopReason: 'caught-up', guarantee: 'exact', windows: 1 });
    expect(sorted(ids(sink))).toEqual(numbers(0, 2500));
    clock.advance(20 * MINUTE);
    await poll(listConfig(), sink);
    const published = rows.filter((row) => row.at < clock.now() - 2 * MINUTE).length;
    expect(sink.delivered.length).toBeGreaterThanOrEqual(published);
    expect(new Set(sink.delivered).size).toBe(sink.delivered.length);
  });

  test('A2: a row that appears late is found by the overlap, once', async () => {
    begin();
    const sink = createMemorySink(keyed);
    const rows: Row[] = [{ id: 1, at: NOW - 5 * MINUTE }];
    service.answer(serveList(() => rows));
    await poll(listConfig(), sink);
    rows.push({ id: 2, at: NOW - 4 * MINUTE });
    for (let i = 0; i < 4; i++) {
      clock.advance(5 * MINUTE);
      await poll(listConfig(), sink);
    }
    expect(sorted(ids(sink))).toEqual([1, 2]);
  });

  test('A3: ties across a window boundary are all delivered once', async () => {
    begin();
    const sink = createMemorySink(keyed);
    const boundary = NOW - 2 * MINUTE;
    service.answer(serveList(() => numbers(0, 7).map((id) => ({ id, at: boundary }))));
    await poll(listConfig(), sink);
    clock.advance(5 * MINUTE);
    await poll(listConfig(), sink);
    expect(sorted(ids(sink))).toEqual(numbers(0, 7));
  });

  test('A4: an empty window with a total takes one request', async () => {
    begin();
    const sink = createMemorySink(keyed);
    service.answer(serveList(() => []));
    const outcome = await poll(listConfig(), sink);
    expect(outcome).toMatchObject({ stopReason: 'caught-up', pages: 1 });
    expect(service.requests).toHaveLength(1);
    expect(service.requests[0]!.url.searchParams.has('offset')).toBe(false);
    expect(sink.checkpoint).toEqual({ windowEndMs: NOW - 2 * MINUTE });
  });

  test('A5: times carry the zone that the format says', async () => {
    begin();
    service.answer(() => ({ body: { records: [] } }));
    await poll(listConfig({ request: { queryTimeFormat: 'yyyy-MM-ddTHH:mm:ssZ' } }), createMemorySink(keyed));
    const { searchParams } = service.requests[0]!.url;
    expect([searchParams.get('from'), searchParams.get('to')]).toEqual([
      '2026-03-01T11:53:00Z',
      '2026-03-01T11:58:00Z',
    ]);
  });

  test('A6: 429 with a reset in the past waits at least a second with back-off and changes no state', async () => {
    begin();
    const sink = createMemorySink(keyed);
    service.answer(() => ({ status: 429, headers: { 'x-ratelimit-reset': '2026-03-01T11:59Z' } }));
    const outcome = await poll(listConfig(), sink);
    expect(outcome).toMatchObject({ stopReason: 'failed', error: { code: 'THROTTLED', retryable: true } });
    expect(clock.sleeps).toEqual([1000, 2000]);
    expect(sink.checkpoint).toEqual({});
  });

  test.each([
    ['403', { status: 403, body: { errorMessages: ['not on this plan'] } }, 'AUTH_REFUSED'],
    [
      'a redirect to a login page elsewhere',
      { status: 302, headers: { location: 'https://login.example.test/' } },
      'RESPONSE_REDIRECT',
    ],
    [
      'a web page',
      { headers: { 'content-type': 'text/html' }, body: '<!doctype html><html></html>' },
      'RESPONSE_HTML',
    ],
    ['half a document', { body: '{"records":[{"id":1}' }, 'RESPONSE_NOT_JSON'],
    ['a body that says no', { body: { status: 'error', records: [] } }, 'RESPONSE_NOT_SUCCESSFUL'],
  ])('A7: %s fails the window and leaves the checkpoint', async (_name, answer, code) => {
    begin();
    const sink = createMemorySink(keyed);
    const checkpoint = { windowEndMs: NOW - 10 * MINUTE };
    service.answer(() => answer);
    const config = listConfig({ response: { successStatusJsonPath: '$.status', successStatusValue: 'ok' } });
    const outcome = await poll(config, sink, { checkpoint });
    expect(outcome).toMatchObject({ stopReason: 'failed', error: { code }, checkpoint });
    expect(outcome.error?.message).toContain(`GET ${service.url}/list?`);
    expect(sink.checkpoints).toEqual([]);
  });

  test('A8: equal ids with different times are two events', async () => {
    begin();
    const sink = createMemorySink(keyed);
    service.answer(
      serveList(() => [
        { id: 1, at: NOW - 5 * MINUTE },
        { id: 1, at: NOW - 4 * MINUTE },
      ]),
    );
    await poll(listConfig(), sink);
    expect(ids(sink)).toEqual([1, 1]);
  });

  test('a failure while a keyed window is verified keeps its records and not its checkpoint', async () => {
    begin();
    const sink = createMemorySink(keyed);
    const serve = serveList(() => numbers(0, 5).map((id) => ({ id, at: NOW - 5 * MINUTE })));
    const config = listConfig({ paging: { pageSize: 2 } });
    service.answer((request) => (service.requests.length > 4 ? { status: 400 } : serve(request)));
    const checkpoint = { windowEndMs: NOW - 7 * MINUTE };
    expect(await poll(config, sink, { checkpoint })).toMatchObject({ stopReason: 'failed', checkpoint });
    expect(sorted(ids(sink))).toEqual(numbers(0, 5));
    expect(sink.checkpoints.every(({ windowEndMs }) => windowEndMs === checkpoint.windowEndMs)).toBe(true);
    service.answer(serve);
    expect(await poll(config, sink, { checkpoint })).toMatchObject({
      counts: { new: 0 },
      guarantee: 'exact',
    });
  });

  test('a failure on a later page delivers nothing of an unkeyed window', async () => {
    begin();
    const sink = createMemorySink();
    const rows = numbers(0, 5).map((id) => ({ id, at: NOW - 5 * MINUTE }));
    const serve = serveList(() => rows);
    service.answer((request) => (request.url.searchParams.has('offset') ? { status: 400 } : serve(request)));
    const config = pollerConfig({ ...parts(2), apiEndpoint: `${service.url}/list` });
    expect(await poll(config, sink)).toMatchObject({ stopReason: 'failed', error: { code: 'HTTP_STATUS' } });
    expect(sink.delivered).toEqual([]);
    service.answer(serve);
    expect(await poll(config, sink)).toMatchObject({ guarantee: 'exact' });
    expect(sorted(ids(sink))).toEqual(numbers(0, 5));
  });
});

function parts(pageSize: number): Omit<ConfigParts, 'apiEndpoint'> {
  return {
    request: { queryTimeFormat: 'UnixTimestamp', startTimeAttributeName: 'from', endTimeAttributeName: 'to' },
    paging: { type: 'Offset', pageSize, pageSizeParameterName: 'limit', offsetParaName: 'offset' },
  };
}
const unkeyed = (pageSize: number): PollerConfig =>
  pollerConfig({ ...parts(pageSize), apiEndpoint: `${service.url}/list` });

describe('lists without ids', () => {
  test('B1: three identical records, read again by the overlap, are exactly three', async () => {
    begin();
    const sink = createMemorySink();
    const rows = numbers(0, 3).map(() => ({ id: 7, at: NOW - 3 * MINUTE }));
    service.answer(serveList(() => rows));
    for (let i = 0; i < 3; i++) {
      await poll(unkeyed(1000), sink);
      clock.advance(5 * MINUTE);
    }
    expect(ids(sink)).toEqual([7, 7, 7]);
  });

  test('B1 on three pages: occurrences count over the whole read', async () => {
    begin();
    const sink = createMemorySink();
    service.answer(
      serveList(() => [
        ...numbers(0, 3).map(() => ({ id: 7, at: NOW - 3 * MINUTE })),
        { id: 8, at: NOW - 4 * MINUTE },
      ]),
    );
    const outcome = await poll(unkeyed(2), sink);
    expect(outcome.guarantee).toBe('exact');
    expect(sorted(ids(sink))).toEqual([7, 7, 7, 8]);
  });

  test('B3: a server that silently gives fewer rows than asked for loses none', async () => {
    begin();
    const sink = createMemorySink();
    const rows = numbers(0, 950).map((id) => ({ id, at: NOW - 6 * MINUTE + id * 100 }));
    service.answer(serveList(() => rows, 200));
    const outcome = await poll(unkeyed(1000), sink);
    expect(outcome).toMatchObject({ guarantee: 'exact', stopReason: 'caught-up' });
    expect(sorted(ids(sink))).toEqual(numbers(0, 950));
  });

  test('a list that never settles is delivered as at-least-once', async () => {
    begin();
    const sink = createMemorySink();
    let rows: Row[] = numbers(0, 6).map((id) => ({ id, at: NOW - 5 * MINUTE }));
    const serve = serveList(() => rows);
    service.answer((request) => {
      rows = [...rows, { id: 100 + rows.length, at: NOW - 3 * MINUTE }];
      return serve(request);
    });
    const outcome = await poll(unkeyed(4), sink, { budgets: { pagesPerWindow: 1000 } });
    expect(outcome).toMatchObject({ guarantee: 'at-least-once', stopReason: 'caught-up' });
    expect(ids(sink)).toEqual(expect.arrayContaining(numbers(0, 6)));
  });

  test('a window that does not fit into memory is split', async () => {
    begin();
    const sink = createMemorySink();
    const start = NOW - 62 * MINUTE;
    const rows = numbers(0, 600).map((id) => ({ id, at: start + id * 6000 }));
    service.answer(serveList(() => rows));
    const config = { ...unkeyed(20), request: { ...unkeyed(20).request, queryWindowMinutes: 60 } };
    const outcome = await poll(config, sink, { startMs: start, budgets: { bytesPerWindow: 4000 } });
    expect(outcome).toMatchObject({ guarantee: 'exact', stopReason: 'caught-up' });
    expect(outcome.windows).toBeGreaterThan(4);
    expect(sorted(ids(sink))).toEqual(numbers(0, 600));
  });

  test('a server that ignores the offset ends the window with an error, not with a loop', async () => {
    begin();
    const sink = createMemorySink();
    service.answer(() => ({ body: { records: [{ id: 1 }, { id: 2 }] } }));
    expect(await poll(unkeyed(2), sink)).toMatchObject({
      stopReason: 'failed',
      error: { code: 'PAGING_REPEATED_PAGE' },
    });
    expect(sink.checkpoint).toEqual({});
    expect(service.requests.length).toBeLessThan(5);
  });

  test('a server that ignores the offset and has one short page is read once', async () => {
    begin();
    const sink = createMemorySink();
    service.answer(() => ({ body: { records: [{ id: 1 }, { id: 2 }] } }));
    expect(await poll(unkeyed(10), sink)).toMatchObject({ stopReason: 'caught-up', guarantee: 'exact' });
    expect(ids(sink)).toEqual([1, 2]);
  });
});

describe('windows of a run', () => {
  test('a long absence is caught up in growing, contiguous windows', async () => {
    begin();
    const sink = createMemorySink(keyed);
    const windows: number[][] = [];
    service.answer(
      serveList(() => numbers(0, 200).map((id) => ({ id, at: NOW - 24 * 60 * MINUTE + id * 7 * MINUTE }))),
    );
    const outcome = await poll(listConfig(), sink, {
      startMs: NOW - 25 * 60 * MINUTE,
      onWindow: ({ startMs, endMs }) => {
        windows.push([startMs, endMs]);
      },
    });
    expect(outcome.stopReason).toBe('caught-up');
    expect(windows[0]![0]).toBe(NOW - 25 * 60 * MINUTE);
    expect(windows.at(-1)![1]).toBe(NOW - 2 * MINUTE);
    expect(windows.slice(1).every(([start], i) => start === windows[i]![1])).toBe(true);
    expect(windows.length).toBeLessThan(12);
    expect(sorted(ids(sink))).toEqual(numbers(0, 200));
  });

  test('one window when not asked to catch up, and an open window keeps its bounds', async () => {
    begin();
    const sink = createMemorySink(keyed);
    service.answer(serveList(() => []));
    const checkpoint: Checkpoint = { windowEndMs: NOW - 60 * MINUTE };
    const openWindow = { startMs: NOW - 60 * MINUTE, endMs: NOW - 47 * MINUTE };
    const outcome = await poll(listConfig(), sink, { checkpoint, openWindow, untilCaughtUp: false });
    expect(outcome).toMatchObject({
      stopReason: 'one-window',
      checkpoint: { windowEndMs: openWindow.endMs },
    });
    expect(service.requests[0]!.url.searchParams.get('from')).toBe(String((NOW - 75 * MINUTE) / 1000));
  });

  test('a first window that failed keeps its start until it is delivered', async () => {
    begin();
    const sink = createMemorySink(keyed);
    let openWindow: RunPollerInput['openWindow'];
    const onWindow = (window: NonNullable<typeof openWindow>) => {
      openWindow = window;
    };
    service.answer(() => ({ status: 401 }));
    await poll(listConfig(), sink, { onWindow });
    clock.advance(60 * MINUTE);
    service.answer(serveList(() => [{ id: 1, at: NOW - 6 * MINUTE }]));
    await poll(listConfig(), sink, { onWindow, ...(openWindow ? { openWindow } : {}) });
    expect(ids(sink)).toEqual([1]);
  });

  test('an endpoint without times is read once as a whole', async () => {
    begin();
    const sink = createMemorySink();
    service.answer(() => ({ body: { records: [{ id: 1 }] } }));
    const config = pollerConfig({ apiEndpoint: `${service.url}/inventory` });
    expect(await poll(config, sink)).toMatchObject({ stopReason: 'caught-up', counts: { new: 1 } });
    clock.advance(5 * MINUTE);
    expect(await poll(config, sink)).toMatchObject({ counts: { received: 1, new: 0, duplicate: 1 } });
    expect(service.requests).toHaveLength(2);
  });

  test('cancelling between pages commits nothing and is no failure', async () => {
    begin();
    const sink = createMemorySink(keyed);
    const controller = new AbortController();
    const serve = serveList(() => numbers(0, 10).map((id) => ({ id, at: NOW - 5 * MINUTE })));
    service.answer((request) => {
      if (request.url.searchParams.has('offset')) controller.abort(new Error('stop'));
      return serve(request);
    });
    const outcome = await poll(listConfig({ paging: { pageSize: 3 } }), sink, { signal: controller.signal });
    expect(outcome).toMatchObject({ stopReason: 'cancelled', checkpoint: {} });
    expect(sink.checkpoints).toEqual([]);
  });

  test('a sink that fails stops the run with the checkpoint unmoved', async () => {
    begin();
    const sink = createMemorySink(keyed);
    sink.failCommits(1);
    service.answer(serveList(() => [{ id: 1, at: NOW - 5 * MINUTE }]));
    expect(await poll(listConfig(), sink)).toMatchObject({
      stopReason: 'failed',
      error: { code: 'INTERNAL' },
    });
    expect(await poll(listConfig(), sink)).toMatchObject({ stopReason: 'caught-up' });
    expect(ids(sink)).toEqual([1]);
  });

  test('traces carry records and hide secrets', async () => {
    begin();
    const traces: PollTrace[] = [];
    service.answer(() => ({ body: { records: [{ id: 1 }] } }));
    const auth = {
      type: 'APIKey',
      apiKey: 'very-secret-key',
      apiKeyName: 'X-Key',
      inPostPayload: false,
    } as const;
    const config = pollerConfig({ apiEndpoint: `${service.url}/x?k=very-secret-key`, auth });
    await poll(config, createMemorySink(), { onRequest: (trace) => traces.push(trace) });
    expect(traces).toMatchObject([{ method: 'GET', status: 200, records: 1, url: `${service.url}/x?k=***` }]);
    expect(service.requests[0]!.headers['x-key']).toBe('very-secret-key');
  });
});
