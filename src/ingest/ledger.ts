import { pruneLedger, readLedger } from '../state/ledger.ts';
import type { Db } from '../state/state.ts';
import type { RecordKey } from './record-key.ts';

/**
 * Which records of one complete read are new (delivery §3): new means occurrence > stored count.
 *
 * The occurrence of a record is its ordinal among identical ones: in a `window` read counted from zero for the read, in a
 * `continuation` counted on from what is stored. A key that identifies an event has occurrence 1 only, and what repeats
 * it, in the read or later, is a duplicate.
 *
 * Memory: a window read holds one entry per distinct record without a unique key for the length of the read, because a
 * third identical record on a later page must not be lost; everything else is forgotten once it is stored.
 */
export interface ReadLedger {
  /** Occurrence of each record when it is new, 0 when it is a duplicate; in order. */
  classify(keys: readonly RecordKey[]): Promise<number[]>;
  /** Records with these keys are stored now. */
  committed(keys: Iterable<string>): void;
}

export type ReadMode = 'window' | 'continuation';

interface Count {
  stored: number;
  /** Seen in this read; in a continuation since the last commit. */
  read: number;
}

export function createReadLedger(options: {
  readonly db: Db;
  readonly sourceId: number;
  readonly mode: ReadMode;
}): ReadLedger {
  const { db, sourceId, mode } = options;
  /** Ordinals that must last as long as the read. */
  const kept = new Map<string, Count>();
  /** What the database can tell again after the next commit. */
  const passing = new Map<string, Count>();
  const home = (key: RecordKey) => (mode === 'window' && !key.unique ? kept : passing);

  async function load(keys: readonly RecordKey[]): Promise<void> {
    const missing = new Map<string, RecordKey>();
    for (const key of keys) if (!home(key).has(key.hex)) missing.set(key.hex, key);
    if (missing.size === 0) return;
    const entries = await readLedger(
      db,
      sourceId,
      [...missing.keys()].map((hex) => Buffer.from(hex, 'hex')),
    );
    const stored = new Map(entries.map((entry) => [hexOf(entry.key), entry.count]));
    for (const [hex, key] of missing) home(key).set(hex, { stored: stored.get(hex) ?? 0, read: 0 });
  }

  function next(key: RecordKey): number {
    const count = home(key).get(key.hex)!;
    count.read += 1;
    if (key.unique) return count.stored === 0 && count.read === 1 ? 1 : 0;
    if (mode === 'continuation') return count.stored + count.read;
    return count.read > count.stored ? count.read : 0;
  }

  return {
    classify: async (keys) => {
      await load(keys);
      return keys.map(next);
    },
    committed: (keys) => {
      for (const hex of keys) passing.delete(hex);
      for (const [hex, count] of passing) if (count.stored > 0) passing.delete(hex);
    },
  };
}

export function hexOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('hex');
}

const minimumHorizonMs = 48 * 3_600_000;

/**
 * Forgets keys that were last counted before now - horizon (at least 48 h). Safe only when no read goes further back than
 * the horizon: before a back-fill or a fall-back of a lost cursor, `restoreLedger` loads the keys again from the sidecars.
 * Nothing in Sluice prunes by itself; an idle source keeps its keys.
 * @returns how many keys went
 */
export function pruneSource(
  db: Db,
  sourceId: number,
  options: { readonly nowMs: number; readonly horizonMs: number },
): Promise<number> {
  const horizonMs = Math.max(options.horizonMs, minimumHorizonMs);
  return pruneLedger(db, sourceId, options.nowMs - horizonMs);
}
