import { describe, expect, test } from 'vitest';
import { rangeLabel, resolveRange, resolveTime } from './time-range.ts';

const now = Date.parse('2026-11-20T12:00:00Z');

describe('resolveTime', () => {
  test.each([
    ['now', '2026-11-20T12:00:00.000Z'],
    ['-90m', '2026-11-20T10:30:00.000Z'],
    ['-7d', '2026-11-13T12:00:00.000Z'],
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01 08:00', '2026-11-01T08:00:00.000Z'],
    ['2026-11-01T08:00:00Z', '2026-11-01T08:00:00.000Z'],
    ['2026-11-01T08:00:00+02:00', '2026-11-01T06:00:00.000Z'],
  ])('%s', (text, expected) => {
    expect(resolveTime(text, now)?.toISOString()).toBe(expected);
  });
  test.each(['', 'yesterday', '7d', '-7y', '2026-13-40', '12'])('%j is no time', (text) => {
    expect(resolveTime(text, now)).toBeUndefined();
  });
});

describe('resolveRange', () => {
  test('open end is now', () => {
    expect(resolveRange({ from: '-1h' }, now)).toEqual({
      from: '2026-11-20T11:00:00.000Z',
      to: '2026-11-20T12:00:00.000Z',
    });
  });
  test('set in query sends nothing', () => {
    expect(resolveRange({ from: 'query' }, now)).toEqual({});
  });
  test('refuses what is no range', () => {
    expect(() => resolveRange({ from: 'x' }, now)).toThrow('Enter times');
    expect(() => resolveRange({ from: '-1h', to: '-2h' }, now)).toThrow('before the end');
  });
  test('labels', () => {
    expect(rangeLabel({ from: '-7d' })).toBe('Last 7 days');
    expect(rangeLabel({ from: '-7d', to: '-1d' })).toBe('-7d to -1d');
  });
});
