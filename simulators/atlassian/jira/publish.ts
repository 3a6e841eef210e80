import type { NewRecord } from '../ledger.ts';

/** A given record, for tests: `id` and `created` must be there. */
export function givenJira(record: Readonly<Record<string, unknown>>, now: number): NewRecord {
  const time = Date.parse(String(record['created']).replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (!Number.isSafeInteger(record['id']) || Number.isNaN(time))
    throw new TypeError('A Jira record needs a numeric id and a created time.');
  return { json: JSON.stringify(record), time, publishedAt: now, id: Number(record['id']) };
}
