/** Paging that does not move, or can't go on. */
import { defineCause } from './api.ts';
import { places } from './places.ts';
import { saying } from './words.ts';

export const cursorRejected = defineCause({
  name: 'cursor-rejected',
  place: places.paging,
  cause: (e) =>
    `The service no longer accepts the stored cursor (status ${e.status ?? 400}): it has expired, or belongs to another request${saying(e)}.`,
  fix: 'Start the connection again from a time; records that are known are not delivered twice.',
  confidence: 'medium',
});

export const repeatedPage = defineCause({
  name: 'repeated-page',
  place: places.paging,
  cause:
    'The service sends the same page again: it ignores the paging parameter, by its name, its place or its value.',
  fix: 'Correct the parameter name and pagingInfoPlacement in the paging section (offsetParaName, nextPageParaName).',
  confidence: 'high',
});

export const repeatedToken = defineCause({
  name: 'repeated-token',
  place: places.paging,
  cause:
    'A token for the next page came back that was used before, so that paging would never end: the path names a value that is not the next token, or the service repeats itself.',
  fix: 'Check nextPageTokenJsonPath (and hasNextFlagJsonPath) against an answer of the API; the window is not committed, nothing is lost.',
  confidence: 'high',
});

export const emptyPages = defineCause({
  name: 'empty-pages',
  place: places.paging,
  cause:
    'The service sent page after page without a record, each with a new token: what it filters out it still pages through.',
  fix: 'Narrow the request, or check that nextPageTokenJsonPath is absent on the last page of the API.',
  confidence: 'medium',
});

export const tooManyPages = defineCause({
  name: 'too-many-pages',
  place: places.window,
  cause: 'One window has more pages than one read may have.',
  fix: 'Shorten queryWindowInMin, or raise pageSize.',
  confidence: 'high',
});

export const pagingIncomplete = defineCause({
  name: 'paging-incomplete',
  place: places.paging,
  cause: (e) => `The paging section lacks what its type needs: ${e.message}.`,
  fix: 'Add the named field to the paging section.',
  confidence: 'high',
});

export const templateNotObject = defineCause({
  name: 'template-not-object',
  place: places.template,
  cause: 'Parameters have to be merged into queryParametersTemplate, which is not a JSON object.',
  fix: 'Write the template as an object, or place paging in the query string.',
  confidence: 'high',
});
