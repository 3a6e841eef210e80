import type { KqlType } from '../api.ts';
import { convert } from '../clickhouse/convert.ts';
import { arrayRaw, jsonString, jsonText, jsonType, pairsRaw } from '../clickhouse/dynamic.ts';
import { quoteName } from '../clickhouse/literal.ts';
import type { SyntaxNode } from '../parser/syntax.ts';
import {
  type Env,
  operatorOptions,
  refuse,
  refuseUnknownOptions,
  rowOf,
  scalar,
  withRow,
} from '../plan/environment.ts';
import { type Column, closedWith, opened, type Relation } from '../plan/relation.ts';
import { computed, type Value } from '../plan/value.ts';
import { derivedName, namedColumn, resultColumns } from './columns.ts';
import { declaredType } from './parse.ts';
import type { TabularOperator } from './types.ts';

/** One thing to expand: its array of raw JSON, the column that gets the elements, and their type. */
export interface Expansion {
  readonly name: string | undefined;
  readonly array: string;
  readonly type: KqlType;
}

/** Elements of a dynamic as raw JSON: array elements, one-member bags or pairs; null gives one null, scalars themselves. */
function elementsOf(value: Value, pairs: boolean): string {
  const member = pairs
    ? `concat('[',${jsonString('p.1')},',',p.2,']')`
    : `concat('{',${jsonString('p.1')},':',p.2,'}')`;
  return `multiIf(${jsonType(value)}='Array',${arrayRaw(value)},${jsonType(value)}='Object',arrayMap(p->${member},${pairsRaw(value)}),[${jsonText(value)}])`;
}

function expansionOf(env: Env, node: SyntaxNode, pairs: boolean): Expansion {
  const inner = node.need('Expression');
  const value = convert(scalar(env, inner), 'dynamic');
  const typeNode = node.child('ToTypeOf')?.child('TypeOf')?.items('Types')[0];
  return {
    name: derivedName(inner),
    array: elementsOf(value, pairs),
    type: typeNode ? declaredType(typeNode) : 'dynamic',
  };
}

interface Expanded {
  readonly relation: Relation;
  /** Elements as dynamics or in their declared types, and the zero-based index. */
  readonly elements: readonly Value[];
  readonly index: Value;
}

/** ARRAY JOIN over the expansions, zipped; shorter ones are padded with null. */
export function expanded(
  env: Env,
  input: Relation,
  expansions: readonly Expansion[],
  limit: string | undefined,
): Expanded {
  const { aliases } = env.compilation;
  const tag = aliases.next();
  const extra = expansions.map((e, i) => ({ name: `_m${i}${tag}`, sql: e.array }));
  const { relation, refs } = closedWith(input, aliases, extra);
  const longest =
    refs.length > 1 ? `arrayMax([${refs.map((r) => `length(${r})`).join(',')}])` : `length(${refs[0]})`;
  const rows = limit === undefined ? longest : `least(${longest},toUInt64(${limit}))`;
  const position = `${tag}_i`;
  const from = `${relation.from} ARRAY JOIN range(1,${rows}+1) AS ${quoteName(position)}`;
  const index = computed(`toInt64(${quoteName(position)}-1)`, 'long', false);
  const elements = expansions.map((e, i) => {
    const raw = `nullIf(nullIf(arrayElement(${refs[i]},${quoteName(position)}),''),'null')`;
    return convert(computed(`toNullable(${raw})`, 'dynamic', true), e.type);
  });
  return { relation: { ...relation, from }, elements, index };
}

export function rowLimit(env: Env, node: SyntaxNode | undefined): string | undefined {
  const limit = node?.child('RowLimit');
  return limit ? convert(scalar(env, limit), 'long').sql : undefined;
}

/** Reads the expansions of mv-expand and mv-apply. */
export function readExpansions(env: Env, input: Relation, node: SyntaxNode): Expansion[] {
  const options = operatorOptions(node);
  refuseUnknownOptions(node, options, ['kind', 'bagexpansion', 'with_itemindex']);
  const kind = (options.get('kind') ?? options.get('bagexpansion'))?.text ?? 'bag';
  if (kind !== 'bag' && kind !== 'array')
    refuse('KQL_UNSUPPORTED_OPTION', `mv-expand kind=${kind} is not supported`, node);
  const row = withRow(env, rowOf(input));
  return node.items('Expressions').map((n) => expansionOf(row, n, kind === 'array'));
}

export const mvExpand: TabularOperator = {
  name: 'mv-expand',
  summary: 'One row for each element of dynamic arrays or bags.',
  rowWise: false,
  compile: (env, input, node) => {
    const open = opened(input, env.compilation.aliases);
    const expansions = readExpansions(env, open, node);
    const indexName = operatorOptions(node).get('with_itemindex')?.name;
    const { relation, elements, index } = expanded(
      env,
      open,
      expansions,
      rowLimit(env, node.child('RowLimitClause')),
    );
    const old = new Map(relation.columns.map((c) => [c.name, c]));
    const result = resultColumns(node);
    const made = new Map<string, Value>();
    if (indexName) made.set(indexName, index);
    const stated = new Set(expansions.map((e) => e.name));
    const free = result
      .filter((c) => !old.has(c.name) && !stated.has(c.name) && c.name !== indexName)
      .map((c) => c.name);
    for (const [i, e] of expansions.entries()) {
      const name = e.name ?? free.shift();
      const value = elements[i];
      if (!name || !value) return refuse('KQL_INTERNAL', 'mv-expand lost a column', node);
      made.set(name, value);
    }
    const columns = result.map((c): Column => {
      const value = made.get(c.name);
      return value
        ? namedColumn(c.name, convert(value, c.type))
        : (old.get(c.name) ?? refuse('KQL_INTERNAL', `mv-expand lost ${c.name}`, node));
    });
    return { ...relation, columns };
  },
};
