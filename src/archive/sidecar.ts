import { SluiceError } from '../core/errors.ts';

/** Which compiled transform each dataFlow of the segment's stream uses; the object `transforms/<id>.json` holds it. */
export interface SidecarTransform {
  readonly flow: number;
  readonly table: string;
  readonly kql: string;
  readonly transformId: string;
}

/**
 * What a segment's records are, so that the bucket alone can rebuild tables and ledger (delivery §2).
 * Lies beside the segment as `<segment>.sidecar.json`. Record arrays are in the order of the lines.
 */
export interface Sidecar {
  readonly version: 1;
  readonly segmentId: string;
  readonly definition: { readonly id: string; readonly hash: string };
  readonly connectionId: string;
  readonly poller: string;
  readonly runId: string;
  readonly sourceIdentity: string;
  readonly stream: string;
  readonly addOnAttributes: Readonly<Record<string, string>>;
  readonly transforms: readonly SidecarTransform[];
  /** How many records of each page are in this segment, and when the page arrived (UTC milliseconds). */
  readonly pages: readonly { readonly receivedAtMs: number; readonly records: number }[];
  readonly records: number;
  /** 32 hex digits per record. */
  readonly keys: readonly string[];
  readonly occurrences: readonly number[];
  readonly firstEventMs: number | null;
  readonly lastEventMs: number | null;
  /** SHA-256, hex, of the object as stored and of the NDJSON inside. */
  readonly sha256: { readonly object: string; readonly ndjson: string };
}

export function encodeSidecar(sidecar: Sidecar): Uint8Array {
  return Buffer.from(`${JSON.stringify(sidecar)}\n`, 'utf8');
}

/** @throws SluiceError ARCHIVE_DAMAGED */
export function decodeSidecar(bytes: Uint8Array, path: string): Sidecar {
  const value = parse(bytes, path) as Partial<Sidecar>;
  const records = value.records;
  const whole =
    value.version === 1 &&
    typeof value.segmentId === 'string' &&
    typeof records === 'number' &&
    value.keys?.length === records &&
    value.occurrences?.length === records &&
    value.pages?.reduce((sum, page) => sum + page.records, 0) === records;
  if (!whole) throw damaged(path, 'its members do not fit together');
  return value as Sidecar;
}

function parse(bytes: Uint8Array, path: string): object {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Same refusal as for JSON that is no object.
  }
  throw damaged(path, 'it is no JSON object');
}

function damaged(path: string, why: string): SluiceError {
  return new SluiceError({
    code: 'ARCHIVE_DAMAGED',
    message: `${path} is damaged: ${why}`,
    hint: 'Restore the object from a backup; the message names it.',
  });
}
