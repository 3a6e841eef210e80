/** Time ranges of the URL: `from`/`to` hold a length back from now (`-24h`) or an ISO time. */
export interface TimeRange {
  readonly from: string;
  readonly to?: string;
}

export const quickRanges = [
  { value: '-1h', label: 'Last hour' },
  { value: '-24h', label: 'Last 24 hours' },
  { value: '-7d', label: 'Last 7 days' },
  { value: '-14d', label: 'Last 14 days' },
  { value: '-30d', label: 'Last 30 days' },
] as const;

export const defaultRange: TimeRange = { from: '-24h' };
/** Stands for "no range from the picker": the query filters by itself. */
export const setInQuery = 'query';

const unitMs: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Absolute time of `-24h`, `now` or ISO text; undefined when it is neither. */
export function resolveTime(text: string, nowMs: number): Date | undefined {
  if (text === 'now') return new Date(nowMs);
  const relative = /^-(\d{1,6})([smhdw])$/.exec(text.trim());
  if (relative) return new Date(nowMs - Number(relative[1]) * (unitMs[relative[2] ?? ''] ?? 0));
  if (!/^\d{4}-\d{2}-\d{2}/.test(text.trim())) return undefined;
  const zoned =
    /(Z|[+-]\d{2}:?\d{2})$/.test(text.trim()) || /^\d{4}-\d{2}-\d{2}$/.test(text.trim())
      ? text.trim()
      : `${text.trim()}Z`;
  const at = new Date(zoned);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/** What goes to the server: ISO times; nothing for `query`. Throws RangeError with the message for the user. */
export function resolveRange(range: TimeRange, nowMs: number): { from?: string; to?: string } {
  if (range.from === setInQuery) return {};
  const from = resolveTime(range.from, nowMs);
  const to = resolveTime(range.to ?? 'now', nowMs);
  if (!from || !to) throw new RangeError('Enter times such as 2026-11-20 08:00 or lengths such as -24h.');
  if (from >= to) throw new RangeError('The start must be before the end.');
  return { from: from.toISOString(), to: to.toISOString() };
}

export const isQuickRange = (range: TimeRange): boolean =>
  range.to === undefined && quickRanges.some((quick) => quick.value === range.from);

export function rangeLabel(range: TimeRange): string {
  if (range.from === setInQuery) return 'Set in query';
  const quick = range.to === undefined ? quickRanges.find((item) => item.value === range.from) : undefined;
  return quick ? quick.label : `${range.from} to ${range.to ?? 'now'}`;
}
