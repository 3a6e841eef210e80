import { hash } from 'node:crypto';
import type { RecordBytes } from '../core/collect.ts';
import { parseJsonPath } from '../core/json-path.ts';
import { findValues } from '../core/json-slice.ts';
import type { RecordKeyConfig } from '../definition/model.ts';
import { writeCanonical } from './canonical-json.ts';

const recordKeyBytes = 16;

/** What makes a record the same event when seen again (design §3). */
export interface RecordKey {
  /** 32 hex digits: the first 16 bytes of a SHA-256. */
  readonly hex: string;
  /** True: equal keys are one event. False: identical records are told apart by their occurrence. */
  readonly unique: boolean;
}

export type RecordKeyReader = (record: RecordBytes) => RecordKey;

// The first byte of the hashed text says what was hashed, so that the two kinds of key never meet.
const pathKind = 0x6b;
const recordKind = 0x63;

/**
 * Without a configuration the key digests the whole canonical record. With one it digests the values that the paths
 * select; a record where one of them is missing or null falls back to the whole record, because such records must not
 * all be taken for the same event.
 * @throws SluiceError JSON_PATH_INVALID, JSON_PATH_UNSUPPORTED
 */
export function createRecordKeyReader(config: RecordKeyConfig | undefined): RecordKeyReader {
  let scratch = Buffer.alloc(64 * 1024);
  const paths = (config?.paths ?? []).map(parseJsonPath);

  const reserve = (size: number): Buffer => {
    if (scratch.length < size) scratch = Buffer.alloc(size * 2);
    return scratch;
  };

  const wholeRecord: RecordKeyReader = (record) => {
    const target = reserve(record.length + 1);
    target[0] = recordKind;
    const end = writeCanonical(record, 0, target, 1);
    return { hex: digest(target.subarray(0, end)), unique: false };
  };

  if (!config || paths.length === 0) return wholeRecord;
  return (record) => {
    // Two paths may select the same large value.
    const target = reserve(paths.length * (record.length + 1) + 1);
    target[0] = pathKind;
    let end = 1;
    for (const path of paths) {
      const at = findValues({ bytes: record, root: 0 }, path)[0];
      if (at === undefined || record[at] === 0x6e) return wholeRecord(record);
      end = writeCanonical(record, at, target, end);
      // Canonical text has no line ends, so this separates values without doubt.
      target[end++] = 0x0a;
    }
    return { hex: digest(target.subarray(0, end)), unique: config.unique };
  };
}

function digest(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex').slice(0, recordKeyBytes * 2);
}
