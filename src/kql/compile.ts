import type { Diagnostic } from '../core/diagnostics.ts';
import { hasErrors } from '../core/diagnostics.ts';
import type { CompileRequest, CompileResult, KqlColumn } from './api.ts';
import { pruned } from './clickhouse/prune.ts';
import { diagnosticOf, type KqlErrorCode, KqlRefusal } from './errors.ts';
import { bindForgiving } from './parser/fuzzy.ts';
import type { BoundText } from './parser/library.ts';
import { SyntaxNode } from './parser/syntax.ts';
import { type PreparedText, prepareText } from './parser/text.ts';
import { transformFunctions } from './parser/transform-functions.ts';
import { type Compilation, type Env, refuse, Scope } from './plan/environment.ts';
import { compileScalar } from './plan/expression.ts';
import { defineStatements } from './plan/inline.ts';
import { applyOperator, compileTable } from './plan/pipeline.ts';
import { AliasSource, closed, type Relation, schemaOf, selectSql } from './plan/relation.ts';

function findings(request: CompileRequest, bound: BoundText, prepared: PreparedText): Diagnostic[] {
  const out: Diagnostic[] = [];
  for (const finding of bound.findings) {
    const isError = finding.severity === 'Error';
    const code: KqlErrorCode = isError ? (finding.syntax ? 'KQL_SYNTAX' : 'KQL_BIND') : 'KQL_WARNING';
    out.push(
      diagnosticOf({
        code,
        severity: isError ? 'error' : finding.severity === 'Warning' ? 'warning' : 'info',
        message: `${finding.message} (${finding.code})`,
        span: { start: prepared.original(finding.start), end: prepared.original(finding.end) },
        text: request.text,
      }),
    );
  }
  return out;
}

/** Characters of SQL at most; the engine's max_query_size must allow as much. */
const statementLimit = 1_000_000;

/** The one expression that is the query. */
function queryOf(statements: readonly SyntaxNode[]): SyntaxNode {
  const expressions = statements.filter((s) => s.kind === 'ExpressionStatement');
  const [first, second] = expressions;
  if (!first) return refuse('KQL_NO_QUERY', 'the text holds no query', statements.at(-1));
  if (second) return refuse('KQL_MULTIPLE_RESULTS', 'the text holds more than one query', second);
  return first.need('Expression');
}

/** Outermost SELECT: exact names, row limit, order. */
function finalSql(env: Env, relation: Relation): string {
  const { request, aliases } = env.compilation;
  if (request.mode === 'transform') return selectSql({ ...relation, columns: storedColumns(relation) });
  const limit = request.maxRows === undefined ? undefined : String(request.maxRows + 1);
  if (limit === undefined) return selectSql(relation, { ordered: true });
  const base = relation.limit === undefined ? relation : closed(relation, aliases);
  return selectSql({ ...base, limit }, { ordered: true });
}

/** Tables store a null dynamic as '': NULL does not fit their String columns. */
function storedColumns(relation: Relation): Relation['columns'] {
  return relation.columns.map((c) =>
    c.type === 'dynamic' ? { ...c, sql: `ifNull(${c.sql},'')`, nullable: false } : c,
  );
}

function compileQuery(env: Env, root: SyntaxNode): { sql: string; columns: KqlColumn[] } {
  const { request } = env.compilation;
  const statements = root.items('Statements');
  const query = queryOf(statements);
  defineStatements(env, statements);
  if (query.type !== 'table') {
    return refuse('KQL_NO_QUERY', 'the text is a value, not a table', query, 'Put print before it.');
  }
  const relation = compileTable(env, query);
  if (query.typed?.open) {
    refuse('KQL_OPEN_SCHEMA', 'the result columns depend on the data', query);
  }
  const source = request.tables.find((t) => t.name === 'source');
  if (request.mode === 'transform' && relation.carried.length !== (source?.carried?.length ?? 0)) {
    refuse('KQL_TRANSFORM_SOURCE', 'the transform does not read the table source row by row', query);
  }
  const clash = relation.columns.find((c) => relation.carried.some((k) => k.name === c.name));
  if (clash) refuse('KQL_BIND', `the column name ${clash.name} is reserved`, query);
  if (request.mode === 'transform' && !env.compilation.tables.has('source')) {
    refuse('KQL_TRANSFORM_SOURCE', 'the transform does not read the table source', query);
  }
  const sql = pruned(finalSql(env, relation));
  if (sql.length > statementLimit)
    refuse('KQL_TOO_LARGE', `the statement has ${sql.length} characters`, query);
  return { sql, columns: schemaOf(relation) };
}

function compilationFor(request: CompileRequest): Compilation {
  return {
    request,
    aliases: new AliasSource(),
    tables: new Set(),
    diagnostics: [],
    text: request.text,
    missing: new Set(),
    scalar: compileScalar,
    table: compileTable,
    apply: applyOperator,
  };
}

/** Parses, binds and compiles one text. Never throws for what a user wrote. */
export function compileKql(request: CompileRequest): CompileResult {
  const compilation = compilationFor(request);
  const prepared = prepareText(request.text);
  const { bound, missing } = bindForgiving(prepared.text, {
    tables: request.tables,
    functions: transformFunctions,
  });
  for (const table of missing) compilation.missing.add(table);
  const root = new SyntaxNode(bound.root);
  const found = findings(request, bound, prepared);
  if (hasErrors(found)) return { ok: false, diagnostics: found };
  try {
    const env: Env = { compilation, scope: new Scope(), row: undefined };
    const { sql, columns } = compileQuery(env, root);
    const diagnostics = [...found, ...compilation.diagnostics];
    return { ok: true, sql, columns, tables: [...compilation.tables], diagnostics };
  } catch (error) {
    return { ok: false, diagnostics: [...found, refusalDiagnostic(request, error, prepared)] };
  }
}

function refusalDiagnostic(request: CompileRequest, error: unknown, prepared: PreparedText): Diagnostic {
  if (error instanceof KqlRefusal) {
    const { start, end } = error.span ?? { start: 0, end: 0 };
    const span = error.span && { start: prepared.original(start), end: prepared.original(end) };
    return diagnosticOf({
      code: error.code,
      message: error.message,
      hint: error.hint,
      span,
      text: request.text,
    });
  }
  const text = error instanceof Error ? error.message : String(error);
  return diagnosticOf({ code: 'KQL_INTERNAL', message: text, text: request.text });
}
