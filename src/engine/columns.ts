import type { ColumnType } from '../definition/model.ts';
import type { EngineColumn, EngineTable } from './api.ts';
import { engineError } from './errors.ts';
import { toEngineType } from './types.ts';

/** A column as it stands in a table. */
export interface StoredColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly engineType: string;
  readonly codec: string;
}

const time = "DateTime64(7, 'UTC')";
const timeCodec = 'CODEC(Delta(8), ZSTD(1))';
const textCodec = 'CODEC(ZSTD(1))';

/** Columns that every table has, in this order after the table's own (design §5). */
export const standardColumns: readonly StoredColumn[] = [
  { name: 'TimeGenerated', type: 'datetime', engineType: time, codec: timeCodec },
  { name: '_TimeReceived', type: 'datetime', engineType: time, codec: timeCodec },
  { name: '_ItemId', type: 'string', engineType: 'String', codec: textCodec },
  { name: 'Type', type: 'string', engineType: 'LowCardinality(String)', codec: textCodec },
  { name: 'TenantId', type: 'string', engineType: 'String', codec: textCodec },
  { name: 'SourceSystem', type: 'string', engineType: 'LowCardinality(String)', codec: textCodec },
  { name: '_SegmentId', type: 'string', engineType: 'String', codec: textCodec },
];

/** Table of records that the engine cannot parse; created like any other. */
export const rejectedTable = {
  name: '_Rejected',
  columns: [
    { name: 'Stream', type: 'string' },
    { name: 'ConnectionId', type: 'string' },
    { name: 'Reason', type: 'string' },
    { name: 'RawRecord', type: 'string' },
  ],
  retentionDays: 90,
} as const satisfies EngineTable;

const standardByName = new Map(standardColumns.map((column) => [column.name, column]));
const namePattern = /^[A-Za-z_][A-Za-z0-9_]{0,199}$/;

/** Refuses names that would need quoting somewhere in KQL, SQL or file names. */
export function requireName(kind: 'table' | 'column', name: string): void {
  if (!namePattern.test(name))
    throw engineError('TABLE_NAME', `${JSON.stringify(name)} is not allowed as a ${kind} name`);
}

/** All columns of a table: its own, then the standard ones. Rejects a standard column declared with another type. */
export function storedColumns(table: EngineTable): readonly StoredColumn[] {
  requireName('table', table.name);
  const own = table.columns.filter((column) => isOwn(table.name, column));
  return [...own.map(ownColumn), ...standardColumns];
}

function isOwn(table: string, column: EngineColumn): boolean {
  requireName('column', column.name);
  const standard = standardByName.get(column.name);
  if (standard !== undefined && standard.type !== column.type) {
    throw engineError(
      'TABLE_COLUMN_TYPE',
      `${table}.${column.name} is a standard column of type ${standard.type}, not ${column.type}`,
    );
  }
  return standard === undefined;
}

function ownColumn({ name, type }: EngineColumn): StoredColumn {
  return {
    name,
    type,
    engineType: toEngineType(type),
    codec: type === 'datetime' ? timeCodec : textCodec,
  };
}
