import { describe, expect, it } from 'vitest';
import { toCell } from './result.ts';

describe('cells of the API', () => {
  it('keeps longs as numbers while they are exact', () => {
    expect(toCell('long', '9007199254740991')).toBe(9007199254740991);
    expect(toCell('long', '9007199254740993')).toBe('9007199254740993');
    expect(toCell('long', null)).toBeNull();
  });

  it('writes datetimes in ISO form, with decimals only where there are some', () => {
    expect(toCell('datetime', '2020-01-02 03:04:05.0000000')).toBe('2020-01-02T03:04:05Z');
    expect(toCell('datetime', '0001-01-01 00:00:00.0000001')).toBe('0001-01-01T00:00:00.0000001Z');
  });

  it('writes timespans as KQL does', () => {
    expect(toCell('timespan', '-864000000001')).toBe('-1.00:00:00.0000001');
    expect(toCell('timespan', '36000000000')).toBe('01:00:00');
  });

  it('opens dynamics and names denormals', () => {
    expect(toCell('dynamic', '{"a":[1,null]}')).toEqual({ a: [1, null] });
    expect(toCell('dynamic', '"x"')).toBe('x');
    expect(toCell('dynamic', '')).toBeNull();
    expect(toCell('real', 'nan')).toBe('NaN');
    expect(toCell('real', '-inf')).toBe('-Infinity');
    expect(toCell('bool', 1)).toBe(true);
    expect(toCell('string', null)).toBe('');
  });
});
