import { expect, test } from 'vitest';
import { fillGraph, graphRange } from './graph.ts';

test('14 whole days in UTC, today included', () => {
  expect(graphRange('14d', Date.parse('2026-11-20T12:34:56Z'))).toEqual({
    from: '2026-11-07T00:00:00.000Z',
    to: '2026-11-21T00:00:00.000Z',
    binMinutes: 1440,
  });
});

test('days without a point are zero, points outside are dropped, the total is the sum', () => {
  const graph = {
    from: '2026-11-18T00:00:00Z',
    to: '2026-11-21T00:00:00Z',
    binMinutes: 1440,
    series: [
      {
        metricName: 'm',
        legend: 'L',
        points: [
          { at: '2026-11-18T00:00:00Z', value: 2 },
          { at: '2026-11-20T05:00:00Z', value: 3 },
          { at: '2026-11-25T00:00:00Z', value: 99 },
        ],
      },
    ],
  };
  const { starts, series } = fillGraph(graph);
  expect(starts.map((at) => new Date(at * 1000).toISOString().slice(0, 10))).toEqual([
    '2026-11-18',
    '2026-11-19',
    '2026-11-20',
  ]);
  expect(series[0]).toMatchObject({ values: [2, 0, 3], total: 5, legend: 'L' });
});
