/**
 * Reads one window completely and delivers it: the records first, the checkpoint only when the whole window was read.
 *
 * Where rows can shift while they are paged through (newest-first lists, late inserts, removals), a read of several pages
 * proves nothing by itself and is verified:
 * - Unique record keys: every read is delivered (a record seen again is suppressed by its key) and the window is read again
 *   until a read brings nothing new and is the same sequence as the one before. Only then the checkpoint moves. "Nothing
 *   new" alone is no proof: removals in two reads can hide the same row twice, but then the sequences differ.
 * - Otherwise a row that was shifted into the next page can't be told from a second identical event. Reads are held in
 *   memory until two in a row are the same sequence; the last one is delivered.
 * A read of one page needs no proof: the service made it at one moment.
 */
import { createHash } from 'node:crypto';
import type { Checkpoint, DeliveryCounts, RecordBytes, RecordSink, Window } from '../core/collect.ts';
import type { PollBudgets } from './api.ts';
import { addCounts, noCounts, type PollContext } from './context.ts';
import { type ReadPage, readPages } from './page-reader.ts';
import type { RequestTimes } from './request.ts';
import { openRead, type TalliedRead } from './sink-read.ts';

/** Reads of one window before the run says that it can't be settled. */
export const MAX_READS = 4;

export interface WindowReadInput {
  readonly sink: RecordSink;
  readonly runId: string;
  /** Bounds of the requests, overlap included; absent for endpoints without time. */
  readonly bounds?: Window;
  /** Committed before and after; `before` is stored again with records that are delivered early. */
  readonly before: Checkpoint;
  readonly after: Checkpoint;
  readonly budgets: PollBudgets;
  /** False when a smaller window would not help: then budgets give way to the weaker guarantee. */
  readonly splittable: boolean;
}

export interface WindowResult {
  /** `over-budget`: nothing was committed beyond what a repeated read suppresses; read a smaller window. */
  readonly kind: 'done' | 'over-budget';
  readonly counts: DeliveryCounts;
  readonly pages: number;
  /** Pages of the largest single read, for sizing the next window. */
  readonly readPages: number;
  readonly exact: boolean;
  readonly checkpoint: Checkpoint;
}

interface Job {
  readonly context: PollContext;
  readonly input: WindowReadInput;
  readonly times: RequestTimes | undefined;
}

function pagesOf({ context, times }: Job): AsyncGenerator<ReadPage, void> {
  return readPages(context, times ? { times } : {});
}

function openWindowRead({ context, input }: Job): TalliedRead {
  const window = input.bounds ? { window: input.bounds } : {};
  const { sink, runId, before } = input;
  return openRead(context, { sink, runId, mode: 'window', lastEventMs: before.lastEventMs, ...window });
}

function dated(checkpoint: Checkpoint, lastEventMs: number | undefined): Checkpoint {
  return lastEventMs === undefined ? checkpoint : { ...checkpoint, lastEventMs };
}

interface StreamedRead {
  readonly read: TalliedRead;
  readonly pages: number;
  readonly filled: number;
  readonly sequence: string;
  readonly overBudget: boolean;
}

/** Appends each page as it arrives; abandons the read when anything fails. */
async function streamRead(job: Job, limited: boolean): Promise<StreamedRead> {
  const read = openWindowRead(job);
  const sequence = createHash('sha1');
  let pages = 0;
  let filled = 0;
  let overBudget = false;
  try {
    for await (const page of pagesOf(job)) {
      pages += 1;
      if (page.rows > 0) filled += 1;
      for (const digest of page.digests) sequence.update(digest);
      await read.append(page.records, page.receivedAtMs);
      overBudget = limited && pages >= job.input.budgets.pagesPerWindow && page.end === undefined;
      if (overBudget) break;
    }
  } catch (error) {
    read.abandon();
    throw error;
  }
  if (overBudget) read.abandon();
  return { read, pages, filled, sequence: sequence.digest('hex'), overBudget };
}

/** Stable paging, or unique keys: pages go to the sink at once. */
async function readStreaming(job: Job): Promise<WindowResult> {
  const { context, input } = job;
  let counts = noCounts;
  let pages = 0;
  let largest = 0;
  let previous: string | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const streamed = await streamRead(job, input.splittable && attempt === 1);
    pages += streamed.pages;
    largest = Math.max(largest, streamed.pages);
    if (streamed.overBudget)
      return {
        kind: 'over-budget',
        counts,
        pages,
        readPages: largest,
        exact: true,
        checkpoint: input.before,
      };
    const { read } = streamed;
    const shaky = context.strategy.unstable && (streamed.filled > 1 || attempt > 1);
    const lastRead = !shaky || attempt === MAX_READS;
    // Whether a read is the proof, only its commit tells; until then the checkpoint stays where it was.
    const got = await read.commit(lastRead ? dated(input.after, read.lastEventMs()) : input.before);
    counts = addCounts(counts, got);
    const proved = !shaky || (got.new === 0 && streamed.sequence === previous);
    previous = streamed.sequence;
    if (!proved && !lastRead) continue;
    const checkpoint = dated(input.after, read.lastEventMs());
    if (!lastRead) await openWindowRead(job).commit(checkpoint);
    return { kind: 'done', counts, pages, readPages: largest, exact: proved, checkpoint };
  }
}

interface HeldRead {
  readonly pages: readonly ReadPage[];
  readonly digests: readonly string[];
  readonly filled: number;
  /** The rest of the read when it did not fit. */
  readonly rest?: AsyncGenerator<ReadPage, void>;
}

async function holdRead(job: Job): Promise<HeldRead> {
  const { budgets, splittable } = job.input;
  const pages: ReadPage[] = [];
  const source = pagesOf(job);
  let bytes = 0;
  for (;;) {
    const { value: page, done } = await source.next();
    if (done) break;
    pages.push(page);
    bytes += page.recordBytes;
    const full = bytes > budgets.bytesPerWindow || (splittable && pages.length >= budgets.pagesPerWindow);
    if (full && page.end === undefined) return { ...summary(pages), rest: source };
  }
  return summary(pages);
}

function summary(pages: readonly ReadPage[]): HeldRead {
  return {
    pages,
    digests: pages.flatMap((page) => page.digests),
    filled: pages.filter((page) => page.rows > 0).length,
  };
}

function sameSequence(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((digest, i) => digest === b[i]);
}

/** Most occurrences of each record in any one read. */
type Occurrences = Map<string, { readonly record: RecordBytes; count: number }>;

function tally(pages: readonly ReadPage[]): Occurrences {
  const seen: Occurrences = new Map();
  for (const page of pages) {
    page.records.forEach((record, i) => {
      const known = seen.get(page.digests[i]!);
      if (known) known.count += 1;
      else seen.set(page.digests[i]!, { record, count: 1 });
    });
  }
  return seen;
}

function mergeMost(most: Occurrences, read: Occurrences): void {
  for (const [digest, { record, count }] of read) {
    const known = most.get(digest);
    if (!known) most.set(digest, { record, count });
    else if (count > known.count) known.count = count;
  }
}

/** Records that earlier reads had more often than the last one. */
function missingFrom(most: Occurrences, last: Occurrences): RecordBytes[] {
  return [...most].flatMap(([digest, { record, count }]) => {
    const lacking = count - (last.get(digest)?.count ?? 0);
    return lacking > 0 ? Array.from({ length: lacking }, () => record) : [];
  });
}

/** Hands held pages over, then the rest of a read that did not fit. */
async function deliver(
  job: Job,
  held: HeldRead,
  extra: readonly RecordBytes[],
): Promise<{ counts: DeliveryCounts; checkpoint: Checkpoint; rest: number }> {
  const read = openWindowRead(job);
  let rest = 0;
  let receivedAtMs = job.context.clock.now();
  try {
    for (const page of held.pages) {
      receivedAtMs = page.receivedAtMs;
      await read.append(page.records, receivedAtMs);
    }
    for await (const page of held.rest ?? []) {
      rest += 1;
      await read.append(page.records, page.receivedAtMs);
    }
    if (extra.length > 0) await read.append(extra, receivedAtMs);
    const checkpoint = dated(job.input.after, read.lastEventMs());
    return { counts: await read.commit(checkpoint), checkpoint, rest };
  } catch (error) {
    read.abandon();
    throw error;
  }
}

/** Unstable paging without unique keys: nothing is delivered before two reads in a row agree. */
async function readHeld(job: Job): Promise<WindowResult> {
  const { input } = job;
  const most: Occurrences = new Map();
  let held = await holdRead(job);
  let pages = held.pages.length;
  const largest = pages;
  if (held.rest && input.splittable) {
    await held.rest.return();
    return {
      kind: 'over-budget',
      counts: noCounts,
      pages,
      readPages: pages,
      exact: true,
      checkpoint: input.before,
    };
  }
  let exact = !held.rest && held.filled <= 1;
  mergeMost(most, tally(held.pages));
  for (let reads = 1; !exact && !held.rest && reads < MAX_READS; reads += 1) {
    const again = await holdRead(job);
    pages += again.pages.length;
    exact = !again.rest && sameSequence(held.digests, again.digests);
    held = again;
    mergeMost(most, tally(again.pages));
  }
  const extra = exact || held.rest ? [] : missingFrom(most, tally(held.pages));
  const delivered = await deliver(job, held, extra);
  return {
    kind: 'done',
    counts: delivered.counts,
    pages: pages + delivered.rest,
    readPages: largest,
    exact,
    checkpoint: delivered.checkpoint,
  };
}

/** @throws whatever a request or the sink throws; then the checkpoint has not moved */
export function readWindow(context: PollContext, input: WindowReadInput): Promise<WindowResult> {
  const times = input.bounds ? { ...input.bounds, sendEnd: true } : undefined;
  const job: Job = { context, input, times };
  return context.strategy.unstable && !context.uniqueKeys ? readHeld(job) : readStreaming(job);
}
