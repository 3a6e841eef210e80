import type { Db } from './state.ts';

export interface LedgerEntry {
  /** 16 bytes. */
  readonly key: Uint8Array;
  /** How many identical records are delivered. */
  readonly count: number;
}

// SQLite takes 32,766 parameters in a statement, PostgreSQL 65,535; smaller statements also compile faster.
const chunkSize = 500;

function* chunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += chunkSize) yield items.slice(at, at + chunkSize);
}

/** Stored counts of these keys; keys that are not stored are left out. */
export async function readLedger(
  db: Db,
  sourceId: number,
  keys: readonly Uint8Array[],
): Promise<LedgerEntry[]> {
  const found: LedgerEntry[] = [];
  for (const part of chunks(keys)) {
    const rows = await db
      .selectFrom('ledger')
      .select(['key', 'count'])
      .where('source_id', '=', sourceId)
      .where('key', 'in', part)
      .execute();
    for (const row of rows) found.push({ key: row.key, count: row.count });
  }
  return found;
}

/** Raises counts; a count never falls. Call inside the transaction that commits the records. */
export async function advanceLedger(
  db: Db,
  sourceId: number,
  advance: { readonly entries: readonly LedgerEntry[]; readonly seenAtMs: number },
): Promise<void> {
  for (const part of chunks(advance.entries)) {
    await db
      .insertInto('ledger')
      .values(
        part.map((entry) => ({
          source_id: sourceId,
          key: entry.key,
          count: entry.count,
          seen_at: advance.seenAtMs,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['source_id', 'key']).doUpdateSet((eb) => ({
          count: eb
            .case()
            .when('excluded.count', '>', eb.ref('ledger.count'))
            .then(eb.ref('excluded.count'))
            .else(eb.ref('ledger.count'))
            .end(),
          seen_at: eb.ref('excluded.seen_at'),
        })),
      )
      .execute();
  }
}

/** Deletes what was last counted before the given time. Returns how many entries went. */
export async function pruneLedger(db: Db, sourceId: number, beforeMs: number): Promise<number> {
  const result = await db
    .deleteFrom('ledger')
    .where('source_id', '=', sourceId)
    .where('seen_at', '<', beforeMs)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
