import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allowedPerMinute,
  freshLimit,
  type LimitRequest,
  type LimitState,
  MAX_HOLD_MS,
  nextStart,
  requestEnded,
  requestStarted,
  SLOWEST_PER_MINUTE,
} from './limit-state.ts';

const NOW = Date.UTC(2026, 10, 18, 9, 14, 0);
const MINUTE = 60_000;
const lane = (name: string, perSecond = 0, reserve = 0.1): LimitRequest => ({
  lane: name,
  gapMs: perSecond > 0 ? 1000 / perSecond : 0,
  reserve,
});
const only = lane('a');

interface Answer {
  readonly status: number | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Starts a request as soon as it may, and ends it after `tookMs`. */
function call(
  state: LimitState,
  request: LimitRequest,
  { nowMs, tookMs = 0, random = () => 0 }: { nowMs: number; tookMs?: number; random?: () => number },
  answer: (startMs: number) => Answer,
): { state: LimitState; startMs: number; endMs: number } {
  const startMs = nextStart(state, request, nowMs).atMs;
  const endMs = startMs + tookMs;
  const started = requestStarted(state, request, startMs);
  const ended = requestEnded(started, {
    headers: {},
    ...answer(startMs),
    startedAtMs: startMs,
    nowMs: endMs,
    random,
  });
  return { state: ended, startMs, endMs };
}

/** A service with a budget per minute of the clock that says so; `others` of it go to somebody else at its start. */
function minuteService(limit: number, others = 0) {
  let period = -1;
  let used = 0;
  const lowest: number[] = [];
  return {
    lowest,
    answer(nowMs: number): Answer {
      const current = Math.floor(nowMs / MINUTE);
      if (current !== period) [period, used] = [current, others];
      used += 1;
      lowest.push(limit - used);
      const headers = {
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(Math.max(0, limit - used)),
        'x-ratelimit-reset': `${new Date((current + 1) * MINUTE).toISOString().slice(0, 16)}Z`,
      };
      return { status: used > limit ? 429 : 200, headers };
    },
  };
}

/** Pauses between calls in ms, mostly none. */
const pauses = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 90_000 })), {
  minLength: 1,
  maxLength: 120,
});
const anyAnswer: fc.Arbitrary<Answer> = fc.record({
  status: fc.constantFrom(200, 200, 429, 429, 500, 503, 404, undefined),
  headers: fc.dictionary(
    fc.constantFrom(
      'retry-after',
      'x-ratelimit-limit',
      'x-ratelimit-remaining',
      'x-ratelimit-reset',
      'ratelimit-reset',
    ),
    fc.oneof(
      fc.nat(2000).map(String),
      fc.constantFrom('0', '99999999999', '1e99', '2026-11-18T09:15Z', 'soon'),
    ),
  ),
});

describe('static limits', () => {
  test('no window of time has more starts than the limit, whatever the service answers', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 20, noNaN: true }),
        fc.array(fc.tuple(fc.nat(3000), anyAnswer), { minLength: 2, maxLength: 60 }),
        (perSecond, steps) => {
          const starts: number[] = [];
          let state = freshLimit;
          let nowMs = NOW;
          for (const [pauseMs, answer] of steps) {
            const done = call(state, lane('a', perSecond), { nowMs: nowMs + pauseMs }, () => answer);
            ({ state, endMs: nowMs } = done);
            starts.push(done.startMs);
          }
          for (let i = 1; i < starts.length; i += 1)
            expect(starts[i]! - starts[i - 1]!).toBeGreaterThanOrEqual(1000 / perSecond - 1e-3);
        },
      ),
      { seed: 51 },
    );
  });

  test('lanes on one credential keep the larger limit together, and each its own', () => {
    let state = freshLimit;
    const starts: [string, number][] = [];
    for (let nowMs = NOW; nowMs < NOW + 10_000; nowMs += 50) {
      for (const request of [lane('slow', 1), lane('fast', 5)]) {
        if (nextStart(state, request, nowMs).atMs > nowMs) continue;
        state = requestStarted(state, request, nowMs);
        state = requestEnded(state, { startedAtMs: nowMs, status: 200, headers: {}, nowMs, random: () => 0 });
        starts.push([request.lane, nowMs]);
      }
    }
    expect(starts.length).toBe(50);
    expect(starts.filter(([name]) => name === 'slow').length).toBe(10);
  });

  test('a lane that has gone no longer counts', () => {
    let state = requestStarted(freshLimit, lane('fast', 100), NOW);
    state = requestStarted(state, lane('slow', 1), NOW + 11 * MINUTE);
    expect(allowedPerMinute(state, lane('other', 2))).toBe(120);
  });
});

describe('budgets', () => {
  test('the reserve stays for others and nothing is refused, for any budget, use by others and rhythm', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 400 }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        pauses,
        (limit, reserve, rests) => {
          const service = minuteService(limit);
          let state = freshLimit;
          let nowMs = NOW;
          for (const rest of rests)
            ({ state, endMs: nowMs } = call(
              state,
              lane('a', 0, reserve),
              { nowMs: nowMs + rest, tookMs: 5 },
              service.answer,
            ));
          const kept = Math.min(Math.ceil(limit * reserve), limit - 1);
          expect(Math.min(...service.lowest)).toBeGreaterThanOrEqual(kept);
        },
      ),
      { seed: 52 },
    );
  });

  test('several requests on their way together keep it too', () => {
    const service = minuteService(10);
    const first = call(freshLimit, only, { nowMs: NOW }, service.answer);
    let { state } = first;
    const open: number[] = [];
    for (let nowMs = NOW; nowMs < NOW + 50_000; nowMs += 500) {
      while (nextStart(state, only, nowMs).atMs <= nowMs) {
        state = requestStarted(state, only, nowMs);
        open.push(nowMs);
      }
      if (nowMs % 4000 !== 0) continue;
      for (const startedAtMs of open.splice(0))
        state = requestEnded(state, {
          headers: {},
          ...service.answer(nowMs),
          startedAtMs,
          nowMs,
          random: () => 0,
        });
    }
    expect(Math.min(...service.lowest)).toBe(1);
  });

  test('where others use all of it, one request a period still goes through', () => {
    const service = minuteService(10, 9);
    let state = freshLimit;
    let nowMs = NOW;
    const starts: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const done = call(state, only, { nowMs }, service.answer);
      ({ state, endMs: nowMs } = done);
      starts.push(done.startMs - NOW);
    }
    expect(starts).toEqual([0, MINUTE, 2 * MINUTE, 3 * MINUTE, 4 * MINUTE]);
  });

  test('half is free, the rest is spread, so that a short run does not wait', () => {
    const service = minuteService(100);
    let state = freshLimit;
    let nowMs = NOW;
    const starts: number[] = [];
    for (let i = 0; i < 90; i += 1) {
      const done = call(state, only, { nowMs }, service.answer);
      ({ state, endMs: nowMs } = done);
      starts.push(done.startMs - NOW);
    }
    expect(starts.slice(0, 45).every((at) => at === 0)).toBe(true);
    expect(starts.at(-1)).toBeGreaterThan(MINUTE / 2);
    expect(starts.at(-1)).toBeLessThan(MINUTE);
  });

  test.each([
    ['a reset as epoch seconds', { 'x-ratelimit-reset': String(NOW / 1000 + 30) }, 30_000],
    ['a reset as delta', { 'x-ratelimit-reset': '30' }, 30_000],
    ['a reset with minute precision', { 'x-ratelimit-reset': '2026-11-18T09:15Z' }, 60_000],
    ['a reset in the past', { 'x-ratelimit-reset': '2026-11-18T09:13Z' }, 1000],
    ['a reset too far away to believe', { 'x-ratelimit-reset': '1000000' }, 0],
    ['no reset', {}, 0],
  ])('nothing left and %s', (_name, headers, waitMs) => {
    const used = { 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '0', ...headers };
    const { state } = call(freshLimit, only, { nowMs: NOW }, () => ({ status: 200, headers: used }));
    expect(nextStart(state, only, NOW)).toEqual({
      atMs: NOW + waitMs,
      reason: waitMs > 0 ? 'budget' : undefined,
    });
  });
});

describe('429', () => {
  const refused: Answer = { status: 429 };

  test('halves the rate down to one a minute, and good answers bring it back to the static limit', () => {
    const request = lane('a', 2);
    let state = freshLimit;
    let nowMs = NOW;
    for (let i = 0; i < 12; i += 1) {
      const before = allowedPerMinute(state, request) ?? 120;
      ({ state, endMs: nowMs } = call(state, request, { nowMs }, () => refused));
      expect(allowedPerMinute(state, request)).toBe(Math.max(SLOWEST_PER_MINUTE, before / 2));
    }
    const slowest = nowMs;
    while (state.slowed) ({ state, endMs: nowMs } = call(state, request, { nowMs }, () => ({ status: 200 })));
    expect(allowedPerMinute(state, request)).toBe(120);
    expect(nowMs - slowest).toBeLessThan(13 * MINUTE);
    expect(nowMs - slowest).toBeGreaterThan(5 * MINUTE);
  });

  test('without a static limit the rate before the refusal is what comes back, then no limit', () => {
    let state = freshLimit;
    let nowMs = NOW;
    for (let i = 0; i < 60; i += 1)
      ({ state, endMs: nowMs } = call(state, only, { nowMs: nowMs + 1000 }, () => ({
        status: i === 59 ? 429 : 200,
      })));
    expect(Math.round(allowedPerMinute(state, only) ?? 0)).toBe(31);
    while (state.slowed) ({ state, endMs: nowMs } = call(state, only, { nowMs }, () => ({ status: 200 })));
    expect(allowedPerMinute(state, only)).toBeUndefined();
  });

  test('several refusals of requests that were on their way together halve once', () => {
    const request = lane('a', 2);
    let state = freshLimit;
    for (let i = 0; i < 3; i += 1) state = requestStarted(state, request, NOW + i);
    for (let i = 0; i < 3; i += 1)
      state = requestEnded(state, {
        ...refused,
        headers: {},
        startedAtMs: NOW + i,
        nowMs: NOW + 100 + i,
        random: () => 0,
      });
    expect(allowedPerMinute(state, request)).toBe(60);
    expect(state.strikes).toBe(1);
  });

  test('Retry-After is honoured, with a cap, and does not slow what follows', () => {
    const wait = (seconds: string) => {
      const headers = { 'retry-after': seconds };
      const { state } = call(freshLimit, only, { nowMs: NOW, random: () => 0.5 }, () => ({
        ...refused,
        headers,
      }));
      expect(state.slowed).toBeUndefined();
      return nextStart(state, only, NOW);
    };
    expect(wait('7')).toEqual({ atMs: NOW + 7500, reason: 'retry-after' });
    expect(wait('99999999')).toEqual({ atMs: NOW + MAX_HOLD_MS + 500, reason: 'retry-after' });
  });

  test('waits double while it goes on, at least a second each', () => {
    let state = freshLimit;
    let nowMs = NOW;
    const waits: number[] = [];
    const headers = { 'x-ratelimit-reset': '2026-11-18T09:13Z' };
    for (let i = 0; i < 5; i += 1) {
      ({ state, endMs: nowMs } = call(state, only, { nowMs }, () => ({ ...refused, headers })));
      waits.push((state.hold?.untilMs ?? 0) - nowMs);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000]);
  });
});

test('whatever a service answers, waits are bounded and a request can start in the end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(5000), anyAnswer, fc.boolean()), { maxLength: 80 }),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      (steps, chance) => {
        let state = freshLimit;
        let nowMs = NOW;
        const request = lane('a', 1);
        for (const [pauseMs, answer, lost] of steps) {
          nowMs += pauseMs;
          let { atMs } = nextStart(state, request, nowMs);
          for (let looks = 0; atMs > nowMs; looks += 1) {
            expect(atMs - nowMs).toBeLessThanOrEqual(MAX_HOLD_MS + 1000);
            nowMs = atMs;
            ({ atMs } = nextStart(state, request, nowMs));
            // Where all requests on their way never end, the look repeats each second; they all have time-outs.
            if (looks > 5 && state.inFlight > 0)
              state = requestEnded(state, {
                startedAtMs: nowMs,
                status: undefined,
                headers: {},
                nowMs,
                random: () => chance,
              });
            expect(looks).toBeLessThan(200);
          }
          state = requestStarted(state, request, nowMs);
          if (!lost)
            state = requestEnded(state, {
              headers: {},
              ...answer,
              startedAtMs: nowMs,
              nowMs,
              random: () => chance,
            });
        }
      },
    ),
    { seed: 53, numRuns: 300 },
  );
});
