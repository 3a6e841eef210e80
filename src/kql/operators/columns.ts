import { convert } from '../clickhouse/convert.ts';
import { closedColumns, type SyntaxNode } from '../parser/syntax.ts';
import { type Env, refuse, rowOf, scalar, withRow } from '../plan/environment.ts';
import { type Column, opened, type Relation, windowOrder } from '../plan/relation.ts';
import type { Value } from '../plan/value.ts';
import type { TabularOperator } from './types.ts';

/** Name that an expression states itself: `x = …`, or a bare column. */
export function statedName(node: SyntaxNode): string | undefined {
  if (node.kind === 'SimpleNamedExpression') return node.need('Name').name;
  if (node.kind === 'NameReference' && node.symbol?.kind === 'Column') return node.symbol.name;
  return undefined;
}

/** Name of the column that an unnamed expression such as `todynamic(x)` or `(x)` is about. */
export function derivedName(node: SyntaxNode): string | undefined {
  const stated = statedName(node);
  if (stated) return stated;
  if (node.kind === 'ParenthesizedExpression') return derivedName(node.need('Expression'));
  if (node.kind !== 'FunctionCallExpression') return undefined;
  const first = node.child('ArgumentList')?.items('Expressions')[0];
  return first ? derivedName(first) : undefined;
}

/** Result columns of an operator as the binder names them. */
export function resultColumns(node: SyntaxNode): NonNullable<ReturnType<typeof closedColumns>> {
  return closedColumns(node) ?? refuse('KQL_OPEN_SCHEMA', 'the result columns are not known', node);
}

export function namedColumn(name: string, value: Value): Column {
  return { ...value, name };
}

function singleValue(env: Env, node: SyntaxNode): Value {
  if (node.kind === 'CompoundNamedExpression' || node.type === 'tuple') {
    return refuse(
      'KQL_UNSUPPORTED_EXPRESSION',
      'expressions with several result columns are not supported here',
      node,
    );
  }
  return scalar(env, node);
}

/** Values of project-like lists, in order. */
export function evaluated(
  env: Env,
  input: Relation,
  nodes: readonly SyntaxNode[],
): { relation: Relation; values: Value[] } {
  const relation = opened(input, env.compilation.aliases);
  const inner = withRow(env, rowOf(relation, { order: windowOrder(relation) }));
  return { relation, values: nodes.map((n) => singleValue(inner, n)) };
}

export const project: TabularOperator = {
  name: 'project',
  summary: 'Gives the listed columns, computed or as they are.',
  rowWise: true,
  compile: (env, input, node) => {
    const { relation, values } = evaluated(env, input, node.items('Expressions'));
    const names = resultColumns(node);
    const columns = values.map((v, i) => {
      const column = names[i];
      if (!column) return refuse('KQL_INTERNAL', 'project lost a column', node);
      return namedColumn(column.name, convert(v, column.type));
    });
    return { ...relation, columns };
  },
};

/** Adds or replaces columns; also serves serialize. */
export function extended(env: Env, input: Relation, node: SyntaxNode): Relation {
  const nodes = node.items('Expressions');
  const { relation, values } = evaluated(env, input, nodes);
  const result = resultColumns(node);
  const stated = nodes.map(statedName);
  const taken = new Set([...relation.columns.map((c) => c.name), ...stated]);
  const free = result.filter((c) => !taken.has(c.name)).map((c) => c.name);
  const made = new Map<string, Value>();
  for (const [i, value] of values.entries()) {
    const name = stated[i] ?? free.shift();
    if (!name) return refuse('KQL_INTERNAL', 'extend lost a column', nodes[i]);
    made.set(name, value);
  }
  const old = new Map(relation.columns.map((c) => [c.name, c]));
  const columns = result.map(({ name, type }) => {
    const value = made.get(name);
    if (value) return namedColumn(name, convert(value, type));
    return old.get(name) ?? refuse('KQL_INTERNAL', `extend lost the column ${name}`, node);
  });
  return { ...relation, columns };
}

export const extend: TabularOperator = {
  name: 'extend',
  summary: 'Adds computed columns or replaces columns.',
  rowWise: true,
  compile: extended,
};

/** Operators that only choose and order columns: the binder's result says which. */
function chooser(name: string, summary: string): TabularOperator {
  return {
    name,
    summary,
    rowWise: true,
    compile: (_env, input, node) => {
      const old = new Map(input.columns.map((c) => [c.name, c]));
      const columns = resultColumns(node).map(
        (c) => old.get(c.name) ?? refuse('KQL_INTERNAL', `${name} lost the column ${c.name}`, node),
      );
      return { ...input, columns };
    },
  };
}

export const projectAway = chooser('project-away', 'Drops columns.');
export const projectKeep = chooser('project-keep', 'Keeps columns in their order.');
export const projectReorder = chooser('project-reorder', 'Changes the order of columns.');

export const projectRename: TabularOperator = {
  name: 'project-rename',
  summary: 'Renames columns.',
  rowWise: true,
  compile: (_env, input, node) => {
    const renamed = new Map<string, string>();
    for (const item of node.items('Expressions')) {
      renamed.set(item.need('Expression').name, item.need('Name').name);
    }
    return { ...input, columns: input.columns.map((c) => ({ ...c, name: renamed.get(c.name) ?? c.name })) };
  },
};
