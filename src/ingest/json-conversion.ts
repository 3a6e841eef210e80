/**
 * SQL that turns the raw JSON text of a value into a carrier type, by the table of spec CCF §7.2. The input is an expression
 * of type String: JSON text as the engine prints it, '' when the value is missing. Wrong kinds become null ('' in string and
 * dynamic columns), as in the published runtime.
 */
import type { ColumnType } from '../definition/model.ts';

export type ConvertibleType = Exclude<ColumnType, 'timespan'>;

/** Text of a JSON string, any other value as its JSON text, null and missing as ''. */
export function jsonText(raw: string): string {
  // Most strings have no escape; opening the others costs a parse.
  const plain = `substring(${raw}, 2, length(${raw}) - 2)`;
  const opened = `if(position(${raw}, '\\\\') = 0, ${plain}, JSONExtractString(${raw}))`;
  return `multiIf(startsWith(${raw}, '"'), ${opened}, ${raw} = 'null', '', ${raw})`;
}

/** Text of a JSON string; '' for every other kind. */
function onlyText(raw: string): string {
  return `if(startsWith(${raw}, '"'), ${jsonText(raw)}, '')`;
}

function number(raw: string, parse: (text: string) => string, cast: (digit: string) => string): string {
  return `multiIf(${raw} = 'true', ${cast('1')}, ${raw} = 'false', ${cast('0')}, ${parse(jsonText(raw))})`;
}

/** ISO 8601 and what KQL's todatetime reads (month first); a bare number is no time, it would be taken for an epoch. */
export function textToDatetime(text: string): string {
  const parsed = `parseDateTime64BestEffortUSOrNull(${text}, 7, 'UTC')`;
  return `if(match(${text}, '^\\\\s*[0-9]+\\\\s*$'), NULL, ${parsed})`;
}

function bool(raw: string): string {
  const text = `lower(${jsonText(raw)})`;
  const numeric = `if(startsWith(${raw}, '"'), NULL, toFloat64OrNull(${raw}) != 0)`;
  return `CAST(multiIf(${text} IN ('true', '1'), true, ${text} IN ('false', '0'), false, ${numeric}), 'Nullable(Bool)')`;
}

const conversions = {
  string: jsonText,
  dynamic: (raw) => `if(${raw} = 'null', '', ${raw})`,
  // toInt…OrNull refuses fractions and what is out of range.
  int: (raw) =>
    number(
      raw,
      (text) => `toInt32OrNull(${text})`,
      (digit) => `toInt32(${digit})`,
    ),
  long: (raw) =>
    number(
      raw,
      (text) => `toInt64OrNull(${text})`,
      (digit) => `toInt64(${digit})`,
    ),
  real: (raw) =>
    number(
      raw,
      (text) => `toFloat64OrNull(${text})`,
      (digit) => `toFloat64(${digit})`,
    ),
  decimal: (raw) =>
    number(
      raw,
      (text) => `toDecimal128OrNull(${text}, 18)`,
      (digit) => `toDecimal128(${digit}, 18)`,
    ),
  boolean: bool,
  datetime: (raw) => textToDatetime(onlyText(raw)),
  guid: (raw) => `toUUIDOrNull(${onlyText(raw)})`,
} satisfies Record<ConvertibleType, (raw: string) => string>;

/** @param raw expression of type String; it is repeated, so it must be cheap or a column */
export function fromJsonSql(type: ConvertibleType, raw: string): string {
  return conversions[type](raw);
}
