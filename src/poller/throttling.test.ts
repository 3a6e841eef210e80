/** What a poll does when the service throttles: waits while that is short, else ends, with everything read so far kept. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { HttpClient } from '../http/api.ts';
import { createHttpClient } from '../http/client.ts';
import { HttpError } from '../http/errors.ts';
import { createLimiterRegistry, type LimiterRegistry } from '../http/rate-limiter.ts';
import type { PollOutcome } from './api.ts';
import { runPoller } from './engine.ts';
import { type FakeService, startFakeService } from './testing/fake-service.ts';
import { type ManualClock, manualClock, pollerConfig } from './testing/fixtures.ts';
import { createMemorySink, type MemorySink } from './testing/memory-sink.ts';

const NOW = Date.UTC(2026, 2, 1, 12, 0, 1);
const rows = Array.from({ length: 40 }, (_, id) => ({ id }));
let service: FakeService;
let clock: ManualClock;
let http: HttpClient;
let limiters: LimiterRegistry;

beforeAll(async () => {
  service = await startFakeService();
});
afterAll(() => service.close());
afterEach(() => http.close());

function begin(): void {
  clock = manualClock(NOW);
  http = createHttpClient({ clock, random: () => 0 });
  limiters = createLimiterRegistry({ clock, random: () => 0 });
  service.requests.length = 0;
}

/** Pages of five; `refuse` says with which headers a request is answered with 429. */
function serveStream(refuse: (nth: number) => Readonly<Record<string, string>> | undefined): void {
  service.answer(({ url }) => {
    const headers = refuse(service.requests.length);
    if (headers) return { status: 429, headers };
    const from = Number(url.searchParams.get('cursor') ?? '0');
    const end = Math.min(from + 5, rows.length);
    return { body: { records: rows.slice(from, end), next: end < rows.length ? String(end) : null } };
  });
}

function poll(sink: MemorySink, lane = 'a', queryWindowMinutes = 5): Promise<PollOutcome> {
  const config = pollerConfig({
    apiEndpoint: `${service.url}/stream`,
    request: { queryWindowMinutes },
    paging: {
      type: 'PersistentToken',
      nextPageTokenJsonPath: '$.next',
      nextPageParaName: 'cursor',
      pagingQueryParamOnly: true,
    },
    more: { recordKey: { paths: ['$.id'], unique: true } },
  });
  const limiter = limiters.limiterFor({ lane, url: config.request.apiEndpoint, credential: ['k'] });
  const { checkpoint } = sink;
  const input = { config, checkpoint, sink, http, limiter, clock, random: () => 0 };
  return runPoller({ ...input, runId: 'run', untilCaughtUp: true });
}

const keyed = { recordKey: { paths: ['$.id'], unique: true } };
const all = rows.map((row) => JSON.stringify(row));

function retryAfter({ error }: PollOutcome): number | undefined {
  return error instanceof HttpError ? error.retryAfterMs : undefined;
}

test('a storm ends the poll as throttled; what came before is committed, and later polls get the rest, once', async () => {
  begin();
  const sink = createMemorySink(keyed);
  serveStream((nth) => (nth > 4 && nth <= 12 ? {} : undefined));
  const waits: (number | undefined)[] = [];
  let outcome = await poll(sink);
  expect(outcome).toMatchObject({ stopReason: 'failed', error: { code: 'THROTTLED', retryable: true } });
  expect(sink.delivered).toEqual(all.slice(0, 20));
  expect(sink.checkpoint.cursor).toBeDefined();
  for (let runs = 0; outcome.stopReason === 'failed' && runs < 10; runs += 1) {
    waits.push(retryAfter(outcome));
    clock.advance(retryAfter(outcome) ?? 0);
    outcome = await poll(sink);
  }
  expect(outcome.stopReason).toBe('caught-up');
  expect(sink.delivered).toEqual(all);
  // Back-off goes on from poll to poll: refusals 3 and 6 of the storm ended polls.
  expect(waits).toEqual([4000, 32_000]);
});

test('a wait within the window is spent in the poll', async () => {
  begin();
  const sink = createMemorySink(keyed);
  serveStream((nth) => (nth === 3 ? { 'retry-after': '240' } : undefined));
  expect(await poll(sink)).toMatchObject({ stopReason: 'caught-up' });
  expect(clock.sleeps).toContain(240_000);
  expect(sink.delivered).toEqual(all);
});

test.each([
  ['longer than a short window', 1, '120'],
  ['longer than five minutes, whatever the window', 1440, '301'],
])(
  'a wait %s ends the poll at once, with its time; another connection of the credential does not even ask',
  async (_, window, seconds) => {
    begin();
    const sink = createMemorySink(keyed);
    serveStream((nth) => (nth === 3 ? { 'retry-after': seconds } : undefined));
    const outcome = await poll(sink, 'a', window);
    expect(outcome).toMatchObject({ stopReason: 'failed', error: { code: 'THROTTLED' } });
    expect(retryAfter(outcome)).toBe(Number(seconds) * 1000);
    expect(clock.sleeps).toEqual([]);
    expect(sink.delivered).toEqual(all.slice(0, 10));
    const twin = await poll(createMemorySink(keyed), 'b', window);
    expect(twin).toMatchObject({ stopReason: 'failed', error: { code: 'THROTTLED' } });
    expect(service.requests).toHaveLength(3);
  },
);

test('C6: ten requests a minute by the service’s headers: the whole stream without a 429', async () => {
  begin();
  const sink = createMemorySink(keyed);
  const used = new Map<number, number>();
  const statuses: number[] = [];
  service.answer(({ url }) => {
    const minute = Math.floor(clock.now() / 60_000);
    const count = (used.get(minute) ?? 0) + 1;
    used.set(minute, count);
    const status = count > 10 ? 429 : 200;
    statuses.push(status);
    const from = Number(url.searchParams.get('cursor') ?? '0');
    const headers = {
      'x-ratelimit-limit': '10',
      'x-ratelimit-remaining': String(Math.max(0, 10 - count)),
      'x-ratelimit-reset': `${new Date((minute + 1) * 60_000).toISOString().slice(0, 16)}Z`,
    };
    const next = from + 1 < rows.length ? String(from + 1) : null;
    return { status, headers, body: { records: rows.slice(from, from + 1), next } };
  });
  expect(await poll(sink, 'a', 1)).toMatchObject({ stopReason: 'caught-up' });
  expect(sink.delivered).toEqual(all);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(Math.max(...used.values())).toBe(9);
});
