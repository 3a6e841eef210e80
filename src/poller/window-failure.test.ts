import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SluiceError } from '../core/errors.ts';
import type { HttpClient } from '../http/api.ts';
import { createHttpClient } from '../http/client.ts';
import type { FailedWindow, RunPollerInput } from './api.ts';
import { runPoller } from './engine.ts';
import { type FakeService, startFakeService } from './testing/fake-service.ts';
import { manualClock, pollerConfig } from './testing/fixtures.ts';
import { createMemorySink, type MemorySink } from './testing/memory-sink.ts';
import { readWindowAgain } from './window-again.ts';
import { canLieInWindow } from './window-failure.ts';
import { clipToPassed } from './windows.ts';

const t0 = Date.UTC(2026, 2, 1, 12);
const minute = 60_000;
const clock = manualClock(t0 + 20 * minute);
let service: FakeService;
let http: HttpClient;
let sink: MemorySink;
let asked: [number, number][];
let garbled: (from: number, to: number) => boolean;

beforeAll(async () => {
  service = await startFakeService();
  http = createHttpClient({ clock, random: () => 0 });
  service.answer(({ url }) => {
    const [from, to] = [url.searchParams.get('from'), url.searchParams.get('to')].map((text) =>
      text === null ? Number.POSITIVE_INFINITY : Date.parse(text),
    ) as [number, number];
    asked.push([(from - t0) / minute, (to - t0) / minute]);
    return { body: garbled(from, to) ? '{"records":[' : { records: [{ id: `${from}` }] } };
  });
});
afterAll(async () => {
  await http.close();
  await service.close();
});
beforeEach(() => {
  asked = [];
  sink = createMemorySink();
  garbled = (from, to) => from <= t0 + 3 * minute && to > t0 + 3 * minute;
});

function input(more: Partial<RunPollerInput> = {}, bounded = true): RunPollerInput {
  const times = { startTimeAttributeName: 'from', ...(bounded ? { endTimeAttributeName: 'to' } : {}) };
  const config = pollerConfig({
    apiEndpoint: service.url,
    request: times,
    more: { delayMinutes: 0, overlapMinutes: 2 },
  });
  const checkpoint = { windowEndMs: t0 };
  const base = { config, checkpoint, sink, http, clock, random: () => 0, runId: 'r1' };
  return { ...base, untilCaughtUp: true, ...more };
}

describe('a window that fails', () => {
  test('ends the run with its error when nobody takes note, the checkpoint in front of it', async () => {
    const outcome = await runPoller(input());
    expect(outcome).toMatchObject({ stopReason: 'failed', error: { code: 'RESPONSE_NOT_JSON' } });
    expect(outcome.checkpoint).toEqual({ windowEndMs: t0 });
  });

  test('is passed when the caller says so; requests behind it do not reach back into it', async () => {
    const failed: FailedWindow[] = [];
    const works: boolean[] = [];
    const outcome = await runPoller(
      input({
        onWindowFailed: async (window) => {
          failed.push(window);
          works.push(await window.newerWorks());
          return 'passed';
        },
      }),
    );
    expect(failed).toMatchObject([
      {
        window: { startMs: t0, endMs: t0 + 5 * minute },
        bounds: { startMs: t0 - 2 * minute, endMs: t0 + 5 * minute },
        checkpoint: { windowEndMs: t0 + 5 * minute },
      },
    ]);
    expect(works).toEqual([true]);
    const second = 1 / 60;
    expect(asked).toEqual([
      [-2, 5],
      [15, 20],
      [5 - second, 10],
      [expect.any(Number), 20],
    ]);
    expect(asked[3]![0]).toBeLessThanOrEqual(10);
    expect(outcome).toMatchObject({ stopReason: 'caught-up', checkpoint: { windowEndMs: t0 + 20 * minute } });
  });

  test('passes nothing when no newer window can be asked for, or it fails too', async () => {
    const answers: boolean[] = [];
    const onWindowFailed = async (window: FailedWindow) => {
      answers.push(await window.newerWorks());
      return 'failed' as const;
    };
    expect((await runPoller(input({ onWindowFailed }, false))).stopReason).toBe('failed');
    garbled = () => true;
    expect((await runPoller(input({ onWindowFailed }))).stopReason).toBe('failed');
    expect(answers).toEqual([false, false]);
  });
});

test.each([
  ['RESPONSE_NOT_JSON', true],
  ['HTTP_STATUS', true],
  ['HTTP_TIMEOUT', true],
  ['PAGING_LOOP', true],
  ['AUTH_REFUSED', false],
  ['HTTP_UNREACHABLE', false],
  ['HTTP_TLS', false],
  ['THROTTLED', false],
  ['RESPONSE_HTML', false],
  ['RESPONSE_REDIRECT', false],
  ['INGEST_READ_CLOSED', false],
  ['INTERNAL', false],
])('%s lies in the window: %s', (code, expected) => {
  expect(canLieInWindow(new SluiceError({ code, message: 'x' }))).toBe(expected);
});

test('bounds are clipped only by windows that end by the start, to one second before their end', () => {
  const bounds = { startMs: t0 - 10 * minute, endMs: t0 + minute };
  const at = (startMs: number, endMs: number) => ({
    startMs: t0 + startMs * minute,
    endMs: t0 + endMs * minute,
  });
  expect(clipToPassed(bounds, t0, [])).toEqual(bounds);
  expect(clipToPassed(bounds, t0, [at(-30, -20), at(1, 2)])).toEqual(bounds);
  const clipped = { startMs: t0 - 3 * minute - 1000, endMs: bounds.endMs };
  expect(clipToPassed(bounds, t0, [at(-9, -8), at(-5, -3)])).toEqual(clipped);
});

test('a window that exceeds its page budget is read again in parts, each beside live polling', async () => {
  const { config } = input();
  const paged = { ...config, paging: { ...config.paging, type: 'NextPageToken' as const } };
  const { startMs, endMs } = { startMs: t0, endMs: t0 + 8 * minute };
  service.answer(({ url }) => {
    const from = Date.parse(url.searchParams.get('from')!);
    const to = Date.parse(url.searchParams.get('to')!);
    const page = Number(url.searchParams.get('page') ?? 0);
    asked.push([(from - t0) / minute, (to - t0) / minute]);
    const first = Math.ceil(from / minute) + page;
    const more = (first + 1) * minute < to;
    return {
      body: { records: first * minute < to ? [{ id: first }] : [], ...(more ? { next: page + 1 } : {}) },
    };
  });
  const result = await readWindowAgain({
    config: {
      ...paged,
      paging: { ...paged.paging, nextPageTokenJsonPath: '$.next', nextPageParaName: 'page' },
    },
    sink,
    http,
    clock,
    runId: 'again',
    bounds: { startMs, endMs },
    budgets: { pagesPerWindow: 3 },
  });
  expect(result).toMatchObject({ guarantee: 'exact', counts: { new: 8 } });
  expect(sink.delivered).toHaveLength(8);
  expect(sink.opened.every(({ beside, mode }) => beside === true && mode === 'window')).toBe(true);
});
