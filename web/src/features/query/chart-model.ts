/** Turns a result into chart series when the query ends with `render timechart` (or another time-based kind). */
import type { KqlColumn } from '../../lib/api-types.ts';
import { isNumeric, plainText, type Row } from '../../lib/cell.ts';
import type { FilledSeries } from '../../lib/graph.ts';

export interface ResultChartData {
  readonly starts: number[];
  readonly series: FilledSeries[];
  readonly binMinutes: number;
  readonly shape: 'bars' | 'lines';
}

const MOST_SERIES = 6;

/** Undefined when the query has no `render` for a time chart, or the result has no time and number columns. */
export function chartOf(
  query: string,
  columns: readonly KqlColumn[],
  rows: readonly Row[],
): ResultChartData | undefined {
  const kind = /\|\s*render\s+(\w+)/i.exec(query)?.[1]?.toLowerCase();
  if (!kind || !/^(timechart|linechart|areachart|barchart|columnchart)$/.test(kind)) return undefined;
  const time = columns.findIndex((column) => column.type === 'datetime');
  const numbers = columns.flatMap((column, index) => (isNumeric(column.type) ? [index] : []));
  if (time < 0 || numbers.length === 0 || rows.length === 0) return undefined;
  const split = columns.findIndex((column) => column.type === 'string');
  const starts = [...new Set(rows.map((row) => Date.parse(String(row[time])) / 1000))]
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const place = new Map(starts.map((start, index) => [start, index]));
  const values = new Map<string, number[]>();
  for (const row of rows) {
    const at = place.get(Date.parse(String(row[time])) / 1000);
    if (at === undefined) continue;
    for (const number of numbers) {
      const name =
        split >= 0 && numbers.length === 1
          ? plainText(row[split]) || '(empty)'
          : (columns[number]?.name ?? '');
      const list = values.get(name) ?? new Array<number>(starts.length).fill(0);
      list[at] = (list[at] ?? 0) + Number(row[number] ?? 0);
      values.set(name, list);
    }
  }
  const series = [...values].map(([legend, list]) => ({
    legend,
    metricName: legend,
    values: list,
    total: list.reduce((sum, value) => sum + value, 0),
  }));
  series.sort((a, b) => b.total - a.total);
  const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
  const binMinutes = Math.max(1, (gaps.length > 0 ? Math.min(...gaps) : 3600) / 60);
  return {
    starts,
    series: series.slice(0, MOST_SERIES),
    binMinutes,
    shape: /bar|column/.test(kind) ? 'bars' : 'lines',
  };
}
