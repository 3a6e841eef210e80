import type { KqlColumn, KqlType } from '../api.ts';
import type { Span } from '../errors.ts';
import {
  elementKind,
  isToken,
  listOf,
  type RawElement,
  type RawParameter,
  type RawSignature,
  type RawType,
  symbolKind,
} from './library.ts';

/** `table` and `tuple` carry columns; `none` stands for anything that is no value. */
export type NodeType = KqlType | 'table' | 'tuple' | 'none';

export interface NodeSymbol {
  /** Column, Variable, Parameter, Table, Function, Operator, Tuple, Group, … */
  readonly kind: string;
  readonly name: string;
}

export interface Parameter {
  readonly name: string;
  readonly defaultValue: SyntaxNode | undefined;
}

/** The body of a user's function as bound for one call. */
export interface Expansion {
  readonly parameters: readonly Parameter[];
  readonly body: SyntaxNode;
}

const scalarTypes: ReadonlySet<string> = new Set([
  'bool',
  'int',
  'long',
  'real',
  'decimal',
  'datetime',
  'timespan',
  'guid',
  'string',
  'dynamic',
]);

/** KQL type of a library type, or undefined where it is none. */
function scalarType(type: RawType | undefined): KqlType | undefined {
  if (!type) return undefined;
  if (type.Name.startsWith('dynamic')) return 'dynamic';
  return scalarTypes.has(type.Name) ? (type.Name as KqlType) : undefined;
}

/** Columns of a table or tuple type; those of unknown type have type undefined. */
export interface TypedColumns {
  readonly columns: readonly { readonly name: string; readonly type: KqlType | undefined }[];
  readonly open: boolean;
}

export function columnsOf(type: RawType | undefined): TypedColumns | undefined {
  if (!type?.Columns) return undefined;
  const columns = listOf<{ readonly Name: string; readonly Type: RawType }>(type.Columns).map((c) => ({
    name: c.Name,
    type: scalarType(c.Type),
  }));
  return { columns, open: type.IsOpen === true };
}

/** Read-only, typed view of one element of the bound syntax tree. */
export class SyntaxNode {
  readonly kind: string;
  readonly span: Span;
  private readonly raw: RawElement;
  private readonly spanOverride: Span | undefined;

  /** @param spanOverride place to report for nodes whose offsets belong to another text (function bodies). */
  constructor(raw: RawElement, spanOverride?: Span) {
    this.raw = raw;
    this.kind = elementKind(raw);
    this.spanOverride = spanOverride;
    this.span = spanOverride ?? { start: raw.TextStart, end: raw.End };
  }

  get text(): string {
    return this.raw.toString().trim();
  }

  /** Plain name without quotes or brackets. */
  get name(): string {
    return this.raw.SimpleName ?? this.raw.ReferencedSymbol?.Name ?? this.text;
  }

  get type(): NodeType {
    const type = this.raw.ResultType;
    const scalar = scalarType(type);
    if (scalar) return scalar;
    if (!type?.Columns) return 'none';
    return this.typeIsTuple ? 'tuple' : 'table';
  }

  private get typeIsTuple(): boolean {
    const type = this.raw.ResultType;
    return type !== undefined && symbolKind(type as never) === 'Tuple';
  }

  get typed(): TypedColumns | undefined {
    return columnsOf(this.raw.ResultType);
  }

  get symbol(): NodeSymbol | undefined {
    const symbol = this.raw.ReferencedSymbol;
    return symbol ? { kind: symbolKind(symbol), name: symbol.Name } : undefined;
  }

  /** Text value of a string literal, escapes resolved. */
  get constantText(): string | undefined {
    const value = this.raw.ConstantValue;
    return typeof value === 'string' ? value : undefined;
  }

  /** Child under a property name; empty optional children are undefined. */
  child(name: string): SyntaxNode | undefined {
    for (let i = 0; i < this.raw.ChildCount; i++) {
      if (this.raw.GetName(i) !== name) continue;
      const child = this.raw.GetChild(i);
      return child ? new SyntaxNode(child, this.spanOverride) : undefined;
    }
    return undefined;
  }

  need(name: string): SyntaxNode {
    const child = this.child(name);
    if (!child) throw new Error(`${this.kind} has no ${name}: ${this.text.slice(0, 80)}`);
    return child;
  }

  /** Text of a token under a property name. */
  token(name: string): string {
    return this.child(name)?.text ?? '';
  }

  get children(): SyntaxNode[] {
    const out: SyntaxNode[] = [];
    for (let i = 0; i < this.raw.ChildCount; i++) {
      const child = this.raw.GetChild(i);
      if (child && !isToken(child)) out.push(new SyntaxNode(child, this.spanOverride));
    }
    return out;
  }

  /** Texts of the tokens that are direct children. */
  get tokens(): string[] {
    const out: string[] = [];
    for (let i = 0; i < this.raw.ChildCount; i++) {
      const child = this.raw.GetChild(i);
      if (child && isToken(child)) out.push(child.toString().trim());
    }
    return out;
  }

  /** Elements of a list under a property name, separators left out. */
  items(name: string): SyntaxNode[] {
    const list = this.child(name);
    if (!list) return [];
    return list.elements;
  }

  /** Elements of this list, separators left out. */
  get elements(): SyntaxNode[] {
    return this.children
      .map((e) => (e.kind === 'SeparatedElement' ? e.children[0] : e))
      .filter((e) => e !== undefined);
  }

  /** Bound body of a user-defined function call, or undefined for built-in functions. */
  expansion(): Expansion | undefined {
    const body = this.raw.GetExpansion?.();
    if (!body) return undefined;
    const signature = listOf<RawSignature>(this.raw.ReferencedSymbol?.Signatures)[0];
    const parameters = listOf<RawParameter>(signature?.Parameters).map((p) => ({
      name: p.Name,
      defaultValue: p.DefaultValue ? new SyntaxNode(p.DefaultValue, this.span) : undefined,
    }));
    return { parameters, body: new SyntaxNode(body, this.span) };
  }
}

/** Columns of a node whose schema must be closed and typed; undefined when it is not. */
export function closedColumns(node: SyntaxNode): readonly KqlColumn[] | undefined {
  const typed = node.typed;
  if (!typed || typed.open) return undefined;
  const out: KqlColumn[] = [];
  for (const column of typed.columns) {
    if (!column.type) return undefined;
    out.push({ name: column.name, type: column.type });
  }
  return out;
}
