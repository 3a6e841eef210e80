import { aligned } from '../clickhouse/compare.ts';
import { convert } from '../clickhouse/convert.ts';
import type { SyntaxNode } from '../parser/syntax.ts';
import { type Env, operatorOptions, refuse, refuseUnknownOptions, table } from '../plan/environment.ts';
import { type Column, closed, type Relation } from '../plan/relation.ts';
import { resultColumns } from './columns.ts';
import type { TabularOperator } from './types.ts';

interface KeyPair {
  readonly left: Column;
  readonly right: Column;
}

interface Kind {
  readonly sql: string;
  readonly sides: 'both' | 'left' | 'right';
  /** Sides whose columns may be missing in a result row. */
  readonly outer: readonly ('left' | 'right')[];
  readonly unique?: boolean;
}

const kinds: Readonly<Record<string, Kind>> = {
  innerunique: { sql: 'ALL INNER', sides: 'both', outer: [], unique: true },
  inner: { sql: 'ALL INNER', sides: 'both', outer: [] },
  leftouter: { sql: 'ALL LEFT', sides: 'both', outer: ['right'] },
  rightouter: { sql: 'ALL RIGHT', sides: 'both', outer: ['left'] },
  fullouter: { sql: 'ALL FULL', sides: 'both', outer: ['left', 'right'] },
  leftanti: { sql: 'LEFT ANTI', sides: 'left', outer: [] },
  anti: { sql: 'LEFT ANTI', sides: 'left', outer: [] },
  leftantisemi: { sql: 'LEFT ANTI', sides: 'left', outer: [] },
  leftsemi: { sql: 'LEFT SEMI', sides: 'left', outer: [] },
  rightanti: { sql: 'RIGHT ANTI', sides: 'right', outer: [] },
  rightantisemi: { sql: 'RIGHT ANTI', sides: 'right', outer: [] },
  rightsemi: { sql: 'RIGHT SEMI', sides: 'right', outer: [] },
};

/** A column of one side, named by `$left.x` or `$right.x`. */
function sideOf(node: SyntaxNode): { side: 'left' | 'right'; name: string } {
  const base = node.kind === 'PathExpression' ? node.need('Expression').text : '';
  if (base !== '$left' && base !== '$right') {
    return refuse(
      'KQL_UNSUPPORTED_EXPRESSION',
      `join conditions compare $left.column with $right.column, not ${node.text}`,
      node,
    );
  }
  return { side: base === '$left' ? 'left' : 'right', name: node.need('Selector').name };
}

function columnNamed(relation: Relation, name: string, node: SyntaxNode): Column {
  return (
    relation.columns.find((c) => c.name === name) ??
    refuse('KQL_BIND', `the column ${name} is missing on one side of the join`, node)
  );
}

function keyPairs(left: Relation, right: Relation, conditions: readonly SyntaxNode[]): KeyPair[] {
  return conditions.flatMap((node): KeyPair[] => {
    if (node.kind === 'BinaryExpression' && node.token('Operator').toLowerCase() === 'and') {
      return keyPairs(left, right, [node.need('Left'), node.need('Right')]);
    }
    if (node.kind === 'ParenthesizedExpression') return keyPairs(left, right, [node.need('Expression')]);
    if (node.kind === 'NameReference') {
      return [{ left: columnNamed(left, node.name, node), right: columnNamed(right, node.name, node) }];
    }
    if (node.kind !== 'BinaryExpression' || node.token('Operator') !== '==') {
      return refuse(
        'KQL_UNSUPPORTED_EXPRESSION',
        `the join condition ${node.text.slice(0, 60)} is not supported`,
        node,
      );
    }
    const [a, b] = [sideOf(node.need('Left')), sideOf(node.need('Right'))];
    if (a.side === b.side) return refuse('KQL_BIND', 'a join condition needs both sides', node);
    const [l, r] = a.side === 'left' ? [a, b] : [b, a];
    return [{ left: columnNamed(left, l.name, node), right: columnNamed(right, r.name, node) }];
  });
}

/** Wrapping makes the engine fill unmatched rows with NULL without a setting; strings get '' as KQL wants. */
function optionalSide(relation: Relation): Column[] {
  return relation.columns.map((c) =>
    c.type === 'string' || c.nullable ? c : { ...c, sql: `toNullable(${c.sql})`, nullable: true },
  );
}

/** A relation whose columns already have the types that an outer join fills with NULL. */
function side(env: Env, relation: Relation, optional: boolean): Relation {
  const { aliases } = env.compilation;
  if (!optional) return closed({ ...relation, order: [] }, aliases);
  const base = closed({ ...relation, order: [] }, aliases);
  return closed({ ...base, columns: optionalSide(base) }, aliases);
}

function uniqueLeft(env: Env, left: Relation, names: readonly string[]): Relation {
  const keys = left.columns.filter((c) => names.includes(c.name)).map((c) => c.sql);
  return closed(left, env.compilation.aliases, { suffix: ` LIMIT 1 BY ${keys.join(', ')}` });
}

function condition({ left, right }: KeyPair): string {
  const [a, b] = aligned(left, right);
  if (a.type === b.type) return `${a.sql} = ${b.sql}`;
  return `${a.sql} = ${convert(b, a.type).sql}`;
}

interface JoinInput {
  readonly env: Env;
  readonly node: SyntaxNode;
  readonly input: Relation;
  readonly kind: Kind;
  readonly conditions: readonly SyntaxNode[];
}

function joined({ env, node, input, kind, conditions }: JoinInput): {
  left: Relation;
  right: Relation;
  pairs: KeyPair[];
  from: string;
} {
  const other = table(env, node.need('Expression'));
  let left = side(env, input, kind.outer.includes('left'));
  const right = side(env, other, kind.outer.includes('right'));
  if (kind.unique)
    left = uniqueLeft(
      env,
      left,
      keyPairs(left, right, conditions).map((p) => p.left.name),
    );
  const pairs = keyPairs(left, right, conditions);
  if (pairs.length === 0) refuse('KQL_UNSUPPORTED_EXPRESSION', 'a join needs at least one key', node);
  const from = `${left.from} ${kind.sql} JOIN ${right.from} ON ${pairs.map(condition).join(' AND ')}`;
  return { left, right, pairs, from };
}

function named(columns: readonly Column[], node: SyntaxNode): Column[] {
  const names = resultColumns(node);
  if (names.length !== columns.length) refuse('KQL_INTERNAL', 'join lost a column', node);
  return columns.map((c, i) => ({ ...c, name: names[i]?.name ?? c.name }));
}

export const join: TabularOperator = {
  name: 'join',
  summary: 'Combines rows of two tables that agree in keys; kind=innerunique unless said otherwise.',
  rowWise: false,
  compile: (env, input, node) => {
    const options = operatorOptions(node);
    refuseUnknownOptions(node, options, ['kind']);
    const name = (options.get('kind')?.text ?? 'innerunique').toLowerCase();
    const kind = kinds[name];
    if (!kind)
      return refuse('KQL_UNSUPPORTED_OPTION', `join kind=${name} is not supported`, options.get('kind'));
    const clause = node.child('ConditionClause');
    if (clause?.kind !== 'JoinOnClause')
      return refuse('KQL_UNSUPPORTED_EXPRESSION', 'join needs an `on` clause', node);
    const { left, right, from } = joined({ env, node, input, kind, conditions: clause.items('Expressions') });
    const columns =
      kind.sides === 'both'
        ? [...left.columns, ...right.columns]
        : kind.sides === 'left'
          ? left.columns
          : right.columns;
    return { columns: named(columns, node), carried: [], from, where: [], order: [] };
  },
};

export const lookup: TabularOperator = {
  name: 'lookup',
  summary: 'Adds the columns of a dimension table by keys; kind=leftouter unless said otherwise.',
  rowWise: false,
  compile: (env, input, node) => {
    const options = operatorOptions(node);
    refuseUnknownOptions(node, options, ['kind']);
    const name = (options.get('kind')?.text ?? 'leftouter').toLowerCase();
    const kind = name === 'leftouter' || name === 'inner' ? kinds[name] : undefined;
    if (!kind)
      return refuse('KQL_UNSUPPORTED_OPTION', `lookup kind=${name} is not supported`, options.get('kind'));
    const clause = node.child('LookupClause');
    if (clause?.kind !== 'JoinOnClause')
      return refuse('KQL_UNSUPPORTED_EXPRESSION', 'lookup needs an `on` clause', node);
    const { left, right, pairs, from } = joined({
      env,
      node,
      input,
      kind,
      conditions: clause.items('Expressions'),
    });
    const keys = new Set(pairs.map((p) => p.right.name));
    const columns = [...left.columns, ...right.columns.filter((c) => !keys.has(c.name))];
    return { columns: named(columns, node), carried: [], from, where: [], order: [] };
  },
};
