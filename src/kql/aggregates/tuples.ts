import type { KqlType } from '../api.ts';
import type { SyntaxNode } from '../parser/syntax.ts';
import { type Env, refuse, scalar } from '../plan/environment.ts';
import type { Column } from '../plan/relation.ts';
import { computed, type Value } from '../plan/value.ts';
import { fraction, percentileSql } from './numeric.ts';
import type { TupleAggregate } from './types.ts';

type Columns = readonly { readonly name: string; readonly type: KqlType }[];

const argumentsOf = (node: SyntaxNode) => node.child('ArgumentList')?.items('Expressions') ?? [];

/** Values of the row that arg_max picks: the named ones, or for `*` every column by name. */
function picked(env: Env, nodes: readonly SyntaxNode[], columns: Columns): Value[] {
  const out: Value[] = [];
  for (const node of nodes) {
    if (node.kind !== 'StarExpression') {
      out.push(scalar(env, node));
      continue;
    }
    for (const column of columns.slice(out.length + 1)) {
      const found: Column | undefined = env.row?.columns.get(column.name);
      if (!found) return refuse('KQL_INTERNAL', `the column ${column.name} of * is missing`, node);
      out.push(found);
    }
  }
  return out;
}

/**
 * The row of the largest or smallest key. The key travels as a tuple with a null mark,
 * because the engine skips rows whose key or value is NULL, where KQL keeps them.
 */
function extreme(fn: 'argMax' | 'argMin'): TupleAggregate {
  return {
    summary: `The row with the ${fn === 'argMax' ? 'largest' : 'smallest'} value of an expression.`,
    columns: (node, columns, env) => {
      const [keyNode, ...rest] = argumentsOf(node);
      if (!keyNode) return refuse('KQL_ARGUMENT', 'arg_max and arg_min take an expression', node);
      const key = scalar(env, keyNode);
      const values = [key, ...picked(env, rest, columns)];
      // Nulls lose against any value in both directions.
      const mark = fn === 'argMax' ? `isNotNull(${key.sql})` : `isNull(${key.sql})`;
      const tuple = `${fn}(tuple(${values.map((v) => v.sql).join(',')}),tuple(${mark},${key.sql}))`;
      return values.map((v, i) => computed(`tupleElement(${tuple},${i + 1})`, v.type, true));
    },
  };
}

export const argMax = extreme('argMax');
export const argMin = extreme('argMin');

export const percentiles: TupleAggregate = {
  summary: 'Values at several percentiles, by nearest rank.',
  columns: (node, columns, env) => {
    const [valueNode, ...points] = argumentsOf(node);
    if (!valueNode) return refuse('KQL_ARGUMENT', 'percentiles takes an expression', node);
    const value = scalar(env, valueNode);
    return points.map((p, i) => {
      const type = columns[i]?.type ?? value.type;
      return computed(percentileSql(value, fraction(scalar(env, p), { node: p }), type), type, true);
    });
  },
};

export const takeAny: TupleAggregate = {
  summary: 'The columns of some row.',
  columns: (node, columns, env) => {
    const nodes = argumentsOf(node);
    const star = nodes.some((n) => n.kind === 'StarExpression');
    const values = star
      ? columns.map(
          (c) =>
            env.row?.columns.get(c.name) ?? refuse('KQL_INTERNAL', `the column ${c.name} is missing`, node),
        )
      : nodes.map((n) => scalar(env, n));
    const tuple = `any(tuple(${values.map((v) => v.sql).join(',')}))`;
    return values.map((v, i) => computed(`tupleElement(${tuple},${i + 1})`, v.type, true));
  },
};
