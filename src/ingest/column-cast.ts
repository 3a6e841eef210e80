/** Casts between the carrier types of a transform's result and of a table column (spec CCF §7.1.4, §7.2). */
import type { ColumnType } from '../definition/model.ts';
import type { KqlType } from '../kql/api.ts';
import { type ConvertibleType, fromJsonSql, textToDatetime } from './json-conversion.ts';

export function toColumnType(type: KqlType): ColumnType {
  return type === 'bool' ? 'boolean' : type;
}

export function toKqlType(type: ColumnType): KqlType {
  return type === 'boolean' ? 'bool' : type;
}

const numeric: readonly ColumnType[] = ['int', 'long', 'real', 'decimal', 'boolean'];

/** Strings are never null in tables, and `''` stands for null in dynamic columns. */
function sameType(type: ColumnType, sql: string): string {
  if (type === 'string') return `ifNull(${sql}, '')`;
  if (type === 'dynamic') return `ifNull(nullIf(${sql}, 'null'), '')`;
  return sql;
}

/** ISO 8601 with seven digits and Z, as KQL prints datetimes. */
function datetimeText(sql: string): string {
  return `concat(replaceOne(toString(${sql}), ' ', 'T'), 'Z')`;
}

function toText(from: ColumnType, sql: string): string {
  if (from === 'dynamic') return fromJsonSql('string', `ifNull(${sql}, '')`);
  if (from === 'datetime') return `ifNull(${datetimeText(sql)}, '')`;
  return `ifNull(toString(${sql}), '')`;
}

function toDynamic(from: ColumnType, sql: string): string {
  if (from === 'string') return `if(ifNull(${sql}, '') = '', '', toJSONString(ifNull(${sql}, '')))`;
  if (from === 'datetime') return `ifNull(concat('"', ${datetimeText(sql)}, '"'), '')`;
  if (from === 'guid') return `ifNull(concat('"', toString(${sql}), '"'), '')`;
  return `ifNull(toString(${sql}), '')`;
}

const engineNames: Partial<Record<ColumnType, string>> = {
  int: 'Int32',
  long: 'Int64',
  real: 'Float64',
  decimal: 'Decimal(38, 18)',
};

function toNumber(from: ColumnType, to: ColumnType, sql: string): string {
  const name = engineNames[to]!;
  // KQL's tolong cuts the fraction off.
  const whole = (to === 'int' || to === 'long') && (from === 'real' || from === 'decimal');
  if (from === 'boolean') return `CAST(CAST(${sql}, 'Nullable(UInt8)'), 'Nullable(${name})')`;
  return `accurateCastOrNull(${whole ? `trunc(${sql})` : sql}, '${name}')`;
}

/**
 * SQL for a value of one type in a column of another; undefined when nobody would expect the result (a time as a number):
 * such a transform is refused.
 */
export function castSql(from: ColumnType, to: ColumnType, sql: string): string | undefined {
  if (from === to) return sameType(to, sql);
  if (from === 'timespan' || to === 'timespan') {
    const isTicks = (from === 'timespan' && to === 'long') || (from === 'long' && to === 'timespan');
    return isTicks ? sql : undefined;
  }
  if (to === 'string') return toText(from, sql);
  if (to === 'dynamic') return toDynamic(from, sql);
  if (from === 'dynamic') return fromJsonSql(to as ConvertibleType, `ifNull(${sql}, '')`);
  if (from === 'string') return fromText(to as ConvertibleType, `ifNull(${sql}, '')`);
  if (!numeric.includes(from) || !numeric.includes(to)) return undefined;
  return to === 'boolean' ? `CAST(${sql} != 0, 'Nullable(Bool)')` : toNumber(from, to, sql);
}

const textParsers = {
  int: (text) => `toInt32OrNull(${text})`,
  long: (text) => `toInt64OrNull(${text})`,
  real: (text) => `toFloat64OrNull(${text})`,
  decimal: (text) => `toDecimal128OrNull(${text}, 18)`,
  guid: (text) => `toUUIDOrNull(${text})`,
  datetime: textToDatetime,
  boolean: (text) =>
    `CAST(multiIf(lower(${text}) IN ('true', '1'), true, lower(${text}) IN ('false', '0'), false, NULL), 'Nullable(Bool)')`,
} satisfies Record<Exclude<ConvertibleType, 'string' | 'dynamic'>, (text: string) => string>;

function fromText(to: ConvertibleType, text: string): string | undefined {
  return to === 'string' || to === 'dynamic' ? undefined : textParsers[to](text);
}
