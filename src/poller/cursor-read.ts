/**
 * Follows a persistent token: each page is handed over together with the cursor behind it, so that a batch commits its
 * records and the cursor in one act.
 *
 * How the sink must count identical records (its read mode), and why this neither loses nor repeats:
 * - Unique record keys: a record seen again is suppressed by its key. Any mode is right.
 * - No cursor yet: the poll reads the stream from its configured start, in full, so occurrences count from zero (`window`).
 *   The start stays frozen in `windowEndMs` until there is a cursor, or else a later start would not be a complete read.
 * - A position-exact cursor: whatever comes was never delivered, also when an identical record was before. Occurrences go
 *   on from what is stored (`continuation`). Counting from zero here would take a second identical event for the first.
 * - A cursor whose following records are delivered already (see cursor.ts): they come first in the answer. If they are
 *   there as they were, they are left out and the rest is position-exact. If they are not (rows removed or changed), the
 *   records can't be told apart any more: occurrences count from zero, which suppresses what is known, and the run says
 *   `at-least-once`.
 * Counting from zero concerns the first page alone. Its cursor is committed before the second page is handed over, in a
 * read of its own: from there on the position is exact, also for a poll that goes on after a crash.
 * A first poll sends no upper bound: it would be frozen into the cursor and polling could never pass it.
 */
import type { Checkpoint, DeliveryCounts, RecordBytes, RecordSink } from '../core/collect.ts';
import { addCounts, noCounts, type PollContext } from './context.ts';
import { type Cursor, formatCursor, parseCursor } from './cursor.ts';
import { sequenceDigest } from './page.ts';
import { type ReadPage, readPages } from './page-reader.ts';
import { openRead, type TalliedRead } from './sink-read.ts';
import { usesTime } from './times.ts';
import { wholeSeconds } from './windows.ts';

export interface CursorReadInput {
  readonly sink: RecordSink;
  readonly runId: string;
  readonly checkpoint: Checkpoint;
  /** Start of a first poll, and the value of start parameters that go along with a cursor. */
  readonly startMs: number;
  /** Value of end variables, where the definition uses one. */
  readonly limitMs: number;
  /** Stop after this many pages; undefined = at the tip. */
  readonly maxPages?: number;
  readonly onPage: (page: ReadPage, counts: DeliveryCounts) => void;
}

export interface CursorResult {
  readonly counts: DeliveryCounts;
  readonly pages: number;
  readonly exact: boolean;
  readonly checkpoint: Checkpoint;
  readonly tip: boolean;
  /** A request failed, or the signal fired, after the pages that are counted here. */
  readonly failure?: unknown;
}

interface Progress {
  read: TalliedRead | undefined;
  mode: 'window' | 'continuation' | undefined;
  /** Of reads that are committed. */
  counts: DeliveryCounts;
  lastEventMs: number | undefined;
  cursor: Cursor | undefined;
  checkpoint: Checkpoint;
  pages: number;
  exact: boolean;
  tip: boolean;
  sparsePages: number;
}

/**
 * A busy stream may never answer with an empty page: each request finds the few records since the last one, and a run that
 * waits for an empty page would never end. This many pages in a row that are less than half full are the live tip. A short
 * page alone proves nothing; to stop too early costs no record, the next run goes on from the cursor.
 */
const sparsePagesAtTip = 3;

function isSparse(context: PollContext, page: ReadPage): boolean {
  const { pageSize } = context.config.paging;
  return pageSize !== undefined && page.records.length * 2 < pageSize;
}

/** The records of a page that are not delivered yet, and whether that is certain. */
function undelivered(
  page: ReadPage,
  cursor: Cursor | undefined,
): { records: readonly RecordBytes[]; certain: boolean } {
  const known = cursor?.delivered;
  if (!known) return { records: page.records, certain: true };
  const prefix = sequenceDigest(page.digests.slice(0, known.count));
  const same = page.digests.length >= known.count && prefix === known.digest;
  return { records: same ? page.records.slice(known.count) : page.records, certain: same };
}

function cursorAfter(context: PollContext, page: ReadPage, before: Cursor | undefined): Cursor | undefined {
  if (page.token === undefined) return undefined;
  const advanced = page.token !== page.usedToken;
  if (advanced || context.uniqueKeys) return { token: page.token };
  // An empty answer where records were before proves nothing: what was delivered stays on file.
  if (page.records.length === 0) return before ?? { token: page.token };
  return {
    token: page.token,
    delivered: { count: page.records.length, digest: sequenceDigest(page.digests) },
  };
}

/**
 * `windowEndMs` says how far the stream is read. It stays at the start while requests depend on that start: without a
 * cursor, and where start parameters are sent along with the cursor (moving them could cut off events that came late).
 */
function checkpointAfter(
  context: PollContext,
  input: CursorReadInput,
  page: ReadPage,
  progress: Progress,
): Checkpoint {
  const { cursor, lastEventMs } = progress;
  const { request, paging } = context.config;
  const frozen = cursor === undefined || (usesTime(request) && !paging.pagingQueryParamOnly);
  const atTip = progress.tip && !frozen;
  const windowEndMs = atTip
    ? wholeSeconds(page.receivedAtMs)
    : (input.checkpoint.windowEndMs ?? input.startMs);
  return {
    windowEndMs,
    ...(cursor === undefined ? {} : { cursor: formatCursor(cursor) }),
    ...(lastEventMs === undefined ? {} : { lastEventMs }),
  };
}

/** Commits the read that is open, if any, with the checkpoint behind its last page. */
async function closeRead(progress: Progress): Promise<void> {
  const { read } = progress;
  if (!read) return;
  progress.lastEventMs = read.lastEventMs();
  if (progress.lastEventMs !== undefined)
    progress.checkpoint = { ...progress.checkpoint, lastEventMs: progress.lastEventMs };
  progress.counts = addCounts(progress.counts, await read.commit(progress.checkpoint));
  progress.read = undefined;
}

async function takePage(
  context: PollContext,
  input: CursorReadInput,
  progress: Progress,
  page: ReadPage,
): Promise<void> {
  const { sink, runId } = input;
  const first = progress.pages === 0;
  const fresh = first ? undelivered(page, progress.cursor) : { records: page.records, certain: true };
  const mode = first && (progress.cursor === undefined || !fresh.certain) ? 'window' : 'continuation';
  if (progress.pages === 1 && progress.mode === 'window') await closeRead(progress);
  progress.read ??= openRead(context, { sink, runId, mode, lastEventMs: progress.lastEventMs });
  progress.mode = mode;
  progress.pages += 1;
  progress.exact &&= fresh.certain;
  progress.cursor = cursorAfter(context, page, progress.cursor);
  progress.sparsePages = isSparse(context, page) ? progress.sparsePages + 1 : 0;
  progress.tip = page.end !== undefined || progress.sparsePages >= sparsePagesAtTip;
  progress.checkpoint = checkpointAfter(context, input, page, progress);
  if (fresh.records.length > 0)
    await progress.read.append(fresh.records, page.receivedAtMs, progress.checkpoint);
  input.onPage(page, addCounts(progress.counts, progress.read.counts()));
}

async function finish(progress: Progress): Promise<CursorResult> {
  await closeRead(progress);
  const { counts, pages, exact, tip, checkpoint } = progress;
  return { counts, pages, exact, tip, checkpoint };
}

/** The next page, or what its request threw: pages before it are good and are committed all the same. */
async function nextPage(
  source: AsyncGenerator<ReadPage, void>,
): Promise<{ page?: ReadPage; failure?: unknown }> {
  try {
    const { value, done } = await source.next();
    return done ? {} : { page: value };
  } catch (failure) {
    return { failure };
  }
}

/** @throws what the sink throws; failures of requests are in the result */
export async function readCursor(context: PollContext, input: CursorReadInput): Promise<CursorResult> {
  const cursor = parseCursor(input.checkpoint.cursor);
  const times = usesTime(context.config.request)
    ? { times: { startMs: input.startMs, endMs: input.limitMs, sendEnd: false } }
    : {};
  const source = readPages(context, { ...times, ...(cursor ? { cursor: cursor.token } : {}) });
  const progress: Progress = {
    read: undefined,
    mode: undefined,
    counts: noCounts,
    lastEventMs: input.checkpoint.lastEventMs,
    cursor,
    checkpoint: input.checkpoint,
    pages: 0,
    exact: true,
    tip: false,
    sparsePages: 0,
  };
  try {
    for (;;) {
      const { page, failure } = await nextPage(source);
      if (failure !== undefined) return { ...(await finish(progress)), failure };
      if (page) await takePage(context, input, progress, page);
      if (!page || progress.tip || progress.pages === input.maxPages) return await finish(progress);
    }
  } catch (error) {
    progress.read?.abandon();
    throw error;
  } finally {
    await source.return();
  }
}
