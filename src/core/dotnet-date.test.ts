import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatQueryTime } from './dotnet-date.ts';

const at = Date.UTC(2026, 0, 4, 15, 6, 7, 89);

describe('formats as .NET prints them', () => {
  test.each([
    [undefined, '2026-01-04T15:06:07.0890000Z'],
    ['', '2026-01-04T15:06:07.0890000Z'],
    ['UnixTimestamp', '1767539167'],
    ['unixtimestampinmills', '1767539167089'],
    ['yyyy-MM-ddTHH:mm:ssZ', '2026-01-04T15:06:07Z'],
    ['yyyy-MM-ddTHH:mm:ss.fffZ', '2026-01-04T15:06:07.089Z'],
    ['yyyy-MM-ddTHH:mm:ss.000000+00:00', '2026-01-04T15:06:07.000000+00:00'],
    ['yyyy-MM-ddTHH:mm:ss.sss-0000', '2026-01-04T15:06:07.07-0000'],
    ['yyyy-MM-ddTHH:mm:sszzz', '2026-01-04T15:06:07+00:00'],
    ['yyyy-MM-ddTHH:mm:ssK', '2026-01-04T15:06:07Z'],
    ['d/M/yy h:m:s tt', '4/1/26 3:6:7 PM'],
    ['dddd, dd MMMM yyyy', 'Sunday, 04 January 2026'],
    ['ddd MMM', 'Sun Jan'],
    ['yyyy\'T\'"Z"\\d', '2026TZd'],
    ['HHHH', '15'],
    ['ss.FFF', '07.089'],
    ['ss.F', '07'],
    ['%d', '4'],
    ['o', '2026-01-04T15:06:07.0890000Z'],
    ['s', '2026-01-04T15:06:07'],
    ['u', '2026-01-04 15:06:07Z'],
    ['R', 'Sun, 04 Jan 2026 15:06:07 GMT'],
  ])('%s', (format, expected) => {
    expect(formatQueryTime(at, format)).toBe(expected);
  });

  test.each(['x', "yyyy'", 'ffffffff', 'yyyy\\', '%'])('%s is refused', (format) => {
    expect(() => formatQueryTime(at, format)).toThrow(
      expect.objectContaining({ code: 'QUERY_TIME_FORMAT_INVALID' }),
    );
  });
});

const times = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });

test('the default and ISO forms read back as the same instant', () => {
  fc.assert(
    fc.property(times, (ms) => {
      expect(Date.parse(formatQueryTime(ms, undefined))).toBe(ms);
      expect(Date.parse(formatQueryTime(ms, 'yyyy-MM-ddTHH:mm:ss.fffzzz'))).toBe(ms);
      expect(Date.parse(formatQueryTime(ms, 'R'))).toBe(Math.floor(ms / 1000) * 1000);
      expect(Number(formatQueryTime(ms, 'UnixTimestampInMills'))).toBe(ms);
    }),
    { seed: 5, numRuns: 300 },
  );
});

test('text order follows time order in sortable formats', () => {
  fc.assert(
    fc.property(times, times, (a, b) => {
      const [x, y] = [a, b].map((ms) => formatQueryTime(ms, 'yyyyMMddHHmmssfff'));
      expect(x! < y!).toBe(a < b);
    }),
    { seed: 6, numRuns: 300 },
  );
});
