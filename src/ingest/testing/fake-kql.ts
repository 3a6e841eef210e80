import { quoteIdentifier } from '../../engine/sql-text.ts';
import type { CompileRequest, CompileResult, KqlColumn, KqlCompiler } from '../../kql/api.ts';

/** A hand-written transform: result columns as SQL over the stream's columns. */
export interface FakeTransform {
  readonly columns: readonly (KqlColumn & { readonly sql: string })[];
  readonly where?: string;
}

export interface FakeKql extends KqlCompiler {
  readonly compiled: string[];
}

/** A compiler that knows `source` and the given texts, and refuses everything else. */
export function createFakeKql(transforms: Readonly<Record<string, FakeTransform>> = {}): FakeKql {
  const compiled: string[] = [];
  return {
    compiled,
    compile: async (request) => {
      compiled.push(request.text);
      const transform = request.text === 'source' ? identity(request) : transforms[request.text];
      return transform ? success(request, transform) : refusal(request.text);
    },
    close: async () => undefined,
  };
}

function identity(request: CompileRequest): FakeTransform {
  const columns = request.tables[0]?.columns ?? [];
  return { columns: columns.map((column) => ({ ...column, sql: quoteIdentifier(column.name) })) };
}

function success(request: CompileRequest, transform: FakeTransform): CompileResult {
  const table = request.tables[0]!;
  const list = transform.columns.map(
    ({ name, sql }) => `${sql.replaceAll('now()', request.nowSql ?? '')} AS ${quoteIdentifier(name)}`,
  );
  const where = transform.where ? ` WHERE ${transform.where}` : '';
  return {
    ok: true,
    sql: `SELECT ${[...list, ...(table.carried ?? [])].join(', ')} FROM ${table.sql}${where}`,
    columns: transform.columns.map(({ name, type }) => ({ name, type })),
    tables: [table.name],
    diagnostics: [],
  };
}

function refusal(text: string): CompileResult {
  return {
    ok: false,
    diagnostics: [
      {
        code: 'KQL_UNKNOWN',
        severity: 'error',
        message: `the fake compiler does not know ${text}`,
        place: { start: 0, end: text.length },
      },
    ],
  };
}
