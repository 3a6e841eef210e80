/** The endpoint: 404, redirects, web pages in place of data, addresses that can't be called. */
import { defineCause, type Evidence } from './api.ts';
import { places } from './places.ts';
import { hostOf, loginWords, saying, saysAny } from './words.ts';

const location = ({ headers }: Evidence): string => headers['location'] ?? '';

function target(evidence: Evidence): URL | undefined {
  return URL.canParse(location(evidence), evidence.url)
    ? new URL(location(evidence), evidence.url)
    : undefined;
}

function goesToLogin(evidence: Evidence): boolean {
  const url = target(evidence);
  return (
    url !== undefined &&
    loginWords.test(`${url.hostname.replaceAll('.', ' ')} ${url.pathname.replaceAll('/', ' ')}`)
  );
}

const isPage = ({ headers, excerpt }: Evidence): boolean =>
  /html/i.test(headers['content-type'] ?? '') || /^\s*<(?:!doctype|html)/i.test(excerpt);

export const wrongPath = defineCause({
  name: 'wrong-path',
  place: places.endpoint,
  cause: (e) =>
    isPage(e)
      ? `${hostOf(e.url)} answers with a web page of its own (404): the path is not one of an API there.`
      : `${hostOf(e.url)} answers, but has nothing at this path (404): path, version or an identifier in it is wrong${saying(e)}.`,
  fix: 'Compare path and identifiers (organization, site, version) of the endpoint with the documentation of the API; some services answer 404 also where a permission is missing.',
  confidence: (e) => (e.status === 404 ? 'high' : 'medium'),
});

export const redirectToLogin = defineCause({
  name: 'redirect-to-login',
  when: goesToLogin,
  place: places.auth,
  cause: (e) =>
    `The service takes the request for that of a browser without a session and sends it to its login page (${hostOf(target(e)!.href)}): the credential did not arrive in the way that the API expects.`,
  fix: 'Check credential and auth type, and that the endpoint is the address of the API, not of the site for people.',
  confidence: 'high',
});

export const redirectElsewhere = defineCause({
  name: 'redirect-elsewhere',
  place: places.endpoint,
  cause: (e) => {
    const to = target(e);
    return to === undefined
      ? `${hostOf(e.url)} redirects (${e.status ?? 'a 3xx status'}) without a usable target.`
      : `The endpoint has moved: ${hostOf(e.url)} redirects to ${to.protocol}//${to.host}, and a credential is never sent to another host or scheme.`;
  },
  fix: (e) => {
    const to = target(e);
    return to === undefined
      ? 'Set the endpoint to the final address of the API.'
      : `If ${to.host} belongs to the service, set the endpoint to it, scheme included.`;
  },
  confidence: (e) => (target(e) === undefined ? 'medium' : 'high'),
});

export const challengePage = defineCause({
  name: 'challenge-page',
  when: (e) => /captcha|cf-chl|challenge-platform|are you a human|checking your browser/i.test(e.excerpt),
  place: null,
  cause:
    'A protection in front of the service wants to see a browser (challenge page) and lets no program through.',
  fix: 'Have the address from which Sluice calls excepted at the service, or use the host that is meant for API calls.',
  confidence: 'high',
});

export const loginPage = defineCause({
  name: 'login-page',
  when: (e) => loginWords.test(e.excerpt),
  place: places.auth,
  cause: (e) =>
    `${hostOf(e.url)} answered ${e.status ?? 200} with its login page in place of data: it did not accept the credential, or does not take this kind at this address.`,
  fix: 'Check credential and auth type, and that the endpoint is the address of the API, not of the site for people.',
  confidence: 'high',
});

export const otherPage = defineCause({
  name: 'web-page',
  place: places.endpoint,
  cause: (e) =>
    `${hostOf(e.url)} answered ${e.status ?? 200} with a web page: the endpoint is a page for people, or a proxy in between answered.`,
  fix: 'Set the endpoint to the address of the API; where a proxy answers, except the host from it.',
  confidence: 'medium',
});

export const invalidUrl = defineCause({
  name: 'invalid-url',
  place: places.endpoint,
  cause: 'The endpoint, with the values of the connection filled in, is not an absolute http(s) URL.',
  fix: 'Check the values of the connection that go into the endpoint: host names without scheme and slash, or whole URLs, as the connector asks for.',
  confidence: 'high',
});

export const refusedAddress = defineCause({
  name: 'refused-address',
  place: places.endpoint,
  cause: 'The host of the endpoint leads to an address that Sluice never calls (link-local or metadata).',
  fix: 'Point the connection at the public address of the service, and check what its name resolves to.',
  confidence: 'high',
});

export const gone = defineCause({
  name: 'gone',
  when: (e) =>
    e.status === 410 || saysAny(e, /deprecated|no longer (?:available|supported)|sunset|has been removed/i),
  place: places.endpoint,
  cause: (e) => `The service has withdrawn this API or this version of it${saying(e)}.`,
  fix: 'Change the endpoint to the version that the service offers now; see its change log.',
  confidence: 'high',
});
