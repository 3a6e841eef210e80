import { describe, expect, test } from 'vitest';
import {
  addFailure,
  type FailureEntry,
  type FetchState,
  hourMs,
  observe,
  unknownState,
} from './fetch-status.ts';

const good = { ok: true, reason: '', throttled: false };
const refused = { ok: false, reason: 'AUTH_REFUSED', throttled: false };
const timeout = { ok: false, reason: 'HTTP_TIMEOUT', throttled: false };
const throttled = { ok: false, reason: 'THROTTLED', throttled: true };

/** Feeds observations a number of minutes apart; returns the minutes at which something was told. */
function told(steps: readonly (readonly [minute: number, seen: typeof good])[]): string[] {
  let state: FetchState = unknownState(0);
  return steps.flatMap(([minute, seen]) => {
    const next = observe(state, seen, minute * 60_000);
    state = next.state;
    return next.emit ? [`${minute} ${state.status} ${state.reason}`.trim()] : [];
  });
}

describe('fetch status', () => {
  test('tells a change at once and a stable state once an hour', () => {
    expect(
      told([
        [0, good],
        [5, good],
        [59, good],
        [60, good],
        [65, refused],
        [70, refused],
        [75, timeout],
        [80, good],
        [135, good],
        [140, good],
      ]),
    ).toEqual([
      '0 success',
      '60 success',
      '65 failure AUTH_REFUSED',
      '75 failure HTTP_TIMEOUT',
      '80 success',
      '140 success',
    ]);
  });

  test('tells throttling only when it lasted more than an hour', () => {
    expect(
      told([
        [0, good],
        [10, throttled],
        [40, throttled],
        [70, throttled],
        [71, throttled],
        [100, throttled],
        [131, throttled],
        [140, good],
      ]),
    ).toEqual(['0 success', '71 failure THROTTLED', '131 failure THROTTLED', '140 success']);
  });

  test('throttling that passes is never told', () => {
    expect(
      told([
        [0, good],
        [10, throttled],
        [50, good],
        [55, throttled],
        [100, throttled],
        [110, good],
      ]),
    ).toEqual(['0 success', '110 success']);
  });

  test('counts distinct failures and lists no more than twenty texts', () => {
    let failures: readonly FailureEntry[] = [];
    for (let i = 0; i < 50; i++)
      failures = addFailure(failures, { code: 'HTTP_STATUS', message: `GET /${i}` }, i * 1000);
    failures = addFailure(failures, { code: 'HTTP_STATUS', message: 'GET /0' }, hourMs);
    expect(failures.length).toBe(21);
    expect(failures.reduce((sum, f) => sum + f.count, 0)).toBe(51);
    expect(failures[0]).toMatchObject({ message: 'GET /0', count: 2, firstAt: 0, lastAt: hourMs });
  });
});
