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
 * A first poll sends no upper bound: it would be frozen into the cursor and polling could never pass it.
 */
import type { Checkpoint, DeliveryCounts, RecordBytes, RecordSink } from '../core/collect.ts';
import { noCounts, type PollContext } from './context.ts';
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
  readonly onPage: (page: ReadPage) => void;
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
  cursor: Cursor | undefined;
  checkpoint: Checkpoint;
  pages: number;
  exact: boolean;
  tip: boolean;
}

/** The records of a page that are not delivered yet, and whether that is certain. */
function undelivered(page: ReadPage, cursor: Cursor | undefined): { records: readonly RecordBytes[]; certain: boolean } {
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
  return { token: page.token, delivered: { count: page.records.length, digest: sequenceDigest(page.digests) } };
}

/**
 * `windowEndMs` says how far the stream is read. It stays at the start while requests depend on that start: without a
 * cursor, and where start parameters are sent along with the cursor (moving them could cut off events that came late).
 */
function checkpointAfter(context: PollContext, input: CursorReadInput, page: ReadPage, cursor: Cursor | undefined): Checkpoint {
  const { request, paging } = context.config;
  const frozen = cursor === undefined || (usesTime(request) && !paging.pagingQueryParamOnly);
  const atTip = page.end !== undefined && !frozen;
  const windowEndMs = atTip ? wholeSeconds(page.receivedAtMs) : (input.checkpoint.windowEndMs ?? input.startMs);
  return {
    windowEndMs,
    ...(cursor === undefined ? {} : { cursor: formatCursor(cursor) }),
    ...(input.checkpoint.lastEventMs === undefined ? {} : { lastEventMs: input.checkpoint.lastEventMs }),
  };
}

async function takePage(context: PollContext, input: CursorReadInput, progress: Progress, page: ReadPage): Promise<void> {
  const first = progress.pages === 0;
  const fresh = first ? undelivered(page, progress.cursor) : { records: page.records, certain: true };
  const { sink, runId, checkpoint } = input;
  const exactPosition = progress.cursor !== undefined && fresh.certain;
  progress.read ??= openRead(context, { sink, runId, mode: exactPosition ? 'continuation' : 'window', lastEventMs: checkpoint.lastEventMs });
  progress.pages += 1;
  progress.exact &&= fresh.certain;
  progress.cursor = cursorAfter(context, page, progress.cursor);
  progress.checkpoint = checkpointAfter(context, input, page, progress.cursor);
  progress.tip = page.end !== undefined;
  if (fresh.records.length > 0) await progress.read.append(fresh.records, page.receivedAtMs, progress.checkpoint);
  input.onPage(page);
}

async function finish(progress: Progress): Promise<CursorResult> {
  const { read, pages, exact, tip } = progress;
  if (!read) return { counts: noCounts, pages, exact, tip, checkpoint: progress.checkpoint };
  const lastEventMs = read.lastEventMs();
  const checkpoint = lastEventMs === undefined ? progress.checkpoint : { ...progress.checkpoint, lastEventMs };
  return { counts: await read.commit(checkpoint), pages, exact, tip, checkpoint };
}

/** The next page, or what its request threw: pages before it are good and are committed all the same. */
async function nextPage(source: AsyncGenerator<ReadPage, void>): Promise<{ page?: ReadPage; failure?: unknown }> {
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
  const times = usesTime(context.config.request) ? { times: { startMs: input.startMs, endMs: input.limitMs, sendEnd: false } } : {};
  const source = readPages(context, { ...times, ...(cursor ? { cursor: cursor.token } : {}) });
  const progress: Progress = { read: undefined, cursor, checkpoint: input.checkpoint, pages: 0, exact: true, tip: false };
  try {
    for (;;) {
      const { page, failure } = await nextPage(source);
      if (failure !== undefined) return { ...(await finish(progress)), failure };
      if (page) await takePage(context, input, progress, page);
      if (!page || page.end !== undefined || progress.pages === input.maxPages) return await finish(progress);
    }
  } catch (error) {
    progress.read?.abandon();
    throw error;
  } finally {
    await source.return();
  }
}
