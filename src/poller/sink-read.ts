import type {
  Checkpoint,
  DeliveryCounts,
  RecordBytes,
  RecordSink,
  SinkRead,
  Window,
} from '../core/collect.ts';
import { addCounts, noCounts, type PollContext } from './context.ts';
import { newestEventMs } from './event-time.ts';

export interface OpenReadInput {
  readonly sink: RecordSink;
  readonly runId: string;
  readonly mode: 'window' | 'continuation';
  readonly window?: Window;
  /** Newest event time known before. */
  readonly lastEventMs: number | undefined;
}

/** One read of the sink with its totals. */
export interface TalliedRead {
  append(records: readonly RecordBytes[], receivedAtMs: number, checkpoint?: Checkpoint): Promise<void>;
  commit(checkpoint: Checkpoint): Promise<DeliveryCounts>;
  abandon(): void;
  /** So far, as far as the sink has told. */
  counts(): DeliveryCounts;
  /** Newest event time, of everything appended too. */
  lastEventMs(): number | undefined;
}

/**
 * A sink may count when a page is appended or when its batch is written. Totals of the whole read are what `commit` says
 * when it covers all that was appended, else the sum over the pages.
 */
export function openRead(context: PollContext, input: OpenReadInput): TalliedRead {
  const window = input.window ? { window: input.window } : {};
  const read: SinkRead = input.sink.open({
    poller: context.config.name,
    mode: input.mode,
    runId: input.runId,
    ...window,
  });
  let appended = 0;
  let counts = noCounts;
  let lastEventMs = input.lastEventMs;
  return {
    async append(records, receivedAtMs, checkpoint) {
      appended += records.length;
      lastEventMs = newestEventMs(records, context.eventTimePath, lastEventMs);
      const dated = checkpoint && lastEventMs !== undefined ? { ...checkpoint, lastEventMs } : checkpoint;
      const got = await read.append({ records, receivedAtMs }, dated);
      counts = addCounts(counts, got);
      const trace = context.traceOf.get(records);
      if (trace && got.received === records.length) context.onRequestCounts(trace, got);
    },
    async commit(checkpoint) {
      const committed = await read.commit(checkpoint);
      return committed.received === appended ? committed : counts;
    },
    abandon: () => read.abandon(),
    counts: () => counts,
    lastEventMs: () => lastEventMs,
  };
}
