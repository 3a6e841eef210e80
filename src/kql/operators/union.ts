import type { KqlColumn } from '../api.ts';
import { nullLiteral, quoteName, quoteString } from '../clickhouse/literal.ts';
import { diagnosticOf } from '../errors.ts';
import type { SyntaxNode } from '../parser/syntax.ts';
import { type Env, operatorOptions, refuse, refuseUnknownOptions, table } from '../plan/environment.ts';
import { type Column, columnOf, type Relation, selectSql } from '../plan/relation.ts';
import { scan } from '../plan/scan.ts';
import { computed } from '../plan/value.ts';
import { resultColumns } from './columns.ts';
import type { TabularOperator, TabularSource } from './types.ts';

interface Branch {
  readonly relation: Relation;
  readonly label: string;
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((p) => p.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

/** Name shown by withsource: of a table, or of the table at the head of a pipeline. */
function labelOf(node: SyntaxNode, index: number): string {
  let head = node;
  const last = head.kind === 'ParenthesizedExpression' ? head.need('Expression') : head;
  const named = last.kind === 'PipeExpression' ? last.need('Operator') : undefined;
  if (named?.kind === 'AsOperator') return named.need('Name').name;
  while (head.kind === 'ParenthesizedExpression' || head.kind === 'PipeExpression')
    head = head.need('Expression');
  if (head.kind === 'NameReference') return head.name;
  return `union_arg${index}`;
}

function branchesOf(env: Env, node: SyntaxNode, index: number): Branch[] {
  const name = node.kind === 'NameReference' ? node.child('Name') : undefined;
  if (name?.kind === 'WildcardedName') {
    const pattern = wildcard(name.text);
    return env.compilation.request.tables
      .filter((t) => pattern.test(t.name))
      .map((t) => ({ relation: scan(env, t), label: t.name }));
  }
  return [{ relation: table(env, node), label: labelOf(node, index) }];
}

/** A missing table in a fuzzy union is left out with a warning; everything else is compiled as ever. */
function fuzzyBranches(env: Env, node: SyntaxNode, index: number): Branch[] {
  const label = labelOf(node, index);
  if (!env.compilation.missing.has(label)) return branchesOf(env, node, index);
  env.compilation.diagnostics.push(
    diagnosticOf({
      code: 'KQL_TABLE_MISSING',
      severity: 'warning',
      message: `${label} does not exist and was left out of the union`,
      span: node.span,
      text: env.compilation.text,
    }),
  );
  return [];
}

/** The branch's column for a result column: same name and type, or `name_type` where branches disagree. */
function matching(branch: Relation, column: KqlColumn): Column | undefined {
  const exact = branch.columns.find((c) => c.name === column.name && c.type === column.type);
  if (exact) return exact;
  const suffix = `_${column.type}`;
  if (!column.name.endsWith(suffix)) return undefined;
  const base = column.name.slice(0, -suffix.length);
  return branch.columns.find((c) => c.name === base && c.type === column.type);
}

/** UNION ALL of relations, columns by name and type, missing ones null. */
export function unionAll(
  env: Env,
  branches: readonly Branch[],
  columns: readonly KqlColumn[],
  source: string | undefined,
): Relation {
  const alias = env.compilation.aliases.next();
  const filled = branches.map(({ relation, label }) => {
    const picked = columns.map((column): Column => {
      if (column.name === source)
        return { ...computed(quoteString(label), 'string', false), name: column.name };
      const found = matching(relation, column);
      return found
        ? { ...found, name: column.name }
        : { ...computed(nullLiteral(column.type), column.type, true), name: column.name };
    });
    return picked;
  });
  const texts = branches.map(({ relation }, i) =>
    selectSql({ ...relation, columns: filled[i] ?? [], carried: [] }, { alias }),
  );
  const nullable = (i: number) => filled.some((row) => row[i]?.nullable ?? true);
  const from =
    texts.length > 0
      ? `(${texts.map((t) => `(${t})`).join(' UNION ALL ')}) AS ${alias}`
      : `(SELECT ${columns.map((c) => `${nullLiteral(c.type)} AS ${quoteName(c.name)}`).join(', ') || '1 AS "_"'} WHERE 0) AS ${alias}`;
  return {
    columns: columns.map((c, i) => columnOf(alias, c.name, c.type, c.type !== 'string' && nullable(i))),
    carried: [],
    from,
    where: [],
    order: [],
  };
}

function compileUnion(env: Env, node: SyntaxNode, input: Relation | undefined): Relation {
  const options = operatorOptions(node);
  refuseUnknownOptions(node, options, ['kind', 'withsource', 'with_source', 'isfuzzy']);
  const kind = options.get('kind')?.text ?? 'outer';
  if (kind !== 'outer' && kind !== 'inner')
    refuse('KQL_UNSUPPORTED_OPTION', `union kind=${kind} is not supported`, node);
  const fuzzy = options.get('isfuzzy')?.text.toLowerCase() === 'true';
  const source = (options.get('withsource') ?? options.get('with_source'))?.name;
  const branches: Branch[] = input ? [{ relation: input, label: 'union_arg0' }] : [];
  node.items('Expressions').forEach((n, i) => {
    const index = i + (input ? 1 : 0);
    branches.push(...(fuzzy ? fuzzyBranches(env, n, index) : branchesOf(env, n, index)));
  });
  if (branches.length === 0) refuse('KQL_BIND', 'no table of the union exists', node);
  return unionAll(env, branches, resultColumns(node), source);
}

export const union: TabularOperator = {
  name: 'union',
  summary: 'All rows of several tables; columns are matched by name and type.',
  rowWise: false,
  compile: (env, input, node) => compileUnion(env, node, input),
};

export const unionSource: TabularSource = {
  name: 'union',
  summary: 'All rows of several tables; columns are matched by name and type.',
  compile: (env, node) => compileUnion(env, node, undefined),
};
