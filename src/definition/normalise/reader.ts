import { hasTemplate } from '../../template/template.ts';
import { checkJsonPath } from '../json-paths.ts';
import type { Report } from '../report.ts';
import { entries, isJsonObject, type JsonNode, member, scalarText } from '../tree.ts';

/** How a poller is being read: `unbound` before parameters are known, when templated values are taken on trust. */
export interface Reading {
  readonly report: Report;
  readonly unbound: boolean;
}

/** True when the value cannot be judged yet because parameters decide it. */
export function isOpen(node: JsonNode | undefined, reading: Reading): boolean {
  return reading.unbound && typeof node?.value === 'string' && hasTemplate(node.value);
}

/** Text of a scalar member; `''` stays `''`. Lists of one (drop-downs) give their element. */
export function readText(
  parent: JsonNode | undefined,
  reading: Reading,
  ...names: string[]
): string | undefined {
  const node = member(parent, ...names);
  if (!node) return undefined;
  const value =
    Array.isArray(node.value) && node.value.length === 1 ? (node.value[0] as unknown) : node.value;
  const text = scalarText({ ...node, value });
  if (text === undefined) reading.report.error('VALUE_TYPE', `${names[0]} must be a text`, node);
  return text;
}

/** Like readText, with `''` as absent. */
export function readName(
  parent: JsonNode | undefined,
  reading: Reading,
  ...names: string[]
): string | undefined {
  return readText(parent, reading, ...names)?.trim() || undefined;
}

export interface NumberRange {
  readonly min: number;
  readonly max?: number;
}

/** Number, also when written as text (CCF §8 row 40); out of range is moved to the nearest allowed value. */
export function readNumber(
  parent: JsonNode | undefined,
  reading: Reading,
  range: NumberRange,
  ...names: string[]
): number | undefined {
  const node = member(parent, ...names);
  if (!node || isOpen(node, reading)) return undefined;
  const text = readText(parent, reading, ...names);
  if (text === undefined || text.trim() === '') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) {
    reading.report.error('VALUE_TYPE', `${names[0]} must be a number`, node);
    return undefined;
  }
  const allowed = Math.min(Math.max(value, range.min), range.max ?? Number.POSITIVE_INFINITY);
  if (allowed !== value)
    reading.report.warning('VALUE_RANGE', `${names[0]} is out of range; ${allowed} is used`, node);
  return allowed;
}

/** Boolean, also when written as text or 1/0. */
export function readFlag(
  parent: JsonNode | undefined,
  reading: Reading,
  fallback: boolean,
  ...names: string[]
): boolean {
  const node = member(parent, ...names);
  if (!node || isOpen(node, reading)) return fallback;
  const text = scalarText(node)?.trim().toLowerCase();
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0' || text === '') return false;
  reading.report.error('VALUE_TYPE', `${names[0]} must be true or false`, node);
  return fallback;
}

/** A free map of texts, names kept as written. */
export function readTextMap(node: JsonNode | undefined, reading: Reading): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(readScalarMap(node, reading))) result[name] = String(value);
  return result;
}

/** A free map of scalars; lists (drop-downs) become comma separated text. */
export function readScalarMap(
  node: JsonNode | undefined,
  reading: Reading,
): Record<string, string | number | boolean> {
  const result: Record<string, string | number | boolean> = {};
  if (node && !isJsonObject(node.value)) reading.report.error('VALUE_TYPE', 'an object is expected', node);
  for (const [name, child] of entries(node)) {
    const value = Array.isArray(child.value) ? child.value.map(String).join(',') : child.value;
    if (value === null) continue;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      result[name.trim()] = value;
    else reading.report.error('VALUE_TYPE', `${name} must be a text, a number or a boolean`, child);
  }
  return result;
}

/** A JSON path member; `''` is absent. Paths that do not parse are reported and left out. */
export function readJsonPath(
  parent: JsonNode | undefined,
  reading: Reading,
  ...names: string[]
): string | undefined {
  const node = member(parent, ...names);
  const path = readName(parent, reading, ...names);
  if (!node || path === undefined) return undefined;
  if (isOpen(node, reading)) return path;
  return checkJsonPath(path, node, reading.report) ? path : undefined;
}

/** Warns of members that nobody reads: a misspelt setting would silently have no effect. */
export function reportUnknown(
  node: JsonNode | undefined,
  reading: Reading,
  known: { readonly used: readonly string[]; readonly ignored?: readonly string[] },
): void {
  const used = new Set(known.used.map((name) => name.toLowerCase()));
  const ignored = new Set((known.ignored ?? []).map((name) => name.toLowerCase()));
  for (const [name, child] of entries(node)) {
    const key = name.trim().toLowerCase();
    if (used.has(key) || key.startsWith('_')) continue;
    if (ignored.has(key))
      reading.report.info('PROPERTY_IGNORED', `${name.trim()} has no effect in this version`, child);
    else reading.report.warning('PROPERTY_UNKNOWN', `${name.trim()} is not a known setting`, child);
  }
}

/** Object without its undefined members, as exact optional properties want it. */
export function compact<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
