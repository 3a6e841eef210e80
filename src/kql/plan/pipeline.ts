import { operators } from '../operators/registry.ts';
import { sources } from '../operators/sources.ts';
import { closedColumns, type SyntaxNode } from '../parser/syntax.ts';
import { type Env, refuse } from './environment.ts';
import { bindCall } from './inline.ts';
import { type Relation, schemaOf } from './relation.ts';
import { scan } from './scan.ts';

const sizeLimit = 4_000_000;

/** Compiles a tabular expression. */
export function compileTable(env: Env, node: SyntaxNode): Relation {
  switch (node.kind) {
    case 'NameReference':
      return named(env, node, node.name);
    case 'ParenthesizedExpression':
    case 'MaterializeExpression':
      return compileTable(env, node.need('Expression'));
    case 'PipeExpression':
      return compilePipe(env, node);
    case 'FunctionCallExpression':
      return tabularCall(env, node);
    default:
      return source(env, node);
  }
}

function source(env: Env, node: SyntaxNode): Relation {
  const entry = sources[node.kind];
  if (!entry) return refuse('KQL_UNSUPPORTED_OPERATOR', `${operatorName(node)} is not supported`, node);
  return checked(entry.compile(env, node), node);
}

function named(env: Env, node: SyntaxNode, name: string): Relation {
  const binding = node.symbol?.kind === 'Table' ? undefined : env.scope.find(name);
  if (binding?.kind === 'table') return binding.build();
  const stored = env.compilation.request.tables.find((t) => t.name === name);
  if (stored && (node.symbol?.kind === 'Table' || !binding)) return scan(env, stored);
  const call = bindCall(env, node);
  if (call) return compileTable(call.env, call.result);
  return refuse('KQL_BIND', `${name} is no table`, node);
}

function tabularCall(env: Env, node: SyntaxNode): Relation {
  const name = node.symbol?.name ?? node.need('Name').name;
  const args = node.child('ArgumentList')?.items('Expressions') ?? [];
  if (name === 'table' && !env.scope.find(name)) {
    const argument = args[0];
    const value = argument ? env.compilation.scalar(env, argument) : undefined;
    const text = value?.constant?.kind === 'text' ? value.constant.text : undefined;
    const stored = env.compilation.request.tables.find((t) => t.name === text);
    if (!stored) return refuse('KQL_BIND', `table(${text ?? '…'}) does not exist`, node);
    return scan(env, stored);
  }
  const only = args[0];
  if (name === 'materialize' && only) return compileTable(env, only);
  const call = bindCall(env, node);
  if (call) return compileTable(call.env, call.result);
  return refuse('KQL_UNSUPPORTED_FUNCTION', `${name}() is not supported`, node);
}

function compilePipe(env: Env, node: SyntaxNode): Relation {
  const operator = node.need('Operator');
  const input = compileTable(env, node.need('Expression'));
  return checked(applyOperator(env, input, operator), node);
}

function operatorName(node: SyntaxNode): string {
  return node.kind === 'EvaluateOperator'
    ? `evaluate ${node.child('FunctionCall')?.child('Name')?.text ?? ''}`
    : (node.text.split(/[\s(]/)[0] ?? node.kind);
}

/** Compiles one `| operator` over its input. */
export function applyOperator(env: Env, input: Relation, node: SyntaxNode): Relation {
  const entry = operators[node.kind];
  if (!entry) return refuse('KQL_UNSUPPORTED_OPERATOR', `${operatorName(node)} is not supported`, node);
  if (env.compilation.request.mode === 'transform' && input.carried.length > 0 && !entry.rowWise) {
    return refuse('KQL_NOT_ROW_WISE', `${operatorName(node)} can't be used in a transform`, node);
  }
  return entry.compile({ ...env, row: undefined }, input, node);
}

/** The columns that we made must be those that the binder sees; anything else would answer another question. */
function checked(relation: Relation, node: SyntaxNode): Relation {
  const operator = node.kind === 'PipeExpression' ? node.need('Operator') : node;
  if (relation.from.length > sizeLimit) refuse('KQL_TOO_LARGE', 'the statement became too large', node);
  if (node.typed?.open) return relation;
  const expected = closedColumns(node);
  if (!expected)
    return refuse('KQL_OPEN_SCHEMA', `the columns of ${operatorName(operator)} are not known`, operator);
  const got = schemaOf(relation);
  const same =
    expected.length === got.length &&
    expected.every((c, i) => c.name === got[i]?.name && c.type === got[i]?.type);
  if (!same) {
    const list = (columns: readonly { name: string; type: string }[]) =>
      columns.map((c) => `${c.name}:${c.type}`).join(',');
    refuse(
      'KQL_INTERNAL',
      `${operatorName(operator)} gave ${list(got)} in place of ${list(expected)}`,
      operator,
    );
  }
  return relation;
}
