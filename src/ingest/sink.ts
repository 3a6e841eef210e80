import type { Clock } from '../core/clock.ts';
import type {
  Checkpoint,
  DeliveryCounts,
  ReadOptions,
  RecordPage,
  RecordSink,
  SinkRead,
} from '../core/collect.ts';
import { SluiceError } from '../core/errors.ts';
import type { IngestEvent, IngestLimits } from './api.ts';
import {
  type BatchOwner,
  type BatchPage,
  type CommitContext,
  commitCheckpoint,
  type NewRecord,
} from './batch-commit.ts';
import type { Committer } from './committer.ts';
import type { EventTimeReader } from './event-time.ts';
import { createReadLedger, type ReadLedger } from './ledger.ts';
import { recheck } from './recheck.ts';
import type { RecordKey, RecordKeyReader } from './record-key.ts';
import { type SourceLock, withLock } from './source-lock.ts';

export interface SinkContext {
  readonly commit: CommitContext;
  readonly committer: Committer;
  readonly clock: Clock;
  readonly limits: IngestLimits;
  readonly lock: SourceLock;
  readonly owner: Omit<BatchOwner, 'runId' | 'window' | 'poller' | 'beside'>;
  readonly keyOf: RecordKeyReader;
  readonly eventTimeOf: EventTimeReader;
  /** Resolves when the outbox has room. */
  readonly waitForRoom: () => Promise<void>;
  readonly onCommitted: (event: Extract<IngestEvent, { kind: 'segment-committed' }>) => void;
}

export function createRecordSink(context: SinkContext): RecordSink {
  return { open: (options) => new BatchingRead(context, options) };
}

const none: DeliveryCounts = { received: 0, new: 0, duplicate: 0 };

/**
 * One complete read, cut into batches.
 *
 * States: open → closed (commit, abandon or a failed commit). Invariants:
 * - #records holds only new records, in order; #pages says how many of each page are in it.
 * - #checkpoint is the checkpoint of the last page that is wholly in committed or pending records.
 * - A window read may be cut anywhere: after a stop it is read again from its first row. A continuation may be cut only
 *   where a checkpoint says how to go on, because its occurrences count on and what is read twice would count as new.
 */
class BatchingRead implements SinkRead {
  readonly #context: SinkContext;
  readonly #options: ReadOptions;
  readonly #owner: BatchOwner;
  readonly #ledger: ReadLedger;
  #generation: number;
  #records: NewRecord[] = [];
  #pages: BatchPage[] = [];
  #bytes = 0;
  #checkpoint: Checkpoint | undefined;
  #openedAtMs: number | undefined;
  #closed: string | undefined;

  constructor(context: SinkContext, options: ReadOptions) {
    this.#context = context;
    this.#options = options;
    const { poller, runId, window, beside = false } = options;
    this.#owner = { ...context.owner, poller, runId, window, beside };
    this.#generation = context.lock.generation;
    this.#ledger = createReadLedger({
      db: context.commit.state.db,
      sourceId: context.owner.sourceId,
      mode: options.mode,
    });
  }

  async append(page: RecordPage, checkpoint?: Checkpoint): Promise<DeliveryCounts> {
    this.#requireOpen();
    await this.#context.waitForRoom();
    return this.#closingOnError(async () => {
      const keys = page.records.map((record) => this.#context.keyOf(record));
      const occurrences = await this.#ledger.classify(keys);
      const count = await this.#take(page, keys, occurrences);
      this.#openedAtMs ??= this.#context.clock.now();
      if (checkpoint) this.#checkpoint = checkpoint;
      if (this.#isDue() && (this.#options.mode === 'window' || checkpoint)) await this.#flush();
      return { received: page.records.length, new: count, duplicate: page.records.length - count };
    });
  }

  /** Counts of records that `append` has not reported already: none. */
  async commit(checkpoint: Checkpoint): Promise<DeliveryCounts> {
    this.#requireOpen();
    return this.#closingOnError(async () => {
      this.#checkpoint = checkpoint;
      await this.#flush();
      this.#closed = 'committed';
      return none;
    });
  }

  abandon(): void {
    this.#closed ??= 'abandoned';
    this.#reset();
  }

  async #take(page: RecordPage, keys: readonly RecordKey[], occurrences: readonly number[]): Promise<number> {
    let count = 0;
    for (const [i, bytes] of page.records.entries()) {
      const key = keys[i]!;
      const occurrence = occurrences[i]!;
      if (occurrence === 0) continue;
      count += 1;
      // A page larger than a batch is cut; its checkpoint moves with its last part.
      if (this.#isFull() && this.#options.mode === 'window') await this.#flush();
      this.#push(page, { bytes, key: key.hex, occurrence, eventMs: this.#context.eventTimeOf(bytes) });
    }
    return count;
  }

  #push(page: RecordPage, record: NewRecord): void {
    this.#openedAtMs ??= this.#context.clock.now();
    this.#records.push(record);
    this.#bytes += record.bytes.length + 1;
    const last = this.#pages.at(-1);
    if (last?.receivedAtMs === page.receivedAtMs) last.records += 1;
    else this.#pages.push({ receivedAtMs: page.receivedAtMs, records: 1 });
  }

  #isFull(): boolean {
    const { batchRecords, batchBytes } = this.#context.limits;
    return this.#records.length >= batchRecords || this.#bytes >= batchBytes;
  }

  #isDue(): boolean {
    if (this.#isFull()) return true;
    const { clock, limits } = this.#context;
    return this.#openedAtMs !== undefined && clock.now() - this.#openedAtMs >= limits.batchMs;
  }

  async #flush(): Promise<void> {
    const { lock } = this.#context;
    await withLock(lock, async () => {
      if (lock.generation !== this.#generation) await this.#recheck();
      if (this.#records.length > 0) await this.#commitRecords();
      else if (this.#checkpoint) await commitCheckpoint(this.#context.commit, this.#owner, this.#checkpoint);
      this.#generation = lock.generation;
    });
    this.#reset();
  }

  async #commitRecords(): Promise<void> {
    const batch = { records: this.#records, pages: this.#pages, checkpoint: this.#checkpoint };
    const { sidecar, bytes } = await this.#context.committer.commit(this.#owner, batch);
    this.#context.lock.generation += 1;
    this.#ledger.committed(this.#records.map((record) => record.key));
    this.#context.onCommitted({
      kind: 'segment-committed',
      connectionId: this.#owner.connectionId,
      segmentId: sidecar.segmentId,
      records: sidecar.records,
      bytes,
    });
  }

  /** Somebody else committed records of this source since they were looked up. */
  async #recheck(): Promise<void> {
    const rest = await recheck({
      db: this.#context.commit.state.db,
      sourceId: this.#owner.sourceId,
      records: this.#records,
      pages: this.#pages,
    });
    this.#records = rest.records;
    this.#pages = rest.pages;
  }

  #reset(): void {
    this.#records = [];
    this.#pages = [];
    this.#bytes = 0;
    this.#checkpoint = undefined;
    this.#openedAtMs = undefined;
  }

  #requireOpen(): void {
    if (this.#closed === undefined) return;
    throw new SluiceError({
      code: 'INGEST_READ_CLOSED',
      message: `this read was ${this.#closed}`,
      hint: 'Open another read; the ledger keeps what was committed.',
    });
  }

  /** After a failed commit nobody can say what is stored, so the read ends; the next one finds out by the ledger. */
  async #closingOnError<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#closed ??= 'broken off by an error';
      this.#reset();
      throw error;
    }
  }
}
