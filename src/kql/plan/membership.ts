import { aligned, equality } from '../clickhouse/compare.ts';
import { convert } from '../clickhouse/convert.ts';
import { arrayRaw, jsonType, openedText } from '../clickhouse/dynamic.ts';
import type { SyntaxNode } from '../parser/syntax.ts';
import { type Env, refuse, scalar, table } from './environment.ts';
import { selectSql } from './relation.ts';
import { hasTerm, hasTermPerRow } from './string-operators.ts';
import { computed, type Json, jsonValue, stringValue, type Value } from './value.ts';

/** One thing on the right of in, has_any or has_all. */
type Item =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'list'; readonly value: Value }
  | { readonly kind: 'query'; readonly node: SyntaxNode };

/** Right-hand items; constant dynamic arrays are spread into values. */
function itemsOf(env: Env, node: SyntaxNode): Item[] {
  const right = node.need('Right');
  const nodes = right.kind === 'ExpressionList' ? right.items('Expressions') : [right];
  return nodes.flatMap((n): Item[] => {
    if (n.type === 'table') return [{ kind: 'query', node: n }];
    const value = scalar(env, n);
    if (value.type !== 'dynamic') return [{ kind: 'value', value }];
    if (value.constant?.kind !== 'json') return [{ kind: 'list', value }];
    return spread(value.constant.value).map((v) => ({ kind: 'value', value: v }));
  });
}

function spread(value: Json): Value[] {
  if (Array.isArray(value)) return (value as readonly Json[]).map(fromJson);
  if (value !== null && typeof value === 'object') return Object.keys(value).map(stringValue);
  return [fromJson(value)];
}

function fromJson(value: Json): Value {
  return typeof value === 'string' ? stringValue(value) : jsonValue(JSON.stringify(value));
}

function lower(value: Value): Value {
  return computed(`lowerUTF8(${value.sql})`, 'string', false);
}

function inValues(left: Value, values: readonly Value[]): string[] {
  const pairs = values.map((v) => aligned(left, v));
  const same = pairs.every(([l, r]) => l.sql === pairs[0]?.[0].sql && !r.nullable);
  const first = pairs[0];
  if (!first) return [];
  if (!same) return pairs.map(([l, r]) => `ifNull(${equality(l, r, false).sql},0)`);
  const test = `${first[0].sql} IN (${pairs.map(([, r]) => r.sql).join(',')})`;
  return [first[0].nullable ? `ifNull(${test},0)` : test];
}

function inList(left: Value, list: Value, insensitive: boolean): string {
  const texts = `arrayMap(e->${openedText('e')},if(${jsonType(list)}='Array',${arrayRaw(list)},[ifNull(${list.sql},'')]))`;
  const wanted = convert(left, 'string').sql;
  return insensitive
    ? `has(arrayMap(e->lowerUTF8(e),${texts}),lowerUTF8(${wanted}))`
    : `has(${texts},${wanted})`;
}

function inQuery(env: Env, left: Value, node: SyntaxNode, insensitive: boolean): string {
  const relation = table(env, node);
  const column = relation.columns[0];
  if (!column) return refuse('KQL_ARGUMENT', 'the query on the right of in gives no column', node);
  const value =
    left.type === column.type ? column : convert(column, left.type === 'dynamic' ? 'string' : left.type);
  const shown = insensitive ? lower(convert(value, 'string')) : value;
  const sql = selectSql({ ...relation, columns: [{ ...shown, name: column.name }], carried: [] });
  const from = left.type === 'dynamic' ? convert(left, 'string') : left;
  const test = `${insensitive ? lower(convert(from, 'string')).sql : from.sql} IN (${sql})`;
  return from.nullable ? `ifNull(${test},0)` : test;
}

/** in, !in, in~, !in~ over values, dynamic arrays and one-column queries. */
export function membership(env: Env, node: SyntaxNode): Value {
  const operator = node.token('Operator');
  const insensitive = operator.includes('~');
  const raw = scalar(env, node.need('Left'));
  const left = insensitive ? lower(convert(raw, 'string')) : raw;
  const items = itemsOf(env, node);
  const values = items.flatMap((i) => (i.kind === 'value' ? [i.value] : []));
  const fitted = insensitive ? values.map((v) => lower(convert(v, 'string'))) : values;
  const tests = inValues(left.type === 'dynamic' ? convert(left, fitted[0]?.type ?? 'string') : left, fitted);
  for (const item of items) {
    if (item.kind === 'list') tests.push(inList(raw, item.value, insensitive));
    if (item.kind === 'query') tests.push(inQuery(env, raw, item.node, insensitive));
  }
  const any = tests.length > 0 ? `(${tests.join(' OR ')})` : '0';
  return computed(operator.startsWith('!') ? `(NOT ${any})` : any, 'bool', false);
}

/** has_any and has_all. */
export function termLists(env: Env, node: SyntaxNode): Value {
  const all = node.kind === 'HasAllExpression';
  const left = node.need('Left');
  const haystacks =
    left.kind === 'StarExpression' ? [...(env.row?.columns.values() ?? [])] : [scalar(env, left)];
  const texts = haystacks.map((h) => convert(h, 'string').sql);
  const one = (test: (haystack: string) => string) => `(${texts.map(test).join(' OR ') || '0'})`;
  const tests = itemsOf(env, node).map((item) => {
    if (item.kind === 'value') return one((h) => hasTerm(h, convert(item.value, 'string')));
    const list = item.kind === 'list' ? listTexts(item.value) : queryTexts(env, item.node);
    return one((h) => `${all ? 'arrayAll' : 'arrayExists'}(e->${hasTermPerRow(h, 'e')},${list})`);
  });
  return computed(`(${tests.join(all ? ' AND ' : ' OR ') || (all ? '1' : '0')})`, 'bool', false);
}

function listTexts(list: Value): string {
  return `arrayMap(x->${openedText('x')},${arrayRaw(list)})`;
}

/** The values of a one-column query as one constant array. */
function queryTexts(env: Env, node: SyntaxNode): string {
  const relation = table(env, node);
  const column = relation.columns[0];
  if (!column) return refuse('KQL_ARGUMENT', 'the query on the right gives no column', node);
  const text = { ...convert(column, 'string'), name: '_v' };
  return `(SELECT groupArray("_v") FROM (${selectSql({ ...relation, columns: [text], carried: [] })}))`;
}
