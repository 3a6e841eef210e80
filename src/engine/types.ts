/** KQL column types and what carries them in ClickHouse (design §5). */
import type { ColumnType } from '../definition/model.ts';
import { engineError } from './errors.ts';

/** Column types by KQL type. Strings are never null; `''` in a dynamic column means null. */
export const carrierTypes = {
  string: 'String',
  int: 'Nullable(Int32)',
  long: 'Nullable(Int64)',
  real: 'Nullable(Float64)',
  boolean: 'Nullable(Bool)',
  datetime: "Nullable(DateTime64(7, 'UTC'))",
  dynamic: 'String',
  guid: 'Nullable(UUID)',
  timespan: 'Nullable(Int64)',
  decimal: 'Nullable(Decimal(38, 18))',
} as const satisfies Record<ColumnType, string>;

/** Type of a column by its KQL type, as the engine prints it. */
export function toEngineType(type: ColumnType): string {
  return carrierTypes[type];
}

/** KQL types by carrier, where the carrier alone decides; `String` reads as string and `Int64` as long. */
const byCarrier: Readonly<Record<string, ColumnType>> = {
  String: 'string',
  Int8: 'int',
  Int16: 'int',
  Int32: 'int',
  UInt8: 'int',
  UInt16: 'int',
  Int64: 'long',
  UInt32: 'long',
  UInt64: 'long',
  Float32: 'real',
  Float64: 'real',
  Bool: 'boolean',
  UUID: 'guid',
};

const columnTypes = new Set<string>(Object.keys(carrierTypes));

function isColumnType(text: string): text is ColumnType {
  return columnTypes.has(text);
}

/**
 * KQL type of an engine type. `note` is the column's comment, where `ensureTable` writes the KQL type, because
 * dynamic and timespan share their carriers with string and long.
 */
export function fromEngineType(engineType: string, note = ''): ColumnType {
  const noted = /^kql:(\w+)$/.exec(note)?.[1];
  if (noted !== undefined && isColumnType(noted)) return noted;
  const bare = engineType.replace(/^LowCardinality\((.*)\)$/, '$1').replace(/^Nullable\((.*)\)$/, '$1');
  if (bare.startsWith('DateTime')) return 'datetime';
  if (bare.startsWith('Decimal')) return 'decimal';
  const type = byCarrier[bare];
  if (type === undefined) throw engineError('ENGINE_RESULT', `Engine type ${engineType} has no KQL type`);
  return type;
}

/** Comment that keeps a column's KQL type. */
export function typeNote(type: ColumnType): string {
  return `kql:${type}`;
}
