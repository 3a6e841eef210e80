import type { Engine, EngineColumn, EngineTable } from './api.ts';
import { requireName, type StoredColumn, storedColumns } from './columns.ts';
import { engineError } from './errors.ts';
import { databaseName, quoteIdentifier, quoteString, quoteTable } from './sql-text.ts';
import { fromEngineType, typeNote } from './types.ts';

export type SqlRunner = Pick<Engine, 'query' | 'command'>;

const maxRetentionDays = 36_500;

/** Retention counts from the later of event and receipt, or back-filled rows would vanish at once (spec: delivery §4). */
function ttlExpression(days: number): string {
  if (!Number.isInteger(days) || days < 1 || days > maxRetentionDays) {
    throw engineError('TABLE_RETENTION', `${days} days is no retention`);
  }
  return `greatest(\`TimeGenerated\`, \`_TimeReceived\`) + toIntervalDay(${days})`;
}

function columnSql(column: StoredColumn): string {
  return `${quoteIdentifier(column.name)} ${column.engineType} COMMENT ${quoteString(typeNote(column.type))} ${column.codec}`;
}

/**
 * No text indexes: with one per string column (60 of them), merging 40 parts of 200 rows took 12 to 18 s in place of
 * 0.2 s, and steady small inserts ran into the memory limit.
 */
function createSql(table: EngineTable, columns: readonly StoredColumn[]): string {
  return [
    `CREATE TABLE IF NOT EXISTS ${quoteTable(table.name)} (`,
    columns.map((column) => `  ${columnSql(column)}`).join(',\n'),
    ') ENGINE = MergeTree',
    'PARTITION BY toYYYYMM(`TimeGenerated`)',
    'ORDER BY (`TimeGenerated`, `_ItemId`)',
    `TTL ${ttlExpression(table.retentionDays)}`,
    // A new retention recomputes when rows expire, and leaves it to merges to drop them.
    'SETTINGS non_replicated_deduplication_window = 10000, materialize_ttl_recalculate_only = 1',
  ].join('\n');
}

/** Creates the database. */
export async function ensureDatabase(sql: SqlRunner): Promise<void> {
  await sql.command(`CREATE DATABASE IF NOT EXISTS ${quoteIdentifier(databaseName)}`);
}

/**
 * Creates the table or adds what it lacks. Columns and retention that the table has beyond the request stay.
 * Rejects with TABLE_COLUMN_TYPE, before anything is changed, when a column exists with another type.
 */
export async function ensureTable(sql: SqlRunner, table: EngineTable): Promise<void> {
  const wanted = storedColumns(table);
  await sql.command(createSql(table, wanted));
  const existing = new Map((await readColumns(sql, table.name)).map((column) => [column.name, column.type]));
  for (const column of wanted) {
    const type = existing.get(column.name);
    if (type === undefined || type === column.type) continue;
    throw engineError('TABLE_COLUMN_TYPE', `${table.name}.${column.name} is ${type}, not ${column.type}`);
  }
  const missing = wanted.filter((column) => !existing.has(column.name));
  if (missing.length === 0) return;
  const actions = missing.map((column) => `ADD COLUMN IF NOT EXISTS ${columnSql(column)}`);
  await sql.command(`ALTER TABLE ${quoteTable(table.name)} ${actions.join(', ')}`);
}

/** Sets how many days rows stay. Rows beyond it go with a later merge of their part, within hours. */
export async function setRetention(sql: SqlRunner, name: string, days: number): Promise<void> {
  const ttl = ttlExpression(days);
  await requireTable(sql, name);
  await sql.command(`ALTER TABLE ${quoteTable(name)} MODIFY TTL ${ttl}`);
}

/** Drops the table with its rows, if it exists. */
export async function dropTable(sql: SqlRunner, name: string): Promise<void> {
  requireName('table', name);
  await sql.command(`DROP TABLE IF EXISTS ${quoteTable(name)} SYNC`);
}

/** Tables of the database with their columns in KQL types. */
export async function listTables(sql: SqlRunner): Promise<readonly EngineTable[]> {
  const database = quoteString(databaseName);
  const { rows } = await sql.query(
    `SELECT name, engine_full FROM system.tables WHERE database = ${database} AND engine LIKE '%MergeTree' ORDER BY name`,
  );
  const columns = await readAllColumns(sql);
  return rows.map(([name, engine]) => ({
    name: String(name),
    columns: columns.get(String(name)) ?? [],
    retentionDays: Number(/toIntervalDay\((\d+)\)/.exec(String(engine))?.[1] ?? maxRetentionDays),
  }));
}

async function requireTable(sql: SqlRunner, name: string): Promise<void> {
  requireName('table', name);
  if ((await readColumns(sql, name)).length === 0)
    throw engineError('TABLE_MISSING', `Table ${name} does not exist`);
}

async function readColumns(sql: SqlRunner, name: string): Promise<readonly EngineColumn[]> {
  return (await readAllColumns(sql, name)).get(name) ?? [];
}

async function readAllColumns(
  sql: SqlRunner,
  name?: string,
): Promise<ReadonlyMap<string, readonly EngineColumn[]>> {
  const only = name === undefined ? '' : ` AND table = ${quoteString(name)}`;
  const { rows } = await sql.query(
    `SELECT table, name, type, comment FROM system.columns WHERE database = ${quoteString(databaseName)}${only} ORDER BY table, position`,
  );
  const byTable = new Map<string, EngineColumn[]>();
  for (const row of rows) {
    const [table, column, type, comment] = row.map(String) as [string, string, string, string];
    const list = byTable.get(table) ?? [];
    list.push({ name: column, type: fromEngineType(type, comment) });
    byTable.set(table, list);
  }
  return byTable;
}
