import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoffMs, FLOOR_MS, isRetryableStatus, resetMs, retryAfterMs, retryWait } from './retry-timing.ts';

const NOW = Date.UTC(2026, 10, 18, 9, 14, 30);
const wait = (headers: Record<string, string>, status = 429, attempt = 1) =>
  retryWait({ headers, status, attempt, nowMs: NOW, random: () => 0 });

describe('headers say how long to wait', () => {
  test.each([
    ['Retry-After in seconds', { 'retry-after': '7' }, 7000, 'retry-after'],
    ['Retry-After below a second', { 'retry-after': '0.2' }, 1000, 'retry-after'],
    ['Retry-After as a date', { 'retry-after': 'Wed, 18 Nov 2026 09:15:00 GMT' }, 30_000, 'retry-after'],
    ['Retry-After before a reset', { 'retry-after': '3', 'x-ratelimit-reset': '60' }, 3000, 'retry-after'],
    ['a reset with minute precision', { 'x-ratelimit-reset': '2026-11-18T09:15Z' }, 30_000, 'reset'],
    ['a reset as epoch seconds', { 'x-rate-limit-reset': String(NOW / 1000 + 12) }, 12_000, 'reset'],
    ['a reset as epoch milliseconds', { 'x-rate-limit-reset': String(NOW + 1500) }, 1500, 'reset'],
    ['a reset as delta', { 'ratelimit-reset': '5' }, 5000, 'reset'],
    ['a reset in the past', { 'x-ratelimit-reset': '2026-11-18T09:14Z' }, 1000, 'backoff'],
    ['Retry-After zero', { 'retry-after': '0' }, 1000, 'backoff'],
    ['nonsense', { 'retry-after': 'soon', 'x-ratelimit-reset': '5 apples' }, 1000, 'backoff'],
    ['nothing', {}, 1000, 'backoff'],
  ])('%s', (_name, headers, waitMs, source) => {
    expect(wait(headers as Record<string, string>)).toEqual({ waitMs, source });
  });

  test('reset headers of ordinary failures are not about them', () => {
    expect(wait({ 'x-ratelimit-reset': '60' }, 500).source).toBe('backoff');
    expect(wait({ 'x-ratelimit-reset': '60' }, 503).source).toBe('reset');
    expect(wait({ 'retry-after': '60' }, 500).source).toBe('retry-after');
  });
});

test('back-off doubles, has a ceiling, and jitter only adds', () => {
  expect([1, 2, 3, 4].map((attempt) => backoffMs(attempt, () => 0))).toEqual([1000, 2000, 4000, 8000]);
  expect(backoffMs(1, () => 0.999)).toBeLessThanOrEqual(1500);
  expect(backoffMs(40, () => 0)).toBe(60_000);
});

test('no header makes a wait shorter than the floor, or not a number', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.integer({ min: 1, max: 10 }), (after, reset, attempt) => {
      const { waitMs } = retryWait({
        headers: { 'retry-after': after, 'x-ratelimit-reset': reset },
        status: 429,
        attempt,
        nowMs: NOW,
        random: () => 0.5,
      });
      expect(waitMs).toBeGreaterThanOrEqual(FLOOR_MS);
    }),
    { seed: 41 },
  );
  expect(retryAfterMs(undefined, NOW)).toBeUndefined();
  expect(resetMs('', NOW)).toBeUndefined();
});

test('which statuses are tried again', () => {
  expect([408, 425, 429, 500, 502, 503, 504].every(isRetryableStatus)).toBe(true);
  expect([200, 301, 400, 401, 403, 404, 410].some(isRetryableStatus)).toBe(false);
});
