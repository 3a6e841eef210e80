import type { SyntaxNode } from '../parser/syntax.ts';
import { type Binding, type Env, refuse, Scope, scalar, table } from './environment.ts';

/** The call of a user's function, ready to be compiled in place: names bound, statements done. */
export interface BoundCall {
  readonly env: Env;
  readonly result: SyntaxNode;
}

const depthLimit = 40;

function argumentNodes(node: SyntaxNode): { byName: Map<string, SyntaxNode>; inOrder: SyntaxNode[] } {
  const byName = new Map<string, SyntaxNode>();
  const inOrder: SyntaxNode[] = [];
  for (const argument of node.child('ArgumentList')?.items('Expressions') ?? []) {
    if (argument.kind === 'SimpleNamedExpression') {
      byName.set(argument.need('Name').name, argument.need('Expression'));
    } else inOrder.push(argument);
  }
  return { byName, inOrder };
}

function bindArgument(env: Env, argument: SyntaxNode): Binding {
  if (argument.type === 'table') {
    return { kind: 'table', build: () => table(env, argument) };
  }
  return { kind: 'scalar', value: scalar(env, argument), row: env.row };
}

/** Defines the lets of a block in a scope. */
export function defineStatements(env: Env, statements: readonly SyntaxNode[]): void {
  for (const statement of statements) {
    if (statement.kind === 'LetStatement') defineLet(env, statement);
    else if (statement.kind !== 'ExpressionStatement' && statement.kind !== 'SetOptionStatement') {
      refuse(
        'KQL_UNSUPPORTED_OPERATOR',
        `${statement.text.split(/\s/)[0] ?? ''} statements are not supported`,
        statement,
      );
    }
  }
}

function defineLet(env: Env, statement: SyntaxNode): void {
  const name = statement.need('Name').name;
  const value = statement.need('Expression');
  const { scope } = env;
  if (value.kind === 'FunctionDeclaration') {
    // Calls are expanded by the binder; what a name inside the body means depends on where the function was declared.
    const closure = new Scope(scope);
    scope.define(name, { kind: 'function', scope: closure });
  } else if (value.type === 'table') {
    const declared: Env = { ...env, scope: new Scope(scope) };
    scope.define(name, { kind: 'table', build: () => table(declared, value) });
  } else if (value.type !== 'none') {
    defineScalar(env, name, value);
  } else {
    refuse('KQL_UNSUPPORTED_EXPRESSION', `the value of let ${name} is not understood`, statement);
  }
}

/** A let that can't be compiled matters only where it is used, so its refusal waits until then. */
function defineScalar(env: Env, name: string, value: SyntaxNode): void {
  const declared: Env = { ...env, scope: new Scope(env.scope) };
  let binding: Binding | undefined;
  env.scope.define(name, {
    kind: 'scalar',
    get value() {
      binding ??= { kind: 'scalar', value: scalar(declared, value), row: env.row };
      return (binding as Extract<Binding, { kind: 'scalar' }>).value;
    },
    row: env.row,
  });
}

let depth = 0;

/** Binds parameters and statements of a user's function for one call; undefined when the function is built in. */
export function bindCall(env: Env, node: SyntaxNode): BoundCall | undefined {
  const expansion = node.expansion();
  if (!expansion) return undefined;
  const name = node.symbol?.name ?? '';
  const found = env.scope.find(name);
  const scope = new Scope(found?.kind === 'function' ? found.scope : undefined);
  const { byName, inOrder } = argumentNodes(node);
  expansion.parameters.forEach((parameter, i) => {
    const argument = byName.get(parameter.name) ?? inOrder[i] ?? parameter.defaultValue;
    if (!argument) return;
    scope.define(parameter.name, bindArgument(env, argument));
  });
  depth++;
  try {
    if (depth > depthLimit) return refuse('KQL_TOO_LARGE', `${name}() calls itself or nests too deep`, node);
    const inner: Env = { ...env, scope };
    defineStatements(inner, expansion.body.items('Statements'));
    return { env: inner, result: expansion.body.need('Expression') };
  } finally {
    depth--;
  }
}
