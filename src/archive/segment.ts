/** Where objects lie: `<prefix>/<connection>/dt=YYYY-MM-DD/hr=HH/<first>-<id>.ndjson.zst` (design §3). */

export interface SegmentPathParts {
  readonly prefix: string;
  /** Connection id; characters that a path cannot hold are replaced. */
  readonly connection: string;
  /** Receive time of the first record, UTC milliseconds: decides day and hour. */
  readonly receivedAtMs: number;
  /** First event time where known, else the receive time. */
  readonly firstAtMs: number;
  readonly id: string;
}

export const defaultPrefix = 'records';
const suffix = '.ndjson.zst';

export function segmentPath(parts: SegmentPathParts): string {
  const received = new Date(parts.receivedAtMs).toISOString();
  const day = received.slice(0, 10);
  const hour = received.slice(11, 13);
  const connection = parts.connection.replace(/[^A-Za-z0-9_.-]/g, '_').replace(/^\.+/, '_');
  return `${parts.prefix}/${connection}/dt=${day}/hr=${hour}/${compactTime(parts.firstAtMs)}-${parts.id}${suffix}`;
}

export function sidecarPath(segment: string): string {
  return `${segment}.sidecar.json`;
}

/** `20261127T174219Z`; times that a year of four digits cannot hold become zeros, the id orders them anyway. */
function compactTime(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 || date.getUTCFullYear() < 0)
    return '00000000T000000Z';
  return `${date.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}
