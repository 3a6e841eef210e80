import { readLedger } from '../state/ledger.ts';
import type { Db } from '../state/state.ts';
import type { BatchPage, NewRecord } from './batch-commit.ts';
import { hexOf } from './ledger.ts';

/**
 * Looks pending records up again and drops those that another read of the same source committed meanwhile. Two reads of
 * one source see the same events, so a record whose occurrence is stored now is a duplicate, in either mode.
 */
export async function recheck(input: {
  readonly db: Db;
  readonly sourceId: number;
  readonly records: readonly NewRecord[];
  readonly pages: readonly BatchPage[];
}): Promise<{ records: NewRecord[]; pages: BatchPage[] }> {
  const keys = [...new Set(input.records.map((record) => record.key))].map((key) => Buffer.from(key, 'hex'));
  const stored = new Map<string, number>();
  for (const entry of await readLedger(input.db, input.sourceId, keys))
    stored.set(hexOf(entry.key), entry.count);
  const records: NewRecord[] = [];
  const pages: BatchPage[] = [];
  let at = 0;
  for (const page of input.pages) {
    const part = input.records.slice(at, at + page.records);
    at += page.records;
    const kept = part.filter((record) => record.occurrence > (stored.get(record.key) ?? 0));
    records.push(...kept);
    if (kept.length > 0) pages.push({ receivedAtMs: page.receivedAtMs, records: kept.length });
  }
  return { records, pages };
}
