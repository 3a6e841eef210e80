import type { KqlType } from '../api.ts';
import { engineTypes, nullLiteral, quoteString } from '../clickhouse/literal.ts';

/** A scalar expression in SQL with what the compiler knows of it. */
export interface Value {
  readonly sql: string;
  readonly type: KqlType;
  /** False only where the SQL can't yield NULL. Strings are never null. */
  readonly nullable: boolean;
  /** Known when compiling. Longs, timespans (ticks) are bigint; datetimes ticks since 1970 as bigint; dynamics parsed JSON. */
  readonly constant?: Constant;
  /** For dynamic paths: the document and the JSONExtract arguments, so that conversions read it in one step. */
  readonly path?: { readonly root: string; readonly steps: readonly string[] };
  /** A reference to a column or something as cheap, which may be written several times. */
  readonly cheap?: boolean;
  /** Refers to columns of a row. */
  readonly rowBound?: boolean;
}

export type Constant =
  | { readonly kind: 'null' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'real'; readonly value: number }
  | { readonly kind: 'json'; readonly value: Json };

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export function stringValue(text: string): Value {
  return {
    sql: quoteString(text),
    type: 'string',
    nullable: false,
    constant: { kind: 'text', text },
    cheap: true,
  };
}

export function longValue(value: bigint): Value {
  return {
    sql: `toInt64(${value})`,
    type: 'long',
    nullable: false,
    constant: { kind: 'integer', value },
    cheap: true,
  };
}

export function intValue(value: bigint): Value {
  return { ...longValue(value), sql: `toInt32(${value})`, type: 'int' };
}

export function realValue(value: number): Value {
  const text = Number.isNaN(value)
    ? 'nan'
    : value === Infinity
      ? 'inf'
      : value === -Infinity
        ? '-inf'
        : String(value);
  return {
    sql: `toFloat64(${text})`,
    type: 'real',
    nullable: false,
    constant: { kind: 'real', value },
    cheap: true,
  };
}

export function boolValue(value: boolean): Value {
  return {
    sql: String(value),
    type: 'bool',
    nullable: false,
    constant: { kind: 'bool', value },
    cheap: true,
  };
}

export function timespanValue(ticks: bigint): Value {
  return { ...longValue(ticks), type: 'timespan' };
}

export function datetimeValue(ticks: bigint): Value {
  return {
    sql: `reinterpret(toInt64(${ticks}),${quoteString(engineTypes.datetime)})`,
    type: 'datetime',
    nullable: false,
    constant: { kind: 'integer', value: ticks },
    cheap: true,
  };
}

/** @param text compact JSON */
export function jsonValue(text: string): Value {
  const value = JSON.parse(text) as Json;
  if (value === null) return nullValue('dynamic');
  return {
    sql: `toNullable(${quoteString(text)})`,
    type: 'dynamic',
    nullable: false,
    constant: { kind: 'json', value },
    cheap: true,
  };
}

export function nullValue(type: KqlType): Value {
  if (type === 'string') return stringValue('');
  return { sql: nullLiteral(type), type, nullable: true, constant: { kind: 'null' }, cheap: true };
}

/** An expression that is not known when compiling. */
export function computed(sql: string, type: KqlType, nullable: boolean): Value {
  return { sql, type, nullable: type === 'string' ? false : nullable };
}

export function isNullConstant(value: Value): boolean {
  return value.constant?.kind === 'null';
}

export function constantString(value: Value): string | undefined {
  return value.constant?.kind === 'text' ? value.constant.text : undefined;
}

export function constantInteger(value: Value): bigint | undefined {
  return value.constant?.kind === 'integer' ? value.constant.value : undefined;
}
