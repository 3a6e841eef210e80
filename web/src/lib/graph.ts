/** Day or hour bins of a connector's graph. */
import type { Graph } from './api-types.ts';
import type { GraphRange } from './queries.ts';

const DAY_MS = 86_400_000;
export const graphSpans = [
  { value: '24h', label: '24 hours', bins: 24, binMinutes: 60 },
  { value: '7d', label: '7 days', bins: 7, binMinutes: 1440 },
  { value: '14d', label: '14 days', bins: 14, binMinutes: 1440 },
  { value: '30d', label: '30 days', bins: 30, binMinutes: 1440 },
] as const;
export type GraphSpan = (typeof graphSpans)[number]['value'];

/** The last `bins` whole bins in UTC, the current one included, so that the range (and its cache key) moves once a bin. */
export function graphRange(span: GraphSpan, nowMs: number): GraphRange {
  const chosen = graphSpans.find((item) => item.value === span) ?? graphSpans[2];
  const size = chosen.binMinutes * 60_000;
  const to = Math.floor(nowMs / size) * size + size;
  return {
    from: new Date(to - chosen.bins * size).toISOString(),
    to: new Date(to).toISOString(),
    binMinutes: chosen.binMinutes,
  };
}

export interface FilledSeries {
  readonly legend: string;
  readonly metricName: string;
  readonly values: number[];
  readonly total: number;
  readonly error?: string;
}

/** Start of each bin in seconds, and each series with zeros where the server sent no point. */
export function fillGraph(graph: Graph): { starts: number[]; series: FilledSeries[] } {
  const size = graph.binMinutes * 60_000;
  const from = Math.floor(Date.parse(graph.from) / size) * size;
  const bins = Math.max(1, Math.ceil((Date.parse(graph.to) - from) / size));
  const starts = Array.from({ length: bins }, (_, index) => (from + index * size) / 1000);
  const series = graph.series.map((item) => {
    const values = new Array<number>(bins).fill(0);
    for (const point of item.points) {
      const bin = Math.floor((Date.parse(point.at) - from) / size);
      if (bin >= 0 && bin < bins) values[bin] = (values[bin] ?? 0) + point.value;
    }
    const total = values.reduce((sum, value) => sum + value, 0);
    return {
      legend: item.legend || item.metricName,
      metricName: item.metricName,
      values,
      total,
      ...(item.error ? { error: item.error } : {}),
    };
  });
  return { starts, series };
}

export const binLabel = (seconds: number, binMinutes: number): string => {
  const iso = new Date(seconds * 1000).toISOString();
  return binMinutes * 60_000 >= DAY_MS ? iso.slice(0, 10) : iso.slice(0, 16).replace('T', ' ');
};
