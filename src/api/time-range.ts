import type { Clock } from '../core/clock.ts';
import { apiError } from './api-error.ts';

const isoPattern = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,7})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

function parseTime(text: string, name: string): Date {
  const date = new Date(text);
  if (isoPattern.test(text) && !Number.isNaN(date.getTime())) return date;
  throw apiError('BAD_TIME', `"${text.slice(0, 60)}" in ${name} is not an ISO 8601 time.`);
}

/** The interval [from, to) of a request; `to` defaults to now, `from` to `lengthMs` before `to`. */
export function timeRange(
  query: { readonly from?: string | undefined; readonly to?: string | undefined },
  clock: Clock,
  lengthMs: number,
): { readonly from: Date; readonly to: Date } {
  const to = query.to === undefined ? new Date(clock.now()) : parseTime(query.to, 'to');
  const from = query.from === undefined ? new Date(to.getTime() - lengthMs) : parseTime(query.from, 'from');
  if (from >= to) throw apiError('BAD_TIME', '`from` must be before `to`.');
  return { from, to };
}
