/** Rows of the health tables while they wait for the engine. */
import { randomUUID } from 'node:crypto';
import type { HealthRowRow } from '../state/schema.ts';
import type { Db } from '../state/state.ts';
import type { HealthTableName } from './tables.ts';

/** The connection, definition or setting that a row speaks of. */
export interface Resource {
  readonly id: string;
  readonly name: string;
  /** `Data connector`, … */
  readonly type: string;
  /** Kind of the connection, e.g. `RestApiPoller`. */
  readonly kind: string;
}

export interface HealthRow {
  readonly operation: string;
  readonly resource: Resource;
  readonly status: string;
  readonly description: string;
  readonly reason: string;
  readonly correlationId?: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Longer texts say no more, and a page of an error body must not fill the table. */
const maxText = 4_000;

/** Stores a row; it reaches the table from here, once. Returns its RecordId. */
export async function addHealthRow(
  db: Db,
  table: HealthTableName,
  row: HealthRow,
  when: { readonly at: number; readonly workspaceId: string; readonly state?: HealthRowRow['state'] },
): Promise<string> {
  const id = randomUUID();
  await db
    .insertInto('health_rows')
    .values({
      id,
      table_name: table,
      at: when.at,
      state: when.state ?? 'pending',
      batch: null,
      columns_json: JSON.stringify(columnsOf(row, id, when.workspaceId)),
    })
    .execute();
  return id;
}

/** Columns by name, as texts. */
export function columnsOf(row: HealthRow, id: string, workspaceId: string): Record<string, string> {
  return {
    OperationName: row.operation,
    SentinelResourceId: `/workspaces/${workspaceId}/${row.resource.type.toLowerCase().replaceAll(' ', '-')}s/${row.resource.id}`,
    SentinelResourceName: row.resource.name,
    Status: row.status,
    Description: row.description.slice(0, maxText),
    Reason: row.reason,
    WorkspaceId: workspaceId,
    SentinelResourceType: row.resource.type,
    SentinelResourceKind: row.resource.kind,
    RecordId: id,
    CorrelationId: row.correlationId ?? '',
    ExtendedProperties: JSON.stringify(row.properties),
  };
}

/** The oldest rows of a table that wait. */
export function pendingHealthRows(db: Db, table: HealthTableName, limit: number): Promise<HealthRowRow[]> {
  return db
    .selectFrom('health_rows')
    .selectAll()
    .where('state', '=', 'pending')
    .where('table_name', '=', table)
    .orderBy('at')
    .orderBy('id')
    .limit(limit)
    .execute();
}

export async function countHealthRows(db: Db): Promise<number> {
  const row = await db
    .selectFrom('health_rows')
    .select((e) => e.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  return Number(row.n);
}
