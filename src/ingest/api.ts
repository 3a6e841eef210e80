/** What the rest of Sluice knows of ingest. */
import type { ArchiveStore } from '../archive/api.ts';
import type { Clock, Random } from '../core/clock.ts';
import type { Checkpoint, RecordSink, Window } from '../core/collect.ts';
import type { Diagnostic } from '../core/diagnostics.ts';
import type { Definition, PollerConfig, TableSchema } from '../definition/model.ts';
import type { Engine } from '../engine/api.ts';
import type { KqlCompiler } from '../kql/api.ts';
import type { State } from '../state/state.ts';

/** What happened, for health and metrics. Emitted after the fact is durable. */
export type IngestEvent =
  | {
      readonly kind: 'segment-committed';
      readonly connectionId: string;
      readonly segmentId: string;
      readonly records: number;
      readonly bytes: number;
    }
  | {
      readonly kind: 'flow-delivered';
      readonly connectionId: string;
      readonly segmentId: string;
      readonly flow: number;
      readonly table: string;
      readonly rows: number;
      readonly nullTimes: number;
      /** True when the first attempt was not acknowledged and the rows were read back. */
      readonly recovered: boolean;
    }
  | {
      readonly kind: 'records-rejected';
      readonly connectionId: string;
      readonly segmentId: string;
      readonly rejected: number;
    }
  | {
      readonly kind: 'flow-retry';
      readonly connectionId: string;
      readonly segmentId: string;
      readonly flow: number;
      readonly table: string;
      readonly code: string;
      readonly message: string;
      readonly attempt: number;
    }
  | {
      readonly kind: 'flow-failed';
      readonly connectionId: string;
      readonly segmentId: string;
      readonly flow: number;
      readonly table: string;
      readonly code: string;
      readonly message: string;
    }
  | {
      /** The state database or the archive refused; delivery goes on after a pause. */
      readonly kind: 'delivery-stalled';
      readonly code: string;
      readonly message: string;
    }
  | {
      readonly kind: 'recovered';
      readonly intentsDeleted: number;
      readonly listed: number;
      readonly unconfirmed: number;
    };

export interface IngestOptions {
  readonly state: State;
  readonly archive: ArchiveStore;
  readonly engine: Engine;
  readonly kql: KqlCompiler;
  readonly clock: Clock;
  readonly random: Random;
  /** `TenantId` of every row: the data folder's guid. */
  readonly workspaceId: string;
  readonly onEvent?: (event: IngestEvent) => void;
  /** Days that tables keep whose package says nothing; asked when a table is made. Default 90. */
  readonly defaultRetentionDays?: () => Promise<number>;
  /** Part of a transform's pinned version: compiled SQL of another compiler is not reused. */
  readonly compilerVersion?: string;
  readonly limits?: Partial<IngestLimits>;
  /**
   * False leaves out the read-back after an insert that was not acknowledged and repeats its token instead.
   * That loses rows (delivery §1.1): it exists so that tests can prove that they would notice.
   */
  readonly readBack?: boolean;
}

export interface IngestLimits {
  readonly batchRecords: number;
  readonly batchBytes: number;
  readonly batchMs: number;
  /** `append` waits while more outbox rows than this are open. */
  readonly openOutboxRows: number;
  /** Statements at once. */
  readonly concurrency: number;
  /** A flow is given up (state failed, reported) after this many definite errors in a row. */
  readonly attempts: number;
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
}

export const defaultLimits: IngestLimits = {
  batchRecords: 10_000,
  batchBytes: 8 * 1024 * 1024,
  batchMs: 1_000,
  openOutboxRows: 500,
  concurrency: 2,
  attempts: 8,
  retryBaseMs: 1_000,
  retryMaxMs: 60_000,
};

/** A dataFlow ready to run. */
export interface PreparedFlow {
  readonly ordinal: number;
  readonly stream: string;
  readonly table: string;
  readonly kql: string;
  /** Hash of everything that decides the SQL: the pinned transform version. */
  readonly transformId: string;
}

export interface PreparedDefinition {
  readonly definition: Definition;
  /** Flows that compiled; one that did not is only in the diagnostics. */
  readonly flows: readonly PreparedFlow[];
  /** Declared, or inferred from the transforms; without the standard columns of design §5. */
  readonly tables: readonly TableSchema[];
  /** Errors: INGEST_* and KQL_*; warnings: lenient casts, dropped columns. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface SinkOptions {
  readonly connectionId: string;
  readonly definition: Definition;
  readonly poller: PollerConfig;
  /** Hash of definition id, endpoint, non-secret parameters and poller: the scope of the ledger. */
  readonly sourceIdentity: string;
}

/** Where a poller goes on. */
export interface StoredPosition {
  /** Empty when nothing was ever committed. */
  readonly checkpoint: Checkpoint;
  /** A window that was opened and is not committed: its bounds are to be used again. */
  readonly openWindow?: Window;
}

export interface ReindexReport {
  readonly segments: number;
  readonly flows: number;
  readonly rows: number;
  readonly rejected: number;
  readonly problems: readonly {
    readonly segmentId: string;
    readonly flow: number;
    readonly code: string;
    readonly message: string;
  }[];
}

export interface Ingest {
  /** Compiles every dataFlow and stores the SQL. Never throws for what is wrong in the definition: see diagnostics. */
  prepare(definition: Definition): Promise<PreparedDefinition>;
  /** Creates the tables in the engine, or adds columns. @throws SluiceError TABLE_COLUMN_TYPE */
  ensureTables(prepared: PreparedDefinition): Promise<void>;
  /** @throws SluiceError INGEST_TRANSFORM when a flow of the poller's stream did not compile */
  sinkFor(options: SinkOptions): Promise<RecordSink>;
  checkpoint(connectionId: string, poller: string): Promise<StoredPosition>;
  /** Freezes the bounds of a window before its first request. */
  openWindow(connectionId: string, poller: string, window: Window): Promise<void>;
  /** Recovers what a stop left, then delivers in the background until `close`. */
  start(): Promise<void>;
  /** Resolves when every outbox row is delivered or failed. */
  drain(): Promise<void>;
  /** Open outbox rows, of one connection or of all. */
  pendingCount(connectionId?: string): Promise<number>;
  /** Tries failed flows again. Returns how many. */
  retryFailed(): Promise<number>;
  /** Inserts what is missing in the tables, from the archive alone. Rows that are there are left alone. */
  reindex(): Promise<ReindexReport>;
  /**
   * Makes the ledger know what the archive holds, of one source or of all: before an older range than the ledger's horizon is
   * read again, and after the state was lost. Returns how many segments were read.
   */
  restoreLedger(sourceIdentity?: string): Promise<number>;
  /** Stops delivering; a statement under way is left to finish. */
  close(): Promise<void>;
}
