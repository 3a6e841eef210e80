import { setInQuery, type TimeRange } from '../../lib/time-range.ts';

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The same query for a shell. */
export function cliCommand(query: string, range: TimeRange): string {
  const parts = ['sluice query', quote(query)];
  if (range.from !== setInQuery) {
    parts.push('--from', quote(range.from.replace(/^-/, '')));
    if (range.to && range.to !== 'now') parts.push('--to', quote(range.to.replace(/^-/, '')));
  }
  return parts.join(' ');
}
