import { convert } from '../clickhouse/convert.ts';
import type { SyntaxNode } from '../parser/syntax.ts';
import { type Env, refuse, rowOf, scalar, withRow } from '../plan/environment.ts';
import { closed, type OrderTerm, opened, type Relation } from '../plan/relation.ts';
import { constantInteger } from '../plan/value.ts';
import type { TabularOperator } from './types.ts';

/** One `by` term. Descending unless said otherwise; nulls are smallest. */
function orderTerm(env: Env, node: SyntaxNode): OrderTerm {
  const ordered = node.kind === 'OrderedExpression';
  const value = scalar(env, ordered ? node.need('Expression') : node);
  const clause = ordered ? node.child('Ordering') : undefined;
  const descending = clause?.token('AscOrDescKeyword') !== 'asc';
  const nulls = clause?.child('NullsClause')?.token('FirstOrLastKeyword');
  return { value, descending, nullsFirst: nulls ? nulls === 'first' : !descending };
}

export function sorted(env: Env, input: Relation, terms: readonly SyntaxNode[]): Relation {
  const relation = opened(input, env.compilation.aliases);
  const inner = withRow(env, rowOf(relation));
  return { ...relation, order: terms.map((t) => orderTerm(inner, t)) };
}

/** Row count of take and top: a whole number known when the statement runs. */
export function rowCount(env: Env, node: SyntaxNode): string {
  const value = scalar(env, node);
  const count = constantInteger(value);
  if (count !== undefined) return String(count < 0n ? 0n : count);
  if (value.rowBound) refuse('KQL_NOT_CONSTANT', 'the row count must not depend on a row', node);
  return `toUInt64(${convert(value, 'long').sql})`;
}

export const sort: TabularOperator = {
  name: 'sort',
  summary: 'Orders rows; also written order.',
  rowWise: false,
  compile: (env, input, node) => sorted(env, input, node.items('Expressions')),
};

export const top: TabularOperator = {
  name: 'top',
  summary: 'The first n rows by an order.',
  rowWise: false,
  compile: (env, input, node) => ({
    ...sorted(env, input, [node.need('ByExpression')]),
    limit: rowCount(env, node.need('Expression')),
  }),
};

export const take: TabularOperator = {
  name: 'take',
  summary: 'Some n rows, or the first n of sorted rows; also written limit.',
  rowWise: false,
  compile: (env, input, node) => {
    const relation = input.limit === undefined ? input : closed(input, env.compilation.aliases);
    return { ...relation, limit: rowCount(env, node.need('Expression')) };
  },
};
