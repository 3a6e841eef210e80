/** Statuses: limits, faults of the service, and requests that it does not understand. */
import { defineCause, type Evidence } from './api.ts';
import { places } from './places.ts';
import { hostOf, saying, saysAny } from './words.ts';

const status =
  (...wanted: number[]) =>
  (e: Evidence) =>
    e.status !== null && wanted.includes(e.status);
const badRequest = status(400, 422);

/** Whether the answer names the parameter of a setting. */
function namesSetting(e: Evidence, ...settings: readonly string[][]): boolean {
  const names = settings
    .flatMap((path) => e.setting('properties', ...path) ?? [])
    .filter((name) => name.length > 1);
  return names.some((name) =>
    new RegExp(`(?<![A-Za-z0-9])${name.replace(/[^A-Za-z0-9]/g, '\\$&')}(?![A-Za-z0-9])`).test(
      `${e.said} ${e.excerpt}`,
    ),
  );
}

const namesTime = (e: Evidence): boolean =>
  namesSetting(
    e,
    ['request', 'startTimeAttributeName'],
    ['request', 'endTimeAttributeName'],
    ['request', 'queryTimeIntervalAttributeName'],
  ) || /\b(?:date|time|timestamp|iso.?8601|rfc.?3339|epoch)\b/i.test(e.said || e.excerpt);

const namesPaging = (e: Evidence): boolean =>
  namesSetting(
    e,
    ['paging', 'pageSizeParameterName'],
    ['paging', 'offsetParaName'],
    ['paging', 'nextPageParaName'],
  ) || /\b(?:limit|offset|page ?size|per_page|cursor|page ?token)\b/i.test(e.said || e.excerpt);

export const throttled = defineCause({
  name: 'throttled',
  place: places.rate,
  cause: (e) => {
    const wait = e.headers['retry-after'];
    return `The service limits the rate of calls (429)${wait === undefined ? '' : ` and asks to wait (Retry-After: ${wait})`}: more calls were made with this credential than it allows.`;
  },
  fix: 'Nothing is lost, the next run goes on by itself. If it happens often, lower rateLimitQPS, or keep other programs from using the same credential.',
  confidence: 'high',
});

export const serviceFault = defineCause({
  name: 'service-fault',
  when: (e) => e.status !== null && e.status >= 500,
  place: null,
  cause: (e) => `${hostOf(e.url)} has a fault of its own (status ${e.status})${saying(e)}.`,
  fix: 'Nothing is lost, the next run tries again. See the status page of the service; if it stays, report it there with the time of the request.',
  confidence: 'high',
});

export const badTime = defineCause({
  name: 'bad-time',
  when: (e) => badRequest(e) && namesTime(e),
  place: places.timeFormat,
  cause: (e) => `The service does not understand the times of the request, or their range${saying(e)}.`,
  fix: 'Set queryTimeFormat to the form that the API documents, and queryWindowInMin to a range that it allows.',
  confidence: 'medium',
});

export const badPaging = defineCause({
  name: 'bad-paging',
  when: (e) => badRequest(e) && namesPaging(e),
  place: places.paging,
  cause: (e) => `The service does not accept the paging parameters${saying(e)}.`,
  fix: 'Compare names and values in the paging section, pageSize above all, with the documentation of the API.',
  confidence: 'medium',
});

export const badParameter = defineCause({
  name: 'bad-parameter',
  when: badRequest,
  place: (e) =>
    e.setting('properties', 'request', 'queryParametersTemplate') === undefined
      ? places.parameters
      : places.template,
  cause: (e) => `The service does not accept a parameter of the request${saying(e)}.`,
  fix: 'Compare the parameters in the URL and body of the request with the documentation of the API.',
  confidence: 'medium',
});

export const wrongMethod = defineCause({
  name: 'wrong-method',
  when: status(405, 501),
  place: places.method,
  cause: (e) =>
    `The endpoint does not take this method (status ${e.status}${e.headers['allow'] === undefined ? '' : `, Allow: ${e.headers['allow']}`}).`,
  fix: 'Change httpMethod to the one that the API documents.',
  confidence: 'high',
});

export const wrongContent = defineCause({
  name: 'wrong-content',
  when: status(406, 415),
  place: places.headers,
  cause: (e) =>
    `The service does not talk in the format that the headers name (status ${e.status})${saying(e)}.`,
  fix: 'Correct Accept or Content-Type in headers, or isPostPayloadJson.',
  confidence: 'high',
});

export const proxyCredential = defineCause({
  name: 'proxy-credential',
  when: status(407),
  place: null,
  cause: 'The proxy between Sluice and the service asks for a credential (407).',
  fix: 'Give the proxy with user and password in the option proxy, or in HTTPS_PROXY.',
  confidence: 'high',
});

export const requestTooLarge = defineCause({
  name: 'request-too-large',
  when: status(413, 414, 431),
  place: places.paging,
  cause: (e) =>
    `The request itself is too large for the service (status ${e.status}), most often by a token in it.`,
  fix: 'Send paging in the body (pagingInfoPlacement), or shorten the parameters.',
  confidence: 'medium',
});

export const otherStatus = defineCause({
  name: 'other-status',
  place: (e) => (e.status !== null && e.status >= 400 ? places.endpoint : null),
  cause: (e) => `The service refused the request with status ${e.status ?? 'unknown'}${saying(e)}.`,
  fix: (e) =>
    saysAny(e, /./)
      ? 'Do what the answer says; see its excerpt in the run.'
      : 'Compare the request with the documentation of the API.',
  confidence: 'low',
});
