import { createHash, randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { QueryService, QueryStream } from '../api/services.ts';
import type { Clock } from '../core/clock.ts';
import type { Diagnostic } from '../core/diagnostics.ts';
import { SluiceError } from '../core/errors.ts';
import type { ColumnType } from '../definition/model.ts';
import type { Engine, EngineTable } from '../engine/api.ts';
import { quoteIdentifier } from '../engine/sql-text.ts';
import type {
  CompileRequest,
  CompileResult,
  CompileSuccess,
  KqlColumn,
  KqlCompiler,
  KqlTable,
  KqlType,
} from '../kql/api.ts';
import { toCell } from '../kql/result.ts';
import type { SupportedKql } from '../kql/supported.ts';
import type { Database } from '../state/schema.ts';

export interface QueryRunner extends QueryService {
  /** Keeps the newest stored compilations. */
  pruneCompiled(keep: number): Promise<void>;
  /** Runs a query of ours or of a definition to its end; compiled SQL is stored, so that the parser need not start again. */
  rows(
    text: string,
    options?: { readonly maxRows?: number; readonly signal?: AbortSignal },
  ): Promise<{ columns: readonly KqlColumn[]; rows: unknown[][] }>;
}

interface QueryRunnerOptions {
  readonly engine: Engine;
  readonly kql: KqlCompiler;
  readonly db: Kysely<Database>;
  readonly clock: Clock;
  readonly supported: SupportedKql;
  /** Of the compiler; stored SQL of another one is not used. */
  readonly version: string;
  /** Memory that one query may take, bytes. */
  readonly memoryBytes: number;
}

function kqlType(type: ColumnType): KqlType {
  return type === 'boolean' ? 'bool' : type;
}

/** People read from the left: the time first, what the runtime adds last. */
function columnRank(name: string): number {
  if (name === 'TimeGenerated') return 0;
  return runtimeColumns.has(name) ? 2 : 1;
}

const runtimeColumns = new Set([
  '_TimeReceived',
  '_ItemId',
  '_SegmentId',
  'Type',
  'TenantId',
  'SourceSystem',
]);

function kqlTable(table: EngineTable): KqlTable {
  return {
    name: table.name,
    sql: `sluice.${quoteIdentifier(table.name)}`,
    columns: table.columns
      .map((c) => ({ name: c.name, type: kqlType(c.type) }))
      .sort((a, b) => columnRank(a.name) - columnRank(b.name)),
  };
}

/** Carries the findings of a text that did not compile; the API shows them beside the editor. */
export class KqlRefusedError extends SluiceError {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const first = diagnostics.find((d) => d.severity === 'error') ?? diagnostics[0];
    super({
      code: first?.code ?? 'KQL_REFUSED',
      message: first?.message ?? 'The query was refused',
      ...(first?.hint ? { hint: first.hint } : {}),
      ...(first?.place ? { place: first.place } : {}),
    });
    this.diagnostics = diagnostics;
  }
}

function succeeded(result: CompileResult): CompileSuccess {
  if (result.ok) return result;
  throw new KqlRefusedError(result.diagnostics);
}

/** Compiles KQL against the tables that exist, runs it under limits, and turns engine values into cells. */
export function createQueryRunner({
  engine,
  kql,
  db,
  clock,
  supported,
  version,
  memoryBytes,
}: QueryRunnerOptions): QueryRunner {
  async function currentTables(): Promise<KqlTable[]> {
    return (await engine.tables()).map(kqlTable);
  }

  function settings(maxRows: number, timeoutSeconds: number) {
    return {
      max_execution_time: timeoutSeconds,
      max_memory_usage: memoryBytes,
      max_result_rows: maxRows + 1,
      max_result_bytes: 512 * 1024 * 1024,
      result_overflow_mode: 'throw',
    };
  }

  /** Stored by everything that decides the SQL, so that a query asked again, also after a restart, does not start the parser. */
  async function compileStored(
    text: string,
    maxRows: number,
    timeRange?: CompileRequest['timeRange'],
  ): Promise<CompileSuccess> {
    const tables = await currentTables();
    const id = createHash('sha256')
      .update(JSON.stringify([version, text, maxRows, timeRange ?? null, tables]))
      .digest('hex');
    const stored = await db
      .selectFrom('compiled')
      .selectAll()
      .where('id', '=', id)
      .where('kind', '=', 'query')
      .executeTakeFirst();
    if (stored)
      return {
        ok: true,
        sql: stored.sql,
        columns: JSON.parse(stored.columns_json) as KqlColumn[],
        tables: [],
        diagnostics: [],
      };
    const result = succeeded(
      await kql.compile({ text, mode: 'query', tables, maxRows, ...(timeRange ? { timeRange } : {}) }),
    );
    // Findings are not stored; a text that has some is compiled each time, so that they are seen each time.
    if (result.diagnostics.length > 0) return result;
    await db
      .insertInto('compiled')
      .values({
        id,
        kind: 'query',
        kql: text,
        sql: result.sql,
        columns_json: JSON.stringify(result.columns),
        created_at: clock.now(),
      })
      .onConflict((c) => c.doNothing())
      .execute();
    return result;
  }

  function cells(columns: readonly KqlColumn[], row: readonly unknown[]): unknown[] {
    return columns.map((column, index) => toCell(column.type, row[index]));
  }

  return {
    async rows(text, options = {}) {
      const maxRows = options.maxRows ?? 10_000;
      const compiled = await compileStored(text, maxRows);
      const result = await engine.query(compiled.sql, {
        queryId: randomUUID(),
        settings: settings(maxRows, 30),
        ...(options.signal ? { signal: options.signal } : {}),
      });
      return {
        columns: compiled.columns,
        rows: result.rows.slice(0, maxRows).map((row) => cells(compiled.columns, row)),
      };
    },

    async run(input, signal): Promise<QueryStream> {
      const timeRange =
        input.from || input.to
          ? { ...(input.from ? { from: input.from } : {}), ...(input.to ? { to: input.to } : {}) }
          : undefined;
      const compiled = await compileStored(input.query, input.maxRows, timeRange);
      const queryId = input.queryId ?? randomUUID();
      let truncated = false;
      async function* blocks() {
        let sent = 0;
        for await (const block of engine.queryStream(compiled.sql, {
          queryId,
          signal,
          settings: settings(input.maxRows, input.timeoutSeconds),
        })) {
          const room = input.maxRows - sent;
          const rows = block.rows.slice(0, room).map((row) => cells(compiled.columns, row));
          truncated ||= block.rows.length > room;
          sent += rows.length;
          if (rows.length > 0) yield rows;
        }
      }
      return {
        queryId,
        columns: compiled.columns,
        diagnostics: compiled.diagnostics,
        blocks: blocks(),
        truncated: () => truncated,
      };
    },

    async validate(query) {
      const result = await kql.compile({
        text: query,
        mode: 'query',
        tables: await currentTables(),
        maxRows: 10_000,
      });
      return { diagnostics: [...result.diagnostics], columns: result.ok ? [...result.columns] : null };
    },

    async pruneCompiled(keep) {
      const oldest = await db
        .selectFrom('compiled')
        .select('created_at')
        .where('kind', '=', 'query')
        .orderBy('created_at', 'desc')
        .offset(keep)
        .limit(1)
        .executeTakeFirst();
      if (oldest)
        await db
          .deleteFrom('compiled')
          .where('kind', '=', 'query')
          .where('created_at', '<=', oldest.created_at)
          .execute();
    },

    cancel: (queryId) => engine.cancel(queryId),

    async schema() {
      const tables = await currentTables();
      return {
        tables: tables.map((t) => ({ name: t.name, columns: [...t.columns] })),
        functions: [...supported.functions],
        aggregates: [...supported.aggregates],
        operators: [...supported.operators],
      };
    },
  };
}
