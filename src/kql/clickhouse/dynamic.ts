import type { Value } from '../plan/value.ts';
import { quoteString } from './literal.ts';

/** Compact JSON text of a dynamic, `''` for null: functions that give arrays take no Nullable. */
export function jsonText(value: Value): string {
  if (value.path?.steps.length === 0) return value.path.root;
  return `ifNull(${value.sql},'')`;
}

/** A dynamic from raw JSON text in which `''` and JSON null mean null. */
export function fromRaw(sql: string): string {
  return `nullIf(nullIf(${sql},''),'null')`;
}

function withStep(value: Value, step: string): Value {
  const root = value.path?.root ?? jsonText(value);
  const steps = [...(value.path?.steps ?? []), step];
  return {
    sql: fromRaw(`JSONExtractRaw(${root},${steps.join(',')})`),
    type: 'dynamic',
    nullable: true,
    path: { root, steps },
  };
}

/** `d.key` and `d['key']`. */
export function member(value: Value, key: string): Value {
  return withStep(value, quoteString(key));
}

/** `d[key]` with a key that is only known per row. */
export function memberOf(value: Value, keySql: string): Value {
  return withStep(value, keySql);
}

/**
 * `d[i]`, zero-based, negative from the end. ClickHouse would count the members of an object,
 * where KQL gives null, hence the look at the type.
 * @param indexSql one-based index, negative from the end
 */
export function element(value: Value, indexSql: string): Value {
  const root = value.path?.root ?? jsonText(value);
  const steps = value.path?.steps ?? [];
  const guarded = `if(JSONType(${[root, ...steps].join(',')})='Array',${root},'')`;
  return withStep({ ...value, path: { root: guarded, steps } }, indexSql);
}

/** Text of a dynamic as tostring gives it: strings opened, everything else as JSON, `''` for null. */
export function dynamicText(value: Value): string {
  const path = value.path;
  const args = path ? [path.root, ...path.steps] : [jsonText(value)];
  return `ifNull(JSONExtract(${args.join(',')},'Nullable(String)'),'')`;
}

/** JSON type of a dynamic: Null, String, Array, Bool, Double, Int64, UInt64, Object. */
export function jsonType(value: Value): string {
  const path = value.path;
  return `JSONType(${(path ? [path.root, ...path.steps] : [jsonText(value)]).join(',')})`;
}

/** Elements of a dynamic array as Array(String) of raw JSON; empty when it is no array. */
export function arrayRaw(value: Value): string {
  const path = value.path;
  return `JSONExtractArrayRaw(${(path ? [path.root, ...path.steps] : [jsonText(value)]).join(',')})`;
}

/** Members of a bag as Array(Tuple(String,String)), values raw; empty when it is no bag. */
export function pairsRaw(value: Value): string {
  return `JSONExtractKeysAndValuesRaw(${jsonText(value)})`;
}

/** JSON string of a text. toJSONString escapes slashes, which KQL does not. */
export function jsonString(sql: string): string {
  return `replaceAll(toJSONString(${sql}),'\\\\/','/')`;
}

/** JSON array from Array(String) of raw JSON. */
export function arrayOf(rawElements: string): string {
  return `concat('[',arrayStringConcat(${rawElements},','),']')`;
}

/** JSON bag from Array(Tuple(String,String)) of keys and raw values. */
export function bagOf(pairs: string): string {
  return `concat('{',arrayStringConcat(arrayMap(p->concat(${jsonString('p.1')},':',p.2),${pairs}),','),'}')`;
}

/** Text inside raw JSON: strings opened, everything else as it is. */
export function openedText(rawSql: string): string {
  return `ifNull(JSONExtract(${rawSql},'Nullable(String)'),'')`;
}

/** Dynamic from text as parse_json reads it: text that is no JSON stays a JSON string. */
export function parsedJson(textSql: string): string {
  const parsed = fromRaw('JSONExtractRaw(s)');
  return `arrayMap(s->multiIf(isValidJSON(s),${parsed},s='',NULL,toNullable(${jsonString('s')})),[${textSql}])[1]`;
}
