/** What the rest of Sluice knows of ClickHouse, embedded or remote. */
import type { ColumnType } from '../definition/model.ts';

export interface EngineColumn {
  readonly name: string;
  readonly type: ColumnType;
}

export interface EngineTable {
  readonly name: string;
  readonly columns: readonly EngineColumn[];
  readonly retentionDays: number;
}

export interface QueryOptions {
  /** Tag for cancellation; also the engine's query id where it has one. */
  readonly queryId?: string;
  readonly signal?: AbortSignal;
  /** Engine settings for this statement only, e.g. max_execution_time, max_memory_usage, max_result_rows. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** Rows as arrays in column order; 64-bit integers as strings, datetimes as text, everything else as JSON gives it. */
export interface EngineResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  readonly elapsedMs: number;
}

export interface Engine {
  /** A SELECT made by our compiler or by this code base. Never text that a user wrote. */
  query(sql: string, options?: QueryOptions): Promise<EngineResult>;
  /** Same, handing out blocks of rows as they arrive. */
  queryStream(sql: string, options?: QueryOptions): AsyncIterable<EngineResult>;
  /** DDL or INSERT … SELECT. Rejects with ENGINE_UNCONFIRMED when the outcome is unknown (crash, time-out, lost connection). */
  command(sql: string, options?: QueryOptions): Promise<void>;
  /** Asks the engine to stop every statement tagged with this id; returns when asked, not when stopped. */
  cancel(queryId: string): Promise<void>;
  /** Resolves when no statement tagged with the id runs any more; a restarted engine counts as proof. */
  provenGone(queryId: string): Promise<void>;
  /** Creates the table or adds missing columns. Rejects with TABLE_COLUMN_TYPE when a column exists with another type. */
  ensureTable(table: EngineTable): Promise<void>;
  setRetention(table: string, days: number): Promise<void>;
  dropTable(table: string): Promise<void>;
  /** Tables of database `sluice` with columns in KQL types. */
  tables(): Promise<readonly EngineTable[]>;
  status(): EngineStatus;
  close(): Promise<void>;
}

export interface EngineStatus {
  readonly state: 'starting' | 'ready' | 'restarting' | 'stopped';
  readonly pid?: number;
  readonly restarts: number;
  readonly version?: string;
  readonly lastError?: string;
}
