import type { Diagnostic } from '../../core/diagnostics.ts';
import type { CompileRequest } from '../api.ts';
import { KqlRefusal, type Span } from '../errors.ts';
import type { SyntaxNode } from '../parser/syntax.ts';
import type { AliasSource, Column, Relation } from './relation.ts';
import type { Value } from './value.ts';

/** What a name of a let, a parameter or an `as` stands for. */
export type Binding =
  | { readonly kind: 'scalar'; readonly value: Value; readonly row: Row | undefined }
  | { readonly kind: 'table'; readonly build: () => Relation }
  | { readonly kind: 'function'; readonly scope: Scope };

/** Names in reach, innermost first. */
export class Scope {
  private readonly names = new Map<string, Binding>();
  private readonly parent: Scope | undefined;

  constructor(parent?: Scope) {
    this.parent = parent;
  }
  define(name: string, binding: Binding): void {
    this.names.set(name, binding);
  }
  find(name: string): Binding | undefined {
    return this.names.get(name) ?? this.parent?.find(name);
  }
}

/** The row that an expression is about. */
export interface Row {
  readonly columns: ReadonlyMap<string, Column>;
  /** `aggregate` inside summarize, where column values are only reached through aggregates. */
  readonly mode: 'scalar' | 'aggregate';
  /** ORDER BY of the rows, for row_number, prev and next; '' when they have none. */
  readonly order: string;
  /** SQL that numbers the rows in their order, for aggregates that keep it. */
  readonly ordinal?: string | undefined;
}

/** State of one compilation. */
export interface Compilation {
  readonly request: CompileRequest;
  readonly aliases: AliasSource;
  readonly tables: Set<string>;
  readonly diagnostics: Diagnostic[];
  readonly text: string;
  /** Names of missing tables that fuzzy unions leave out. */
  readonly missing: Set<string>;
  scalar(env: Env, node: SyntaxNode): Value;
  table(env: Env, node: SyntaxNode): Relation;
  /** Wraps `| operator` around a given input. */
  apply(env: Env, input: Relation, node: SyntaxNode): Relation;
}

export interface Env {
  readonly compilation: Compilation;
  readonly scope: Scope;
  readonly row: Row | undefined;
}

/** Compiles a scalar expression. */
export function scalar(env: Env, node: SyntaxNode): Value {
  return env.compilation.scalar(env, node);
}

/** Compiles a tabular expression; the row around it is out of reach. */
export function table(env: Env, node: SyntaxNode): Relation {
  return env.compilation.table({ ...env, row: undefined }, node);
}

export function rowOf(
  relation: Relation,
  options: { mode?: Row['mode']; order?: string; ordinal?: string } = {},
): Row {
  return {
    columns: new Map(relation.columns.map((c) => [c.name, c])),
    mode: options.mode ?? 'scalar',
    order: options.order ?? '',
    ordinal: options.ordinal,
  };
}

export function withRow(env: Env, row: Row): Env {
  return { ...env, row };
}

export function refuse(
  code: ConstructorParameters<typeof KqlRefusal>[0],
  message: string,
  at: { readonly span: Span } | undefined,
  hint?: string,
): never {
  throw new KqlRefusal(code, message, { span: at?.span, ...(hint ? { hint } : {}) });
}

/** Named parameters of an operator such as `kind=inner`, lower-cased names. */
export function operatorOptions(node: SyntaxNode, list = 'Parameters'): Map<string, SyntaxNode> {
  const out = new Map<string, SyntaxNode>();
  for (const item of node.items(list)) {
    const value = item.child('Expression');
    if (value) out.set(item.need('Name').name.toLowerCase(), value);
  }
  return out;
}

/** Options that only guide Kusto's execution and don't change a result. */
export function refuseUnknownOptions(
  node: SyntaxNode,
  options: ReadonlyMap<string, SyntaxNode>,
  known: readonly string[],
): void {
  for (const [name, value] of options) {
    if (!known.includes(name) && !name.startsWith('hint.')) {
      refuse(
        'KQL_UNSUPPORTED_OPTION',
        `the option ${name} of ${node.kind.replace('Operator', '').toLowerCase()} is not supported`,
        value,
      );
    }
  }
}
