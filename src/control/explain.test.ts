import { describe, expect, test } from 'vitest';
import { httpErrors } from '../http/errors.ts';
import { pollerErrors } from '../poller/errors.ts';
import { type ExplainInput, explainRun } from './explain.ts';
import { answerText } from './explanations/answer-text.ts';
import type { Evidence } from './explanations/api.ts';
import { causesOf, explanations } from './explanations/registry.ts';
import type { StoredRequest } from './request-store.ts';

const poller = {
  name: 'audit',
  kind: 'RestApiPoller',
  file: 'poller.json',
  path: '$[0]',
  raw: { properties: { Auth: { type: 'Basic' }, request: { apiEndpoint: 'https://api.test/x' } } },
};
const definition = { pollers: [poller] } as unknown as NonNullable<ExplainInput['definition']>;
const run = { id: 'r1', state: 'failed', received: 0, newRecords: 0 } as const;

function request(parts: Partial<StoredRequest> = {}): StoredRequest {
  return {
    ordinal: 0,
    method: 'GET',
    url: 'https://api.test/x',
    status: 401,
    startedAtMs: 0,
    durationMs: 1,
    bytes: 0,
    records: 0,
    error: null,
    poller: 'audit',
    attempt: 1,
    requestHeaders: {},
    responseHeaders: {},
    newRecords: null,
    duplicates: null,
    warning: null,
    excerpt: null,
    ...parts,
  };
}

const nothing: Evidence = {
  code: 'X',
  message: '',
  hint: 'Do it.',
  status: null,
  headers: {},
  excerpt: '',
  said: '',
  url: '',
  setting: () => undefined,
};

describe('registry', () => {
  test.each(Object.entries(explanations))(
    '%s: the last cause always matches, in whole sentences',
    (_code, causes) => {
      const last = causes.at(-1)!;
      expect(last.matches(nothing)).toBe(true);
      for (const text of [last.cause(nothing), last.fix(nothing)]) {
        expect(text).toMatch(/^\S.*\.$/s);
        expect(text).not.toMatch(/undefined|null|\[object/);
      }
      expect(new Set(causes.map((c) => c.name)).size).toBe(causes.length);
    },
  );

  test('every code of the HTTP client and of the poller has a cause', () => {
    const codes = [...Object.keys(httpErrors), ...Object.keys(pollerErrors)];
    expect(codes.filter((code) => causesOf(code) === undefined)).toEqual([]);
  });
});

describe('places', () => {
  test('names are spelled as in the file; the file may hold several resources', () => {
    const error = { code: 'AUTH_REFUSED', message: 'GET https://api.test/x: status 401', poller: 'audit' };
    const found = explainRun({ run, error, requests: [request({ error: 'AUTH_REFUSED: x' })], definition });
    expect(found.place).toEqual({ file: 'poller.json', path: '$[0].properties.Auth' });
  });

  test('what is not there yet is named as it would be added', () => {
    const error = { code: 'THROTTLED', message: 'm', poller: 'audit' };
    const found = explainRun({ run, error, requests: [request({ status: 429 })], definition });
    expect(found.place?.path).toBe('$[0].properties.request.rateLimitQPS');
  });

  test('without its definition a run is explained without a place', () => {
    const error = { code: 'AUTH_REFUSED', message: 'm' };
    expect(explainRun({ run, error, requests: [request()] }).place).toBeNull();
  });
});

test('the scheme that the service asks for is compared with the one that is sent', () => {
  const error = { code: 'AUTH_REFUSED', message: 'm', poller: 'audit' };
  const asked = request({
    error: 'AUTH_REFUSED: m',
    responseHeaders: { 'www-authenticate': 'Bearer realm="x"' },
  });
  expect(explainRun({ run, error, requests: [asked], definition }).cause).toMatch(
    /as basic, but the service asks for bearer/,
  );
});

test('of several requests the one with the code of the error is shown', () => {
  const error = { code: 'HTTP_STATUS', message: 'm', poller: 'audit' };
  const requests = [
    request({ ordinal: 0, status: 200 }),
    request({ ordinal: 1, status: 503, error: 'HTTP_STATUS: m', attempt: 3 }),
    request({ ordinal: 2, status: 401, poller: 'other', error: 'AUTH_REFUSED: m' }),
  ];
  const found = explainRun({ run, error, requests, definition });
  expect(found.request?.status).toBe(503);
  expect(found.what).toContain('at the 3. try');
});

test('errors that no request explains keep their hint and place', () => {
  const place = { file: 'dcr.json', path: '$.properties' };
  const error = { code: 'ENGINE_MEMORY', message: 'No memory', hint: 'Give more.', place };
  expect(explainRun({ run, error, requests: [request()], definition })).toMatchObject({
    request: null,
    place,
    fix: 'Give more.',
    confidence: 'low',
  });
});

test.each([
  ['running', /still going on/],
  ['succeeded', /succeeded: 5 records/],
  ['cancelled', /stopped/],
] as const)('a run that is %s', (state, what) => {
  const found = explainRun({ run: { ...run, state, received: 5 }, error: null, requests: [] });
  expect(found).toMatchObject({ code: null, place: null });
  expect(found.what).toMatch(what);
});

test.each([
  ['{"errorMessages":["No","Never"],"errors":{}}', 'No; Never'],
  ['{"error":{"code":7,"message":"Bad key"}}', 'Bad key'],
  ['{"error":"invalid_grant","error_description":"Gone"}', 'invalid_grant; Gone'],
  ['{"message":"Cut off here","rest":[1,2', 'Cut off here'],
  ['plain text', ''],
])('the messages of %s', (excerpt, text) => {
  expect(answerText(excerpt)).toBe(text);
});
