import { SluiceError, type SluiceErrorOptions } from '../core/errors.ts';

/** Every code that the poller raises itself; the HTTP client, JSON and time formats have their own. */
export const pollerErrors = {
  RESPONSE_NOT_SUCCESSFUL: {
    summary: 'The body of an answer says that the call did not succeed (successStatusJsonPath).',
    hint: 'See the value in the message; the window is read again in the next run.',
  },
  RESPONSE_ERROR_BODY: {
    summary:
      'An answer with a good status has no records where they are expected, but speaks of an error (a warning).',
    hint: 'See the excerpt of the answer in the run; set successStatusJsonPath so that such answers fail.',
  },
  EVENTS_PATH_EMPTY: {
    summary: 'eventsJsonPaths selects nothing in an answer that has a list elsewhere (a warning).',
    hint: 'Correct eventsJsonPaths to the path that the message names.',
  },
  CURSOR_REJECTED: {
    summary: 'The service no longer accepts the stored cursor (400 or 410).',
    hint: 'The state is unchanged. Reset the cursor of the connection to start again from a time; known records are not delivered twice.',
  },
  PAGING_REPEATED_PAGE: {
    summary: 'A service answered two requests for different pages with the same page.',
    hint: 'The paging parameter is not understood: check its name and pagingInfoPlacement.',
  },
  PAGING_LOOP: {
    summary: 'A page token came a second time, so that paging would never end.',
    hint: 'Check nextPageTokenJsonPath; the window is not committed.',
  },
  PAGING_EMPTY_PAGES: {
    summary: 'A service sent page after page without a record, each with a new token.',
    hint: 'Narrow the request of the definition; the window is not committed.',
  },
  PAGING_PAGE_CAP: {
    summary: 'One read had more pages than allowed.',
    hint: 'Use a shorter query window or a larger pageSize.',
  },
  PAGING_CONFIG_INVALID: {
    summary: 'A paging block lacks a field that its type needs.',
    hint: 'Add the named field to the paging block of the definition.',
  },
  REQUEST_TEMPLATE_NOT_OBJECT: {
    summary: 'Parameters must be merged into a request template that is not a JSON object.',
    hint: 'Write queryParametersTemplate as an object, or place paging in the query string.',
  },
} as const;

export type PollerErrorCode = keyof typeof pollerErrors;

export function pollerError(
  code: PollerErrorCode,
  message: string,
  more: Pick<SluiceErrorOptions, 'cause' | 'retryable'> = {},
): SluiceError {
  return new SluiceError({ code, message, hint: pollerErrors[code].hint, ...more });
}
