import { pollerError } from '../errors.ts';
import type { PagingStep } from './api.ts';

/** Pages of one read, whatever the budgets say (spec CCF §3.4). */
export const MAX_PAGES = 10_000;
/** Services that filter behind their paging send empty pages with tokens, but not this many in a row. */
const MAX_EMPTY_PAGES = 100;

export interface GuardedPage {
  readonly rows: number;
  /** Digest of the records, in order. */
  readonly digest: string;
}

/**
 * `keep`: the page counts, and those held before it.
 * `hold`: it repeats the page before; the next one shows whether that was chance.
 * `drop`: the service knows no paging and had sent all it has; the read ends and held pages do not count.
 */
export type GuardVerdict = 'keep' | 'hold' | 'drop';

export type PagingGuard = (page: GuardedPage, step: PagingStep) => GuardVerdict;

/**
 * Repeated pages. With offsets one repetition can be chance (rows shifted by a whole page, or equal records without ids);
 * a second one shows that the offset is ignored. That is harmless when the first page was short: it was all there is.
 * With tokens, a page that repeats its predecessor and names the same token again shows that the token is ignored.
 */
function createRepeatGuard(unstable: boolean): PagingGuard {
  let before: GuardedPage | undefined;
  let pages = 0;
  let repeats = 0;
  return (page, step) => {
    pages += 1;
    const same = before !== undefined && page.rows > 0 && page.digest === before.digest;
    before = page;
    repeats = same ? repeats + 1 : 0;
    if (!same) return 'keep';
    if (!unstable && !(step.kind === 'end' && step.reason === 'repeated-token')) return 'keep';
    if (unstable && step.kind === 'end') return 'keep';
    if (unstable && repeats === 1) return 'hold';
    if (unstable && step.state.clamped && repeats === pages - 1) return 'drop';
    throw pollerError(
      'PAGING_REPEATED_PAGE',
      `Page ${pages} has the same ${page.rows} records as the page before`,
    );
  };
}

/**
 * Watches one read for paging that does not move; made anew for each read. Throws typed errors where going on, or ending
 * quietly, could lose rows.
 * @param unstable rows may shift while they are read
 */
export function createPagingGuard(unstable: boolean): PagingGuard {
  const checkRepeat = createRepeatGuard(unstable);
  const tokens = new Set<string>();
  let pages = 0;
  let empty = 0;
  return (page, step) => {
    pages += 1;
    const verdict = checkRepeat(page, step);
    empty = page.rows === 0 ? empty + 1 : 0;
    if (step.kind === 'end') return verdict;
    if (empty > MAX_EMPTY_PAGES)
      throw pollerError('PAGING_EMPTY_PAGES', `${empty} pages in a row had no record`);
    if (pages >= MAX_PAGES)
      throw pollerError('PAGING_PAGE_CAP', `A read had ${pages} pages and was not at its end`);
    const token = step.state.token;
    if (token !== undefined && tokens.has(token))
      throw pollerError('PAGING_LOOP', `A page token came back after ${pages} pages`);
    if (token !== undefined) tokens.add(token);
    return verdict;
  };
}
