import { aggregates, tupleAggregates } from '../aggregates/registry.ts';
import type { KqlType } from '../api.ts';
import { ordering } from '../clickhouse/compare.ts';
import { convert } from '../clickhouse/convert.ts';
import { element, member, memberOf } from '../clickhouse/dynamic.ts';
import { functions } from '../functions/registry.ts';
import type { ScalarFunction } from '../functions/types.ts';
import type { SyntaxNode } from '../parser/syntax.ts';
import { binaryOperators, unary } from './binary.ts';
import { type Env, refuse, scalar, table } from './environment.ts';
import { bindCall } from './inline.ts';
import { dynamicLiteral, literalValue } from './literals.ts';
import { membership, termLists } from './membership.ts';
import { selectSql } from './relation.ts';
import { computed, constantInteger, constantString, type Value } from './value.ts';

type Handler = (env: Env, node: SyntaxNode) => Value;

/** Type of a scalar node; refuses where the binder knows none. */
export function scalarTypeOf(node: SyntaxNode): KqlType {
  const type = node.type;
  if (type === 'table' || type === 'tuple' || type === 'none') {
    return refuse('KQL_UNSUPPORTED_EXPRESSION', `the type of ${node.text.slice(0, 60)} is not known`, node);
  }
  return type;
}

function columnReference(env: Env, node: SyntaxNode, name: string): Value {
  const column = env.row?.columns.get(name);
  if (column) return column;
  return refuse('KQL_CORRELATED', `the column ${name} can't be reached from here`, node);
}

const nameReference: Handler = (env, node) => {
  const name = node.name;
  if (node.symbol?.kind === 'Column') return columnReference(env, node, name);
  const binding = env.scope.find(name);
  if (binding?.kind === 'scalar') {
    if (binding.row && binding.row !== env.row) {
      return refuse('KQL_CORRELATED', `${name} depends on a row that can't be reached from here`, node);
    }
    return binding.value;
  }
  if (binding?.kind === 'table') return subqueryValue(env, node);
  if (node.symbol?.kind === 'Function') return functionCall(env, node);
  const column = env.row?.columns.get(name);
  return column ?? refuse('KQL_UNSUPPORTED_EXPRESSION', `${name} is no scalar value here`, node);
};

const binary: Handler = (env, node) => {
  const operator = binaryOperators[node.symbol?.name ?? ''];
  const text = node.token('Operator');
  if (!operator) return refuse('KQL_UNSUPPORTED_EXPRESSION', `the operator ${text} is not supported`, node);
  if (node.need('Left').kind === 'StarExpression') return anyColumn(env, node, operator);
  return operator(scalar(env, node.need('Left')), scalar(env, node.need('Right')), node);
};

/** `* has "x"`: the test holds for some column. */
function anyColumn(
  env: Env,
  node: SyntaxNode,
  operator: (l: Value, r: Value, n: SyntaxNode) => Value,
): Value {
  const right = scalar(env, node.need('Right'));
  const tests = [...(env.row?.columns.values() ?? [])].map(
    (c) => operator(convert(c, 'string'), right, node).sql,
  );
  return computed(`(${tests.length > 0 ? tests.join(' OR ') : '0'})`, 'bool', false);
}

const path: Handler = (env, node) => {
  const base = node.need('Expression');
  const selector = node.need('Selector');
  if (node.symbol?.kind === 'Column') return columnReference(env, node, node.symbol.name);
  const value = scalar(env, base);
  if (value.type !== 'dynamic')
    return refuse('KQL_UNSUPPORTED_EXPRESSION', `${base.text} has no members`, node);
  return selector.kind === 'BracketedExpression'
    ? indexed(env, value, selector)
    : member(value, selector.name);
};

const elementAccess: Handler = (env, node) => {
  const base = scalar(env, node.need('Expression'));
  if (base.type !== 'dynamic') {
    return refuse(
      'KQL_UNSUPPORTED_EXPRESSION',
      `${node.text.slice(0, 60)}: only dynamics have elements`,
      node,
    );
  }
  return indexed(env, base, node.need('Selector'));
};

function indexed(env: Env, base: Value, selector: SyntaxNode): Value {
  const index = scalar(env, selector.need('Expression'));
  const key = constantString(index);
  if (key !== undefined) return member(base, key);
  if (index.type === 'string' || index.type === 'dynamic')
    return memberOf(base, convert(index, 'string').sql);
  const position = constantInteger(index);
  if (position !== undefined) return element(base, String(position >= 0n ? position + 1n : position));
  const sql = convert(index, 'long').sql;
  return element(base, `ifNull(if(${sql} >= 0,${sql} + 1,${sql}),0)`);
}

const between: Handler = (env, node) => {
  const value = scalar(env, node.need('Left'));
  const couple = node.need('Right');
  const low = scalar(env, couple.need('First'));
  const second = scalar(env, couple.need('Second'));
  const relative = second.type === 'timespan' && value.type === 'datetime';
  const high = relative
    ? (binaryOperators['Add']?.(low, second, { type: 'datetime' } as SyntaxNode) ?? second)
    : second;
  const inside = `(${ordering(value, low, '>=').sql} AND ${ordering(value, high, '<=').sql})`;
  const nullable = value.nullable || low.nullable || high.nullable;
  return computed(node.symbol?.name === 'NotBetween' ? `(NOT ${inside})` : inside, 'bool', nullable);
};

function subqueryValue(env: Env, node: SyntaxNode): Value {
  const relation = table(env, node);
  const first = relation.columns[0];
  if (!first) return refuse('KQL_UNSUPPORTED_EXPRESSION', 'the query gives no column', node);
  const sql = selectSql({ ...relation, columns: [first], carried: [], limit: '1' });
  if (first.type === 'string') return computed(`ifNull((${sql}),'')`, 'string', false);
  return { ...computed(`(${sql})`, first.type, true), cheap: true };
}

const toScalar: Handler = (env, node) => {
  const inner = node.need('Expression');
  if (inner.type !== 'table') return scalar({ ...env, row: undefined }, inner);
  return subqueryValue(env, inner);
};

function argumentsOf(env: Env, node: SyntaxNode): { values: Value[]; nodes: SyntaxNode[] } {
  const nodes = node.child('ArgumentList')?.items('Expressions') ?? [];
  return {
    nodes,
    values: nodes.map((n) => scalar(env, n.kind === 'SimpleNamedExpression' ? n.need('Expression') : n)),
  };
}

function fitted(entry: ScalarFunction, values: readonly Value[]): Value[] {
  return values.map((value, i) => {
    const wanted = entry.parameters[i] ?? entry.rest ?? 'any';
    if (wanted === 'any') return value;
    if (wanted !== 'number') return convert(value, wanted);
    return ['int', 'long', 'real', 'decimal'].includes(value.type) ? value : convert(value, 'real');
  });
}

function callBuiltin(env: Env, node: SyntaxNode, name: string, entry: ScalarFunction): Value {
  const { values } = argumentsOf(env, node);
  const least = entry.parameters.length - (entry.optional ?? 0);
  if (values.length < least || (!entry.rest && values.length > entry.parameters.length)) {
    return refuse('KQL_ARGUMENT', `${name}() does not take ${values.length} arguments`, node);
  }
  const args = fitted(entry, values);
  const type = scalarTypeOf(node);
  const built = entry.sql(args, { env, node, type });
  if (typeof built !== 'string') return built.type === type ? built : convert(built, type);
  const nullable = entry.nulls === 'always' || (entry.nulls === 'propagate' && args.some((a) => a.nullable));
  return computed(built, type, nullable);
}

function functionCall(env: Env, node: SyntaxNode): Value {
  const name = node.symbol?.name ?? node.need('Name').name;
  const aggregate = aggregates[name];
  if (aggregate && env.row?.mode === 'aggregate') return callAggregate(env, node, name);
  const entry = functions[name];
  if (entry && !env.scope.find(name)) return callBuiltin(env, node, name, entry);
  const call = bindCall(env, node);
  if (call) return scalar(call.env, call.result);
  if (tupleAggregates[name])
    return refuse('KQL_UNSUPPORTED_EXPRESSION', `${name}() can't be part of an expression`, node);
  const code = env.row?.mode === 'aggregate' ? 'KQL_UNSUPPORTED_AGGREGATE' : 'KQL_UNSUPPORTED_FUNCTION';
  return refuse(code, `${name}() is not supported`, node);
}

function callAggregate(env: Env, node: SyntaxNode, name: string): Value {
  const entry = aggregates[name];
  if (!entry || !env.row) return refuse('KQL_UNSUPPORTED_AGGREGATE', `${name}() is not supported`, node);
  const inner: Env = { ...env, row: { ...env.row, mode: 'scalar' } };
  const { values } = argumentsOf(inner, node);
  if (values.length < entry.parameters[0] || values.length > entry.parameters[1]) {
    return refuse('KQL_ARGUMENT', `${name}() does not take ${values.length} arguments`, node);
  }
  const type = scalarTypeOf(node);
  const sql = entry.sql(values, { inner, node, type, ordinal: env.row.ordinal });
  return computed(sql, type, entry.nullable);
}

const handlers: Readonly<Record<string, Handler>> = {
  NameReference: nameReference,
  LiteralExpression: (_env, node) => literalValue(node),
  CompoundStringLiteralExpression: (_env, node) => literalValue(node),
  DynamicExpression: (_env, node) => dynamicLiteral(node),
  ParenthesizedExpression: (env, node) => scalar(env, node.need('Expression')),
  PrefixUnaryExpression: (env, node) => unary(node.token('Operator'), scalar(env, node.need('Expression'))),
  BinaryExpression: binary,
  PathExpression: path,
  ElementExpression: elementAccess,
  BetweenExpression: between,
  InExpression: membership,
  HasAnyExpression: termLists,
  HasAllExpression: termLists,
  ToScalarExpression: toScalar,
  FunctionCallExpression: functionCall,
  SimpleNamedExpression: (env, node) => scalar(env, node.need('Expression')),
};

/** Compiles any scalar expression; refuses what it does not know. */
export function compileScalar(env: Env, node: SyntaxNode): Value {
  const handler = handlers[node.kind];
  if (handler) return handler(env, node);
  if (node.type === 'table') return subqueryValue(env, node);
  return refuse(
    'KQL_UNSUPPORTED_EXPRESSION',
    `${node.text.slice(0, 60) || node.kind} is not supported here`,
    node,
  );
}
