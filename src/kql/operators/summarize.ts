import { tupleAggregates } from '../aggregates/registry.ts';
import { convert } from '../clickhouse/convert.ts';
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
import { type Column, closed, closedWith, opened, type Relation, windowOrder } from '../plan/relation.ts';
import { computed, type Value } from '../plan/value.ts';
import { namedColumn, resultColumns } from './columns.ts';
import type { TabularOperator } from './types.ts';

const ordinalName = '_rn';

/** Adds a row number where a sort went before: aggregates that keep order can't rely on a subquery's. */
function numbered(env: Env, input: Relation): { relation: Relation; ordinal: string | undefined } {
  if (input.order.length === 0)
    return { relation: opened(input, env.compilation.aliases), ordinal: undefined };
  const base = closed(input, env.compilation.aliases);
  const order = windowOrder(base);
  const extra = [{ name: ordinalName, sql: `row_number() OVER (${order})` }];
  const { relation, refs } = closedWith({ ...base, order: [] }, env.compilation.aliases, extra);
  return { relation, ordinal: refs[0] };
}

function aggregateColumns(
  env: Env,
  node: SyntaxNode,
  names: readonly { name: string; type: Column['type'] }[],
): Column[] {
  const call = node.kind === 'SimpleNamedExpression' ? node.need('Expression') : node;
  if (call.type !== 'tuple') {
    const [first] = names;
    if (!first) return refuse('KQL_INTERNAL', 'summarize lost a column', node);
    return [namedColumn(first.name, convert(scalar(env, call), first.type))];
  }
  const name = call.symbol?.name ?? '';
  const entry = tupleAggregates[name];
  if (!entry || !env.row) return refuse('KQL_UNSUPPORTED_AGGREGATE', `${name}() is not supported`, call);
  const inner: Env = { ...env, row: { ...env.row, mode: 'scalar' } };
  const values = entry.columns(call, names, inner);
  return names.map((column, i) => {
    const value = values[i];
    return value
      ? namedColumn(column.name, convert(value, column.type))
      : refuse('KQL_INTERNAL', `${name} lost a column`, call);
  });
}

/** How many result columns an aggregate expression gives. */
function width(node: SyntaxNode): number {
  const call = node.kind === 'SimpleNamedExpression' ? node.need('Expression') : node;
  return call.type === 'tuple' ? (call.typed?.columns.length ?? 0) : 1;
}

/** SELECT … GROUP BY as a closed relation. */
export function grouped(
  env: Env,
  relation: Relation,
  keys: readonly Column[],
  values: readonly Column[],
): Relation {
  const groupBy = keys.length > 0 ? ` GROUP BY ${keys.map((k) => k.sql).join(', ')}` : '';
  const base: Relation = { ...relation, columns: [...keys, ...values], carried: [], order: [] };
  return closed(base, env.compilation.aliases, { suffix: groupBy });
}

export const summarize: TabularOperator = {
  name: 'summarize',
  summary: 'Groups rows and aggregates each group.',
  rowWise: false,
  compile: (env, input, node) => {
    refuseUnknownOptions(node, operatorOptions(node), []);
    const { relation, ordinal } = numbered(env, input);
    const by = node.child('ByClause')?.items('Expressions') ?? [];
    const aggregates = node.items('Aggregates');
    const names = resultColumns(node);
    const row = rowOf(relation, ordinal ? { ordinal } : {});
    const keys = by.map((n, i): Column => {
      const column = names[i] ?? refuse('KQL_INTERNAL', 'summarize lost a key', n);
      const value: Value = convert(scalar(withRow(env, row), n), column.type);
      return namedColumn(
        column.name,
        value.rowBound || value.cheap ? value : computed(value.sql, value.type, value.nullable),
      );
    });
    let next = keys.length;
    const values = aggregates.flatMap((n) => {
      const slice = names.slice(next, next + width(n));
      next += slice.length;
      return aggregateColumns(withRow(env, { ...row, mode: 'aggregate' }), n, slice);
    });
    if (keys.length > 0 || values.length > 0) return grouped(env, relation, keys, values);
    return refuse('KQL_ARGUMENT', 'summarize needs aggregates or keys', node);
  },
};

export const count: TabularOperator = {
  name: 'count',
  summary: 'The number of rows.',
  rowWise: false,
  compile: (env, input, node) => {
    const relation = opened(input, env.compilation.aliases);
    const name = resultColumns(node)[0]?.name ?? 'Count';
    return grouped(env, relation, [], [namedColumn(name, computed('toInt64(count())', 'long', false))]);
  },
};

export const distinct: TabularOperator = {
  name: 'distinct',
  summary: 'The different combinations of columns.',
  rowWise: false,
  compile: (env, input, node) => {
    const relation = opened(input, env.compilation.aliases);
    const names = resultColumns(node);
    const nodes = node.items('Expressions');
    const row = withRow(env, rowOf(relation));
    const star = nodes.some((n) => n.kind === 'StarExpression');
    const values: Value[] = star ? [...relation.columns] : nodes.map((n) => scalar(row, n));
    const keys = values.map((v, i) =>
      namedColumn(names[i]?.name ?? '', convert(v, names[i]?.type ?? v.type)),
    );
    return grouped(env, relation, keys, []);
  },
};
