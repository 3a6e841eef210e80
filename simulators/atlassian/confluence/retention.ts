import type { ApiCall, Reply } from '../http.ts';
import { jsonReply } from '../http.ts';
import type { Service } from '../service.ts';
import type { Settings } from '../settings.ts';
import { admit, confluenceError, readScopes, writeScopes } from './common.ts';

const dayMs = 86_400_000;

/** Length of a time unit in ms; months and years as the vendor's calendar means. */
export const unitMs: Readonly<Record<string, number>> = {
  NANOS: 1e-6,
  MICROS: 1e-3,
  MILLIS: 1,
  SECONDS: 1000,
  MINUTES: 60_000,
  HOURS: 3_600_000,
  HALF_DAYS: dayMs / 2,
  DAYS: dayMs,
  WEEKS: 7 * dayMs,
  MONTHS: (365 / 12) * dayMs,
  YEARS: 365 * dayMs,
  DECADES: 3650 * dayMs,
  CENTURIES: 36_500 * dayMs,
};

const longUnits = ['MILLENNIA', 'ERAS', 'FOREVER'];

export const retentionMs = (settings: Settings['confluence']): number =>
  settings.retentionNumber * (unitMs[settings.retentionUnits] ?? 365 * dayMs);

function parseRetention(body: string): { number: number; units: string } | undefined {
  try {
    const value = JSON.parse(body) as { number?: unknown; units?: unknown };
    const known =
      typeof value.units === 'string' && (value.units in unitMs || longUnits.includes(value.units));
    if (!known || !Number.isSafeInteger(value.number) || Number(value.number) < 1) return undefined;
    return { number: Number(value.number), units: String(value.units) };
  } catch {
    return undefined;
  }
}

/** `GET` and `PUT /wiki/rest/api/audit/retention`: how long records are kept, one year at most. */
export function confluenceRetention(call: ApiCall, service: Service): Reply {
  const write = call.request.method === 'PUT';
  const entry = admit(call, service, write ? writeScopes : readScopes);
  if ('refusal' in entry) return entry.refusal;
  if (!write && call.request.method !== 'GET')
    return { ...confluenceError(405, 'Method not allowed'), headers: { allow: 'GET, PUT' } };
  if (write) {
    const wanted = parseRetention(call.request.body);
    if (!wanted) return confluenceError(400, 'number and units are required');
    const length = wanted.number * (unitMs[wanted.units] ?? Number.POSITIVE_INFINITY);
    if (length > 365 * dayMs)
      return confluenceError(400, 'The retention period may not be longer than one year');
    service.patch({ confluence: { retentionNumber: wanted.number, retentionUnits: wanted.units } });
  }
  const { retentionNumber, retentionUnits } = service.settings().confluence;
  return jsonReply(200, { number: retentionNumber, units: retentionUnits }, entry.verdict.headers);
}
