/** A RecordSink in memory with the rules of the real ledger: for tests of the poller alone. */
import { createHash } from 'node:crypto';
import type {
  Checkpoint,
  DeliveryCounts,
  ReadOptions,
  RecordBytes,
  RecordPage,
  RecordSink,
  SinkRead,
} from '../../core/collect.ts';
import { parseJsonPath } from '../../core/json-path.ts';
import { readScalar } from '../../core/json-slice.ts';
import type { RecordKeyConfig } from '../../definition/model.ts';

export interface MemorySinkOptions {
  readonly recordKey?: RecordKeyConfig;
  /** A batch is committed when it holds this many new records; default 10,000. */
  readonly batchRecords?: number;
  /** False: nothing is suppressed, to show that a test can fail. */
  readonly ledger?: boolean;
}

export interface MemorySink extends RecordSink {
  /** Committed records, in order. */
  readonly delivered: string[];
  readonly checkpoint: Checkpoint;
  readonly opened: ReadOptions[];
  /** Checkpoints in the order of their commits. */
  readonly checkpoints: Checkpoint[];
  /** Makes the next `count` commits throw. */
  failCommits(count: number): void;
}

interface Store {
  readonly ledger: Map<string, number>;
  readonly delivered: string[];
  readonly opened: ReadOptions[];
  readonly checkpoints: Checkpoint[];
  checkpoint: Checkpoint;
  failures: number;
}

function keyOf(record: RecordBytes, recordKey: RecordKeyConfig | undefined): string {
  const hash = createHash('sha256');
  if (!recordKey) return hash.update(record).digest('hex');
  for (const path of recordKey.paths)
    hash.update(JSON.stringify(readScalar({ bytes: record, root: 0 }, parseJsonPath(path)) ?? null));
  return hash.digest('hex');
}

class MemoryRead implements SinkRead {
  private pending: { key: string; count: number; text: string }[] = [];
  private readonly seen = new Map<string, number>();
  private pendingCheckpoint: Checkpoint | undefined;
  private totals: DeliveryCounts = { received: 0, new: 0, duplicate: 0 };
  private readonly store: Store;
  private readonly mode: ReadOptions['mode'];
  private readonly options: MemorySinkOptions;

  constructor(store: Store, mode: ReadOptions['mode'], options: MemorySinkOptions) {
    this.store = store;
    this.mode = mode;
    this.options = options;
  }

  private occurrence(key: string): number {
    if (this.options.recordKey?.unique) return 1;
    const before =
      this.seen.get(key) ?? (this.mode === 'continuation' ? (this.store.ledger.get(key) ?? 0) : 0);
    this.seen.set(key, before + 1);
    return before + 1;
  }

  async append(page: RecordPage, checkpoint?: Checkpoint): Promise<DeliveryCounts> {
    let fresh = 0;
    for (const record of page.records) {
      const key = keyOf(record, this.options.recordKey);
      const count = this.occurrence(key);
      const pendingCount = this.pending.filter((entry) => entry.key === key).at(-1)?.count ?? 0;
      const known = Math.max(this.store.ledger.get(key) ?? 0, pendingCount);
      if (this.options.ledger !== false && count <= known) continue;
      fresh += 1;
      this.pending.push({ key, count, text: Buffer.from(record).toString('utf8') });
    }
    if (checkpoint) this.pendingCheckpoint = checkpoint;
    const counts = { received: page.records.length, new: fresh, duplicate: page.records.length - fresh };
    this.totals = {
      received: this.totals.received + counts.received,
      new: this.totals.new + counts.new,
      duplicate: this.totals.duplicate + counts.duplicate,
    };
    if (this.pending.length >= (this.options.batchRecords ?? 10_000)) this.flush();
    return counts;
  }

  private flush(): void {
    if (this.store.failures > 0) {
      this.store.failures -= 1;
      throw new Error('the sink cannot commit');
    }
    for (const { key, count, text } of this.pending) {
      this.store.ledger.set(key, count);
      this.store.delivered.push(text);
    }
    this.pending = [];
    if (!this.pendingCheckpoint) return;
    this.store.checkpoint = this.pendingCheckpoint;
    this.store.checkpoints.push(this.pendingCheckpoint);
    this.pendingCheckpoint = undefined;
  }

  async commit(checkpoint: Checkpoint): Promise<DeliveryCounts> {
    this.pendingCheckpoint = checkpoint;
    this.flush();
    return this.totals;
  }

  abandon(): void {
    this.pending = [];
    this.pendingCheckpoint = undefined;
  }
}

export function createMemorySink(options: MemorySinkOptions = {}): MemorySink {
  const store: Store = {
    ledger: new Map(),
    delivered: [],
    opened: [],
    checkpoints: [],
    checkpoint: {},
    failures: 0,
  };
  return {
    open: (read) => {
      store.opened.push(read);
      return new MemoryRead(store, read.mode, options);
    },
    delivered: store.delivered,
    opened: store.opened,
    checkpoints: store.checkpoints,
    get checkpoint() {
      return store.checkpoint;
    },
    failCommits: (count) => {
      store.failures = count;
    },
  };
}
