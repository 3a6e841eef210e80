/**
 * The only file that touches the untyped language service. Its `$ctorN` names are compiler output
 * and change between versions, so package.json pins one.
 */
import { createRequire } from 'node:module';
import type { KqlColumn, KqlType } from '../api.ts';

export interface RawList {
  readonly Count: number;
  getItem(index: number): unknown;
}
export interface RawType {
  readonly Name: string;
  readonly Columns?: RawList;
  readonly IsOpen?: boolean;
}
export interface RawParameter {
  readonly Name: string;
  readonly DefaultValue?: RawElement;
}
export interface RawSignature {
  readonly Parameters: RawList;
}
export interface RawSymbol {
  readonly Name: string;
  readonly Type?: RawType;
  readonly Signatures?: RawList;
}
export interface RawElement {
  readonly TextStart: number;
  readonly End: number;
  readonly ChildCount: number;
  readonly Text?: string;
  readonly SimpleName?: string;
  readonly ResultType?: RawType;
  readonly ReferencedSymbol?: RawSymbol;
  readonly ConstantValue?: unknown;
  GetChild(index: number): RawElement | null;
  GetName(index: number): string;
  GetExpansion?(): RawElement | null;
  toString(): string;
}
interface RawDiagnostic {
  readonly Code: string;
  readonly Severity: string;
  readonly Message: string;
  readonly Start: number;
  readonly Length: number;
}
interface RawCode {
  readonly Syntax: RawElement;
  readonly ResultType?: RawType;
  GetDiagnostics(): RawList;
  GetSyntaxDiagnostics(): RawList;
}
interface RawGlobals {
  WithDatabase(database: unknown): RawGlobals;
}
interface RawCompletion {
  readonly DisplayText: string;
  readonly Kind: unknown;
}
type Constructor = new (...args: readonly unknown[]) => unknown;
interface KustoLibrary {
  readonly GlobalState: { readonly Default: RawGlobals };
  readonly KustoCode: { ParseAndAnalyze(text: string, globals: RawGlobals): RawCode };
  readonly Symbols: {
    readonly TableSymbol: { readonly $ctor4: Constructor };
    readonly ColumnSymbol: Constructor;
    readonly DatabaseSymbol: { readonly $ctor1: Constructor };
    readonly FunctionSymbol: { readonly $ctor16: Constructor };
    readonly ScalarTypes: Readonly<Record<string, unknown>>;
  };
  readonly Syntax: { readonly SyntaxToken: Constructor };
  readonly Editor: {
    readonly KustoCodeService: {
      readonly $ctor1: new (
        text: string,
        globals: RawGlobals,
      ) => { GetCompletionItems(position: number): { readonly Items: RawList } };
    };
  };
}
interface BridgeGlobals {
  readonly Bridge: { getTypeName(value: unknown): string };
  readonly Kusto: { readonly Language: KustoLibrary };
}

let loaded: BridgeGlobals | undefined;

function library(): BridgeGlobals {
  if (!loaded) {
    const require = createRequire(import.meta.url);
    require('@kusto/language-service-next/bridge.min.js');
    require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
    loaded = globalThis as unknown as BridgeGlobals;
  }
  return loaded;
}

const typeSymbols: Record<KqlType, string> = {
  bool: 'Bool',
  int: 'Int',
  long: 'Long',
  real: 'Real',
  decimal: 'Decimal',
  datetime: 'DateTime',
  timespan: 'TimeSpan',
  guid: 'Guid',
  string: 'String',
  dynamic: 'Dynamic',
};

export interface BinderFunction {
  readonly name: string;
  /** Parameter list in KQL, such as `(text: string)`. */
  readonly parameters: string;
  /** Body in KQL, such as `{ text }`; only its type matters. */
  readonly body: string;
}
export interface BinderSchema {
  readonly tables: readonly { readonly name: string; readonly columns: readonly KqlColumn[] }[];
  readonly functions: readonly BinderFunction[];
}

export interface BinderFinding {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly syntax: boolean;
}

export interface BoundText {
  readonly root: RawElement;
  readonly result: RawType | undefined;
  readonly findings: readonly BinderFinding[];
}

/** Every element of one of the library's lists. */
export function listOf<T>(list: RawList | undefined): T[] {
  return list ? Array.from({ length: list.Count }, (_, i) => list.getItem(i) as T) : [];
}

/** Name of the syntax class, such as `FilterOperator`; generic lists give `List` or `SeparatedElement`. */
export function elementKind(element: RawElement): string {
  const name = library().Bridge.getTypeName(element);
  if (name.includes('SeparatedElement')) return name.includes('SyntaxList') ? 'List' : 'SeparatedElement';
  return name.includes('[[') ? 'List' : (name.split('.').pop() ?? name);
}

export function symbolKind(symbol: RawSymbol): string {
  return (library().Bridge.getTypeName(symbol).split('.').pop() ?? '').replace('Symbol', '');
}

export function isToken(element: RawElement): boolean {
  return element instanceof library().Kusto.Language.Syntax.SyntaxToken;
}

function globalsFor(schema: BinderSchema): RawGlobals {
  const { GlobalState, Symbols } = library().Kusto.Language;
  const tables = schema.tables.map((table) => {
    const columns = table.columns.map(
      (c) => new Symbols.ColumnSymbol(c.name, Symbols.ScalarTypes[typeSymbols[c.type]]),
    );
    return new Symbols.TableSymbol.$ctor4(table.name, columns);
  });
  const functions = schema.functions.map(
    (f) => new Symbols.FunctionSymbol.$ctor16(f.name, f.parameters, f.body, null),
  );
  return GlobalState.Default.WithDatabase(
    new Symbols.DatabaseSymbol.$ctor1('sluice', [...tables, ...functions], false),
  );
}

let cached: { readonly key: string; readonly globals: RawGlobals } | undefined;

/** Building symbols for many tables costs more than binding, and editors ask with one schema again and again. */
function cachedGlobals(schema: BinderSchema): RawGlobals {
  const key = JSON.stringify(schema);
  if (cached?.key !== key) cached = { key, globals: globalsFor(schema) };
  return cached.globals;
}

/** Parses and binds a text against tables and functions. */
export function parseAndBind(text: string, schema: BinderSchema): BoundText {
  const code = library().Kusto.Language.KustoCode.ParseAndAnalyze(text, cachedGlobals(schema));
  const syntax = new Set(
    listOf<RawDiagnostic>(code.GetSyntaxDiagnostics()).map((d) => `${d.Code}@${d.Start}+${d.Length}`),
  );
  const findings = listOf<RawDiagnostic>(code.GetDiagnostics()).map((d) => ({
    code: d.Code,
    severity: d.Severity,
    message: d.Message,
    start: d.Start,
    end: d.Start + d.Length,
    syntax: syntax.has(`${d.Code}@${d.Start}+${d.Length}`),
  }));
  return { root: code.Syntax, result: code.ResultType, findings };
}

/** Names that may stand at a place of the text, for editors. */
export function completionsAt(text: string, position: number, schema: BinderSchema): string[] {
  const service = new (library().Kusto.Language.Editor.KustoCodeService.$ctor1)(text, cachedGlobals(schema));
  return listOf<RawCompletion>(service.GetCompletionItems(position).Items).map((item) => item.DisplayText);
}
