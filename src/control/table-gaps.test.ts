import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binState, type Coverage, coveredMs, type Span, without } from './table-gaps.ts';

const span = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 20 }))
  .map(([startMs, length]): Span => ({ startMs, endMs: startMs + length }));
const points = (spans: readonly Span[]) =>
  Array.from({ length: 90 }, (_, i) => spans.filter((s) => s.startMs <= i && i < s.endMs).length);

describe('gap map', () => {
  test('what is left of a span is exactly what no hole covers, once', () => {
    fc.assert(
      fc.property(span, fc.array(span, { maxLength: 6 }), (whole, holes) => {
        const left = points(without(whole, holes));
        const expected = points([whole]).map((n, i) => (n > 0 && points(holes)[i] === 0 ? 1 : 0));
        expect(left).toEqual(expected);
        expect(coveredMs({ startMs: 0, endMs: 90 }, without(whole, holes))).toBe(
          expected.filter((n) => n === 1).length,
        );
      }),
      { seed: 20261127, numRuns: 200 },
    );
  });

  const bin = { startMs: 100, endMs: 200 };
  const read = (...collected: Span[]): Coverage => ({ connection: 'a', poller: 'p', collected, parked: [] });
  const all = read({ startMs: 0, endMs: 1000 });
  const half = read({ startMs: 0, endMs: 150 });
  const none = read({ startMs: 500, endMs: 600 });
  const state = (rows: number, coverages: Coverage[], pendingInserts = 0) =>
    binState(bin, { rows, pendingInserts }, coverages);

  test('empty means that every poller read all of it', () => {
    expect(state(3, [all])).toBe('collected');
    expect(state(0, [all, all])).toBe('collected-empty');
    expect(state(0, [all, half])).toBe('partly-collected');
    expect(state(0, [all, none])).toBe('partly-collected');
    expect(state(0, [none])).toBe('not-collected');
    expect(state(2, [none])).toBe('partly-collected');
  });

  test('nothing is said of an empty bin while inserts wait, or without windows', () => {
    expect(state(0, [all], 1)).toBe('unknown');
    expect(state(0, [])).toBe('unknown');
  });
});
