/** Reads page after page of one request, as the paging strategy says, under the paging guard. */
import type { PollContext } from './context.ts';
import { type FetchedPage, fetchPage, recordDigest, sequenceDigest } from './page.ts';
import type { PagingEnd } from './paging/api.ts';
import { createPagingGuard } from './paging/guard.ts';
import type { RequestTimes } from './request.ts';

export interface ReadPage extends FetchedPage {
  /** One per record: what makes it the same in another read. */
  readonly digests: readonly string[];
  /** Set on the last page. */
  readonly end: PagingEnd | undefined;
  /** Persistent types: token that this page was asked with, and newest token after it. */
  readonly usedToken: string | undefined;
  readonly token: string | undefined;
}

export interface ReadPagesInput {
  readonly times?: RequestTimes;
  /** Stored token, persistent types only. */
  readonly cursor?: string;
}

/**
 * Gives the pages of one read in order. Cancellation is honoured between pages. Pages that the guard holds come when the
 * next page has shown that they count.
 */
export async function* readPages(
  context: PollContext,
  input: ReadPagesInput,
): AsyncGenerator<ReadPage, void> {
  const { strategy, config } = context;
  const guard = createPagingGuard(strategy.unstable);
  let { request, state } = strategy.first(config.paging, input.cursor);
  let held: ReadPage[] = [];
  for (;;) {
    context.signal?.throwIfAborted();
    const cursor = strategy.persistent && state.token !== undefined ? { cursor: state.token } : {};
    const fetched = await fetchPage(context, {
      page: request,
      ...cursor,
      ...(input.times ? { times: input.times } : {}),
    });
    const digests = fetched.records.map((record) => recordDigest(context, record));
    const step = strategy.next({ page: fetched, state, config: config.paging });
    const verdict = guard({ rows: fetched.rows, digest: sequenceDigest(digests) }, step);
    if (verdict === 'drop') return;
    const end = step.kind === 'end' ? step.reason : undefined;
    held.push({ ...fetched, digests, end, usedToken: state.token, token: step.state.token });
    if (verdict === 'keep') {
      yield* held;
      held = [];
    }
    if (step.kind === 'end') return;
    ({ request, state } = step);
  }
}
