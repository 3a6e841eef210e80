import type { RecordBytes } from '../core/collect.ts';
import { parseJsonPath } from '../core/json-path.ts';
import { readScalar } from '../core/json-slice.ts';

/** Event time of a record, UTC milliseconds; undefined when it has none that can be read. */
export type EventTimeReader = (record: RecordBytes) => number | undefined;

// An epoch number of seconds passes this in the year 5138, one of milliseconds did in March 1973.
const secondsLimit = 1e11;

/** @param path JSON path of an ISO text or an epoch number in seconds or milliseconds; undefined reads nothing */
export function createEventTimeReader(path: string | undefined): EventTimeReader {
  if (path === undefined) return () => undefined;
  const parsed = parseJsonPath(path);
  return (record) => {
    const scalar = readScalar({ bytes: record, root: 0 }, parsed);
    if (scalar?.kind === 'number') return fromNumber(Number(scalar.text));
    if (scalar?.kind !== 'string') return undefined;
    if (/^-?\d+(\.\d+)?$/.test(scalar.text)) return fromNumber(Number(scalar.text));
    return fromText(scalar.text);
  };
}

function fromNumber(value: number): number | undefined {
  const ms = Math.abs(value) < secondsLimit ? value * 1000 : value;
  return Math.abs(ms) <= 8.64e15 ? Math.floor(ms) : undefined;
}

/** A time without a zone is UTC, as in KQL; JavaScript would take the zone of this machine. */
function fromText(text: string): number | undefined {
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/i.test(text) || /^\d{4}-\d{2}-\d{2}$/.test(text);
  const ms = Date.parse(zoned ? text : `${text}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}
