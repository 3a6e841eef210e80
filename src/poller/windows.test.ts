import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Window } from '../core/collect.ts';
import { pollerConfig } from './testing/fixtures.ts';
import {
  firstHalf,
  grownLength,
  MAX_WINDOW_MS,
  nextDueMs,
  nextWindow,
  pollLimit,
  requestBounds,
  splitHelps,
  timingOf,
} from './windows.ts';

const NOW = Date.UTC(2026, 2, 1, 12, 0, 0);
const instants = fc.integer({ min: NOW - 40 * 86_400_000, max: NOW });
const lengths = fc.integer({ min: 1000, max: 3 * 86_400_000 });

describe('windows of a run', () => {
  test('are contiguous half-open whole seconds that end exactly at the limit, whatever is split on the way', () => {
    fc.assert(
      fc.property(
        instants,
        lengths,
        fc.integer({ min: 0, max: 600_000 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 60 })),
        (start, length, delay, pages) => {
          const limitMs = pollLimit(NOW, delay);
          fc.pre(start < limitMs);
          const windows: Window[] = [];
          let startMs = start;
          let lengthMs = length;
          for (let rounds = 0; rounds < 5000; rounds += 1) {
            const window = nextWindow({ startMs, limitMs, lengthMs });
            if (!window) break;
            const used = pages.next().value ?? 1;
            const half = used > 50 ? firstHalf(window) : undefined;
            if (half) {
              expect(half.startMs).toBe(window.startMs);
              expect(half.endMs).toBeLessThan(window.endMs);
              lengthMs = half.endMs - half.startMs;
              continue;
            }
            windows.push(window);
            startMs = window.endMs;
            lengthMs = grownLength(window.endMs - window.startMs, used, 50);
          }
          expect(windows[0]!.startMs).toBe(Math.floor(start / 1000) * 1000);
          expect(windows.at(-1)!.endMs).toBe(limitMs);
          expect(limitMs).toBeLessThanOrEqual(NOW - delay);
          windows.forEach((window, i) => {
            expect(window.startMs).toBe(i === 0 ? window.startMs : windows[i - 1]!.endMs);
            expect(window.endMs).toBeGreaterThan(window.startMs);
            expect(window.endMs % 1000).toBe(0);
          });
        },
      ),
      { seed: 21, numRuns: 200 },
    );
  });

  test('an open window is used when it begins at the start and has passed', () => {
    const open = { startMs: NOW - 60_000, endMs: NOW - 30_000 };
    expect(nextWindow({ startMs: NOW - 60_000, limitMs: NOW, lengthMs: 1000, open })).toEqual(open);
    expect(nextWindow({ startMs: NOW - 50_000, limitMs: NOW, lengthMs: 1000, open })).toEqual({
      startMs: NOW - 50_000,
      endMs: NOW - 49_000,
    });
    expect(nextWindow({ startMs: NOW - 60_000, limitMs: NOW - 40_000, lengthMs: 60_000, open })?.endMs).toBe(
      NOW - 40_000,
    );
    expect(nextWindow({ startMs: NOW, limitMs: NOW, lengthMs: 1000 })).toBeUndefined();
  });

  test('growth doubles while half the budget is free, up to the largest window', () => {
    expect(grownLength(60_000, 1, 50)).toBe(120_000);
    expect(grownLength(60_000, 26, 50)).toBe(60_000);
    expect(grownLength(MAX_WINDOW_MS, 1, 50)).toBe(MAX_WINDOW_MS);
    expect(firstHalf({ startMs: 0, endMs: 1000 })).toBeUndefined();
  });
});

describe('request bounds', () => {
  test('every record that appears up to the overlap late is inside the bounds of a window read after it appeared', () => {
    const seconds = (max: number) => fc.integer({ min: 0, max });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 900 }),
        seconds(900),
        seconds(60),
        seconds(900),
        (overlap, behind, slack, age) => {
          // The window before ended at NOW and was read `behind` seconds later; the record is `age` older than NOW.
          const window = { startMs: NOW, endMs: NOW + 60_000 };
          const previousReadAtMs = NOW + behind * 1000;
          const at = NOW - age * 1000;
          const appeared = at + Math.max(0, overlap - slack) * 1000;
          const bounds = requestBounds({ window, overlapMs: overlap * 1000, first: false, previousReadAtMs });
          if (appeared > previousReadAtMs) expect(bounds.startMs).toBeLessThanOrEqual(at);
          expect(bounds.startMs).toBeGreaterThanOrEqual(NOW - overlap * 1000);
          expect(bounds.startMs).toBeLessThan(NOW);
          expect(bounds.endMs).toBe(window.endMs);
        },
      ),
      { seed: 22, numRuns: 2000 },
    );
  });

  test('the first window has nothing to overlap; an unknown past has the full overlap', () => {
    const window = { startMs: NOW, endMs: NOW + 1000 };
    expect(requestBounds({ window, overlapMs: 900_000, first: true })).toEqual(window);
    expect(requestBounds({ window, overlapMs: 900_000, first: false }).startMs).toBe(NOW - 900_000);
    expect(requestBounds({ window, overlapMs: 0, first: false })).toEqual(window);
  });

  test('splitting helps while the window is at least as long as its overlap', () => {
    const window = { startMs: NOW, endMs: NOW + 300_000 };
    expect(splitHelps(window, { ...window, startMs: NOW - 900_000 })).toBe(false);
    expect(splitHelps(window, { ...window, startMs: NOW - 1000 })).toBe(true);
    expect(splitHelps({ startMs: NOW, endMs: NOW + 1000 }, window)).toBe(false);
  });
});

describe('timing', () => {
  const base = { apiEndpoint: 'https://h.test' };
  test('two minutes delay and fifteen overlap where the definition is silent', () => {
    expect(timingOf(pollerConfig(base))).toEqual({ windowMs: 300_000, delayMs: 120_000, overlapMs: 900_000 });
  });
  test('the definition, then our extension decide', () => {
    const request = { queryWindowDelayMinutes: 20 };
    expect(timingOf(pollerConfig({ ...base, request })).delayMs).toBe(1_200_000);
    expect(
      timingOf(pollerConfig({ ...base, request, more: { delayMinutes: 1, overlapMinutes: 0 } })),
    ).toMatchObject({ delayMs: 60_000, overlapMs: 0 });
  });
  test('due one window after the last end, behind the delay', () => {
    expect(nextDueMs(pollerConfig(base), NOW, NOW)).toBe(NOW + 420_000);
    expect(nextDueMs(pollerConfig(base), undefined, NOW)).toBe(NOW);
  });
});
