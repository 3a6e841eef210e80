import { createHash } from 'node:crypto';

type Json = Readonly<Record<string, unknown>>;
const asObject = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Json) : {};

/** JSON with sorted keys, so that equal content gives equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}

/** Confluence records have no id: a digest of the fields that never change after the event. */
function confluenceKey(record: Json): string {
  const author = asObject(record['author']);
  const stable = [
    record['creationDate'],
    record['summary'],
    record['category'],
    author['accountId'] ?? author['displayName'] ?? null,
    record['remoteAddress'],
    record['description'],
    record['affectedObject'],
    record['changedValues'],
    record['associatedObjects'],
  ];
  return createHash('sha256').update(canonicalJson(stable)).digest('hex');
}

/** The key under which ledger and reader compare a record: `id|created`, a content digest, or `id`. */
export function contentKey(api: 'jira' | 'confluence' | 'org', record: unknown): string {
  const fields = asObject(record);
  if (api === 'jira') return `${String(fields['id'])}|${String(fields['created'])}`;
  if (api === 'org') return String(fields['id']);
  return confluenceKey(fields);
}
