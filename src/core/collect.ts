/**
 * The seam between poller and storage: the poller reads pages and hands record bytes to a RecordSink;
 * ingest implements the sink. Neither knows the other.
 */

/** Half-open [startMs, endMs), UTC milliseconds, whole seconds. Bounds are frozen for the window's life. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Where a connection goes on. `windowEndMs` is the end of the last completely delivered window;
 * `cursor` the last non-empty persistent token or link (persistent paging types only).
 */
export interface Checkpoint {
  readonly windowEndMs?: number;
  readonly cursor?: string;
  /** Newest event time delivered, for fall-back when a cursor is lost. */
  readonly lastEventMs?: number;
}

/** One record as sliced from a page: its exact JSON text on one line (white space outside strings removed), UTF-8. */
export type RecordBytes = Uint8Array;

/** The records of one response, in response order. */
export interface RecordPage {
  readonly records: readonly RecordBytes[];
  readonly receivedAtMs: number;
}

/** Counts of what became of records handed over. */
export interface DeliveryCounts {
  readonly received: number;
  readonly new: number;
  readonly duplicate: number;
}

export interface ReadOptions {
  /** Source of the records: poller name inside the definition (its stream decides the table). */
  readonly poller: string;
  /** The window being read, when the read is of a window. */
  readonly window?: Window;
  /**
   * `window`: a complete read from the first row; occurrences of identical records count from zero.
   * `continuation`: goes on after a committed cursor; occurrences count on from what is stored.
   */
  readonly mode: 'window' | 'continuation';
  readonly runId: string;
  /** True: the read goes on beside live polling (an old window once more). Its checkpoints are not stored. */
  readonly beside?: boolean;
}

/**
 * One complete read. Pages are appended in order; the sink closes batches by itself
 * (10,000 records, 8 MB or 1 s) and at `commit`. A batch commits its records together with `checkpoint`.
 */
export interface SinkRead {
  /** @param checkpoint what to store with the batch that holds this page; omit while the window is unfinished. */
  append(page: RecordPage, checkpoint?: Checkpoint): Promise<DeliveryCounts>;
  /** Flushes what is left and stores the checkpoint, also when no record was new. */
  commit(checkpoint: Checkpoint): Promise<DeliveryCounts>;
  /** Forgets records not yet committed. Committed batches stay; the ledger suppresses them next time. */
  abandon(): void;
}

export interface RecordSink {
  open(options: ReadOptions): SinkRead;
}
