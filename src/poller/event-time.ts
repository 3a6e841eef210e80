import type { RecordBytes } from '../core/collect.ts';
import type { JsonPath } from '../core/json-path.ts';
import { readScalar } from '../core/json-slice.ts';

/** ISO 8601 text (zone with or without colon), or an epoch number: seconds, or milliseconds above 10^11. */
export function parseEventTime(text: string): number | undefined {
  if (/^-?\d+(?:\.\d+)?$/.test(text)) {
    const number = Number(text);
    return Math.floor(Math.abs(number) > 1e11 ? number : number * 1000);
  }
  const ms = Date.parse(text.trim().replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(ms) ? undefined : ms;
}

/** The newest of a known time and the times of the records; records without a readable time do not count. */
export function newestEventMs(
  records: readonly RecordBytes[],
  path: JsonPath | undefined,
  known: number | undefined,
): number | undefined {
  if (!path) return known;
  let newest = known;
  for (const record of records) {
    const found = readScalar({ bytes: record, root: 0 }, path);
    const ms =
      found && (found.kind === 'string' || found.kind === 'number') ? parseEventTime(found.text) : undefined;
    if (ms !== undefined && (newest === undefined || ms > newest)) newest = ms;
  }
  return newest;
}
