/** What the rest of Sluice knows of the KQL compiler. It runs in a process of its own (src/kql/service). */
import type { Diagnostic } from '../core/diagnostics.ts';

export type KqlType =
  | 'bool'
  | 'int'
  | 'long'
  | 'real'
  | 'decimal'
  | 'datetime'
  | 'timespan'
  | 'guid'
  | 'string'
  | 'dynamic';

export interface KqlColumn {
  readonly name: string;
  readonly type: KqlType;
}

/** A table that a query may name. `sql` is what stands after FROM (already quoted); columns are in carrier types of design §5. */
export interface KqlTable {
  readonly name: string;
  readonly sql: string;
  readonly columns: readonly KqlColumn[];
  /**
   * Columns that row-wise operators must carry along although KQL does not see them (transforms: `_sl_key`, `_TimeReceived`, …).
   * Only allowed where every operator is row-wise; anything else is refused.
   */
  readonly carried?: readonly string[];
}

export interface CompileRequest {
  readonly text: string;
  /** `transform`: one input `source`, row-wise operators only, result keeps carried columns. `query`: everything supported. */
  readonly mode: 'query' | 'transform';
  readonly tables: readonly KqlTable[];
  /** SQL for now() and ingestion_time(); transforms pass the receive time column, queries omit it (engine time, fixed per statement). */
  readonly nowSql?: string;
  /** Applied as `where TimeGenerated between` on every table that has TimeGenerated (UI time range). ISO UTC. */
  readonly timeRange?: { readonly from?: string; readonly to?: string };
  /** Rows returned at most; the compiler adds LIMIT n+1 so that truncation can be reported. Queries only. */
  readonly maxRows?: number;
}

export interface CompileSuccess {
  readonly ok: true;
  /** One SELECT. Result columns in order, in carrier types; then carried columns under their own names. */
  readonly sql: string;
  readonly columns: readonly KqlColumn[];
  /** Tables that the query reads. */
  readonly tables: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface CompileFailure {
  readonly ok: false;
  /** At least one error; codes KQL_* with spans. */
  readonly diagnostics: readonly Diagnostic[];
}

export type CompileResult = CompileSuccess | CompileFailure;

export interface KqlCompiler {
  compile(request: CompileRequest): Promise<CompileResult>;
  /** Stops the service process, if it runs. */
  close(): Promise<void>;
}
