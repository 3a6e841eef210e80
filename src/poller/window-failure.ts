/** Failures that can lie in one window rather than in the service, the credential or the configuration. */
import type { Window } from '../core/collect.ts';
import { isSluiceError, type SluiceError } from '../core/errors.ts';
import type { PollContext } from './context.ts';
import { readPages } from './page-reader.ts';

/**
 * Answers that depend on what was asked for. Left out on purpose: refused credentials, login pages and redirects, an
 * unreachable or throttling service, wrong addresses, and whatever storage says; no other window would fare better.
 */
const windowCodes: ReadonlySet<string> = new Set([
  'HTTP_STATUS',
  'HTTP_TIMEOUT',
  'RESPONSE_NOT_JSON',
  'RESPONSE_TRUNCATED',
  'RESPONSE_TOO_LARGE',
  'RESPONSE_ENCODING',
  'RESPONSE_NOT_SUCCESSFUL',
  'PAGING_REPEATED_PAGE',
  'PAGING_LOOP',
  'PAGING_EMPTY_PAGES',
  'PAGING_PAGE_CAP',
]);

export function canLieInWindow(error: unknown): error is SluiceError {
  return isSluiceError(error) && windowCodes.has(error.code);
}

/**
 * One page of the newest window behind the failed one, read and thrown away. A service that is down fails here too; and
 * where nothing newer is due yet, passing the window would gain nothing.
 */
export async function newerWindowWorks(
  context: PollContext,
  input: { readonly window: Window; readonly limitMs: number; readonly windowMs: number },
): Promise<boolean> {
  const { window, limitMs, windowMs } = input;
  const startMs = Math.max(window.endMs, limitMs - windowMs);
  if (startMs >= limitMs) return false;
  const pages = readPages(context, { times: { startMs, endMs: limitMs, sendEnd: true } });
  try {
    await pages.next();
    return true;
  } catch {
    // The failure that is reported is the window's own.
    return false;
  } finally {
    await pages.return();
  }
}
