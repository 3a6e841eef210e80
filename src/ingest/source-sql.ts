/**
 * SQL over one archived segment: the `source` of a transform, read by the engine itself (delivery §1.3).
 * Each line is parsed twice at most: once to prove that the engine can read it, once for all members together.
 */
import type { Column } from '../definition/model.ts';
import { quoteIdentifier, quoteString } from '../engine/sql-text.ts';
import { type ConvertibleType, fromJsonSql } from './json-conversion.ts';

/** Name of the CTE that compiled transforms read. */
export const sourceName = '_sl_source';

/** Columns that every operator of a transform carries along. */
export const carriedColumns = ['_sl_item_key', '_sl_occurrence', '_TimeReceived'] as const;

/** How the engine reaches archive objects: files of its own machine now, an object store another time. */
export interface SegmentSource {
  /** Table expression with columns `raw` and `_row_number`, one row a line. */
  lines(path: string): string;
  /** Table expression with one column `raw` and one row: the whole object. */
  blob(path: string): string;
}

export function localSegmentSource(localPath: (path: string) => string): SegmentSource {
  return {
    lines: (path) => `file(${quoteString(localPath(path))}, 'LineAsString', 'raw String')`,
    blob: (path) => `file(${quoteString(localPath(path))}, 'RawBLOB', 'raw String')`,
  };
}

export interface SegmentRef {
  readonly path: string;
  readonly sidecar: string;
}

/** Settings that keep lines in order and one block per insert; without them `_row_number` is right but blocks may split. */
export const segmentSettings = { max_threads: 1, input_format_parallel_parsing: 0 } as const;

/** The engine's own parser decides: it is stricter than JSON (numbers beyond 64 bits or double, lone surrogates). */
export const parsable = `(isValidJSON(raw) AND startsWith(raw, '{'))`;

const receiveTimes = `arrayFlatten(arrayMap(p -> arrayWithConstant(p.2, p.1), JSONExtract(raw, 'pages', 'Array(Tuple(receivedAtMs Int64, records UInt64))')))`;

/** Per-record facts of the sidecar as one constant of three arrays. */
function sidecarSql(source: SegmentSource, segment: SegmentRef): string {
  const keys = `JSONExtract(raw, 'keys', 'Array(String)')`;
  const occurrences = `JSONExtract(raw, 'occurrences', 'Array(UInt32)')`;
  return `(SELECT (${keys}, ${occurrences}, ${receiveTimes}) FROM ${source.blob(segment.sidecar)})`;
}

/** The carried columns, from the sidecar by line number. `_sl_side` must be in scope. */
function carriedSql(row: string): string[] {
  const at = `assumeNotNull(${row}) + 1`;
  return [
    `_sl_side.1[${at}] AS _sl_item_key`,
    `_sl_side.2[${at}] AS _sl_occurrence`,
    `CAST(fromUnixTimestamp64Milli(_sl_side.3[${at}], 'UTC'), 'DateTime64(7, \\'UTC\\')') AS _TimeReceived`,
  ];
}

export interface SourceOptions {
  readonly source: SegmentSource;
  readonly segment: SegmentRef;
  readonly columns: readonly (Column & { readonly type: ConvertibleType })[];
  readonly addOnAttributes: Readonly<Record<string, string>>;
}

/** One SELECT: the stream's columns in carrier types, then the carried columns. Records that cannot be parsed are left out. */
export function sourceSql(options: SourceOptions): string {
  const { columns, addOnAttributes } = options;
  const members = columns.map(
    (column, i) => `${memberSql(column.name, addOnAttributes)} AS ${quoteIdentifier(`_sl_v${i}`)}`,
  );
  const typed = columns.map(
    (column, i) =>
      `${fromJsonSql(column.type, quoteIdentifier(`_sl_v${i}`))} AS ${quoteIdentifier(column.name)}`,
  );
  const rows = `SELECT _row_number AS _sl_n, JSONExtractKeysAndValuesRaw(raw) AS _sl_kv FROM ${options.source.lines(options.segment.path)} WHERE ${parsable}`;
  const split = `SELECT _sl_n, _sl_kv.1 AS _sl_k, _sl_kv.2 AS _sl_v FROM (${rows})`;
  const picked = `SELECT ${['_sl_n', ...members].join(', ')} FROM (${split})`;
  const side = sidecarSql(options.source, options.segment);
  return `WITH ${side} AS _sl_side SELECT ${[...typed, ...carriedSql('_sl_n')].join(', ')} FROM (${picked})`;
}

/** Raw JSON text of a member: exact name first, then any case (spec CCF §7.1); added attributes win over the record. */
function memberSql(name: string, addOnAttributes: Readonly<Record<string, string>>): string {
  if (Object.hasOwn(addOnAttributes, name)) return quoteString(JSON.stringify(addOnAttributes[name]));
  const exact = `indexOf(_sl_k, ${quoteString(name)})`;
  const anyCase = `indexOf(arrayMap(k -> lower(k), _sl_k), ${quoteString(name.toLowerCase())})`;
  return `_sl_v[if(${exact} > 0, ${exact}, ${anyCase})]`;
}

/** One SELECT of the lines that the engine cannot parse: `raw`, `reason` and the carried columns. */
export function rejectsSql(options: Pick<SourceOptions, 'source' | 'segment'>): string {
  const side = sidecarSql(options.source, options.segment);
  const reason = `if(isValidJSON(raw), 'The record is not a JSON object.', 'The engine cannot parse the record: a number beyond 64 bits or double, a lone surrogate, or deep nesting.')`;
  return `WITH ${side} AS _sl_side SELECT raw, ${reason} AS reason, ${carriedSql('_row_number').join(', ')} FROM ${options.source.lines(options.segment.path)} WHERE NOT ${parsable}`;
}

export function rejectCountSql(source: SegmentSource, segment: SegmentRef): string {
  return `SELECT countIf(NOT ${parsable}) FROM ${source.lines(segment.path)}`;
}
