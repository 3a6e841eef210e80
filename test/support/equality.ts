/** Multisets of what was published, archived and stored, compared by the simulator's own record keys. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ApiName, contentKey, type LedgerEntry } from '../../simulators/atlassian/index.ts';
import { decompress } from '../../src/archive/zstd.ts';
import { itemId } from '../../src/ingest/item-id.ts';
import type { ApiClient } from './sluice-process.ts';

export type Multiset = ReadonlyMap<string, number>;

export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

function add(set: Map<string, number>, key: string, count = 1): void {
  set.set(key, (set.get(key) ?? 0) + count);
}

function eventTime(api: ApiName, record: unknown): number {
  const fields = record as { created?: string; creationDate?: number; attributes?: { time?: string } };
  if (api === 'jira') return Date.parse(fields.created!);
  return api === 'confluence' ? fields.creationDate! : Date.parse(fields.attributes!.time!);
}

const inRange = (time: number, range: Range) => time >= range.fromMs && time < range.toMs;

export function publishedSet(entries: Iterable<LedgerEntry>, range: Range): Multiset {
  const set = new Map<string, number>();
  for (const entry of entries)
    if (inRange(entry.time, range) && entry.removedAt === undefined) add(set, entry.key);
  return set;
}

interface Sidecar {
  readonly sourceIdentity: string;
  readonly keys: readonly string[];
  readonly occurrences: readonly number[];
}

export interface ArchivedRecord {
  readonly key: string;
  readonly itemId: string;
  readonly time: number;
}

/** Every record of one connection's committed segments: what a stranger with only the bucket would read. */
export async function archivedRecords(options: {
  readonly dataFolder: string;
  readonly connectionId: string;
  readonly api: ApiName;
}): Promise<ArchivedRecord[]> {
  const root = join(options.dataFolder, 'archive');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (f) => f.endsWith('.ndjson.zst') && f.includes(options.connectionId),
  );
  const records: ArchivedRecord[] = [];
  for (const file of files) {
    const sidecar = JSON.parse(readFileSync(join(root, `${file}.sidecar.json`), 'utf8')) as Sidecar;
    const text = Buffer.from(await decompress(readFileSync(join(root, file)))).toString('utf8');
    const lines = text.split('\n').filter((line) => line !== '');
    if (lines.length !== sidecar.keys.length)
      throw new Error(`${file}: ${lines.length} lines, ${sidecar.keys.length} keys`);
    for (const [index, line] of lines.entries()) {
      const record: unknown = JSON.parse(line);
      records.push({
        key: contentKey(options.api, record),
        time: eventTime(options.api, record),
        itemId: itemId({
          sourceIdentity: sidecar.sourceIdentity,
          key: sidecar.keys[index]!,
          occurrence: sidecar.occurrences[index]!,
          flow: 0,
        }),
      });
    }
  }
  return records;
}

export function archivedSet(records: readonly ArchivedRecord[], range: Range): Multiset {
  const set = new Map<string, number>();
  for (const record of records) if (inRange(record.time, range)) add(set, record.key);
  return set;
}

/** Rows of the table by `_ItemId`, named by the archived record that each id belongs to; an id that no record has keeps its own name. */
export async function storedSet(
  api: ApiClient,
  table: string,
  records: readonly ArchivedRecord[],
  range: Range,
): Promise<Multiset> {
  const byItem = new Map(records.map((r) => [r.itemId, r]));
  const result = await api.call<{ rows: [string, number][]; truncated: boolean }>(
    'POST',
    '/query?format=json',
    {
      query: `${table} | summarize N = count() by _ItemId`,
      maxRows: 500_000,
    },
  );
  if (result.truncated) throw new Error(`${table} has more rows than the comparison reads`);
  const set = new Map<string, number>();
  for (const row of result.rows) {
    const [id, count] =
      typeof row[0] === 'string' && row[0].length === 32 ? row : [String(row[1]), Number(row[0])];
    const record = byItem.get(id);
    if (!record) add(set, `unknown _ItemId ${id}`, count);
    else if (inRange(record.time, range)) add(set, record.key, count);
  }
  return set;
}

/** Empty when equal; else what is missing, surplus or counted otherwise. */
export function difference(expected: Multiset, actual: Multiset): string[] {
  const lines: string[] = [];
  for (const [key, count] of expected) {
    const found = actual.get(key) ?? 0;
    if (found !== count) lines.push(`${key}: expected ${count}, found ${found}`);
  }
  for (const [key, count] of actual) if (!expected.has(key)) lines.push(`${key}: expected 0, found ${count}`);
  return lines;
}
