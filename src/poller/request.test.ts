import { describe, expect, test } from 'vitest';
import type { PagingConfig, PollerConfig, RequestConfig } from '../definition/model.ts';
import { applyAuth } from './auth/registry.ts';
import { firstRequest, type PageRequest } from './paging/api.ts';
import { buildRequest, type RequestTimes } from './request.ts';
import { pollerConfig } from './testing/fixtures.ts';

const times: RequestTimes = {
  startMs: Date.UTC(2026, 0, 1, 10, 0),
  endMs: Date.UTC(2026, 0, 1, 10, 5),
  sendEnd: true,
};
const seconds = { queryTimeFormat: 'yyyy-MM-ddTHH:mm:ssZ' };
const bounds = { ...seconds, startTimeAttributeName: 'from', endTimeAttributeName: 'to' };

interface Given {
  readonly apiEndpoint?: string;
  readonly request?: Partial<RequestConfig>;
  readonly paging?: Partial<PagingConfig>;
  readonly auth?: PollerConfig['auth'];
  readonly page?: Partial<PageRequest>;
  readonly times?: RequestTimes | null;
}

function build(given: Given) {
  const config = pollerConfig({
    apiEndpoint: given.apiEndpoint ?? 'https://api.acme.test/v1/audit',
    ...(given.auth ? { auth: given.auth } : {}),
    ...(given.request ? { request: given.request } : {}),
    ...(given.paging ? { paging: given.paging } : {}),
  });
  const before = JSON.stringify(config);
  const built = buildRequest({
    config,
    auth: applyAuth(config.auth),
    page: { ...firstRequest, ...given.page },
    nowMs: Date.UTC(2026, 0, 1, 11),
    ...(given.times === null ? {} : { times: given.times ?? times }),
  });
  expect(JSON.stringify(config)).toBe(before);
  return built;
}

describe('GET', () => {
  test('the worked example of the reference', () => {
    const request = {
      ...seconds,
      queryTimeIntervalAttributeName: 'range',
      queryTimeIntervalPrepend: 'ts:',
      queryTimeIntervalDelimiter: '..',
      queryParameters: { limit: 200 },
    };
    expect(build({ request }).url).toBe(
      'https://api.acme.test/v1/audit?limit=200&range=ts%3A2026-01-01T10%3A00%3A00Z..2026-01-01T10%3A05%3A00Z',
    );
  });

  test('later parts overwrite equal names: parameters, times, paging', () => {
    const { url } = build({
      request: { ...bounds, queryParameters: { from: 'x', limit: 1, a: true } },
      paging: { pageSize: 50, pageSizeParameterName: 'limit' },
      page: { params: { offset: 100 }, continuation: true },
    });
    expect(new URL(url).search).toBe(
      '?from=2026-01-01T10%3A00%3A00Z&limit=50&a=true&to=2026-01-01T10%3A05%3A00Z&offset=100',
    );
  });

  test('what the endpoint already has stays as written, unless overwritten', () => {
    const { url } = build({
      apiEndpoint: 'https://h.test/p?b=%2F+x&limit=1#frag',
      request: { queryParameters: { limit: 2, q: 'a+b &=é' } },
      times: null,
    });
    expect(url).toBe('https://h.test/p?b=%2F+x&limit=2&q=a%2Bb%20%26%3D%C3%A9');
  });

  test('window variables in values and headers', () => {
    const request = {
      ...seconds,
      queryParameters: { q: 'ts>={_QueryWindowStartTime} AND ts<{_QueryWindowEndTime} {_other}' },
      headers: { 'X-Now': '{_now}' },
    };
    const built = build({ request });
    expect(new URL(built.url).searchParams.get('q')).toBe(
      'ts>=2026-01-01T10:00:00Z AND ts<2026-01-01T10:05:00Z {_other}',
    );
    expect(built.headers['X-Now']).toBe('2026-01-01T11:00:00Z');
  });

  test('a template is an object whose members become parameters', () => {
    const { url, body } = build({
      request: { queryParametersTemplate: "{'a':'b', n:1, o:{x:1}}" },
      times: null,
    });
    expect(new URL(url).search).toBe('?a=b&n=1&o=%7B%22x%22%3A1%7D');
    expect(body).toBeUndefined();
    expect(() => build({ request: { queryParametersTemplate: 'not an object' } })).toThrow(
      expect.objectContaining({ code: 'REQUEST_TEMPLATE_NOT_OBJECT' }),
    );
  });

  test('pagingQueryParamOnly leaves follow-up requests paging parameters alone', () => {
    const given: Given = {
      request: { ...bounds, queryParameters: { sort: 'asc' }, headers: { 'X-H': '1' } },
      paging: { pagingQueryParamOnly: true, pageSize: 10, pageSizeParameterName: 'limit' },
    };
    expect(new URL(build(given).url).search).toContain('sort=asc&from=');
    const next = build({
      ...given,
      page: { params: { cursor: 'c=1' }, headers: { 'X-Page': 'p' }, continuation: true },
    });
    expect(new URL(next.url).search).toBe('?limit=10&cursor=c%3D1');
    expect(next.headers).toEqual({ 'X-H': '1', 'X-Page': 'p' });
  });

  test('the end is left out where it must not be frozen', () => {
    expect(
      new URL(build({ request: bounds, times: { ...times, sendEnd: false } }).url).searchParams.has('to'),
    ).toBe(false);
  });
});

describe('POST', () => {
  const post = { httpMethod: 'POST' } as const;
  const json = { ...post, isPostPayloadJson: true } as const;

  test('a form of parameters, times and paging', () => {
    const built = build({
      request: { ...post, ...bounds, queryParameters: { q: 'a b' } },
      page: { params: { offset: 5 } },
    });
    expect(built).toMatchObject({
      url: 'https://api.acme.test/v1/audit',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    expect(built.body).toBe('q=a%20b&from=2026-01-01T10%3A00%3A00Z&to=2026-01-01T10%3A05%3A00Z&offset=5');
  });

  test('JSON keeps types', () => {
    const built = build({ request: { ...json, queryParameters: { n: 1, b: false, s: '1' } }, times: null });
    expect(built.headers['Content-Type']).toBe('application/json');
    expect(built.body).toBe('{"n":1,"b":false,"s":"1"}');
  });

  test('a template is the body, paging merged in, values escaped', () => {
    const built = build({
      request: {
        ...json,
        ...seconds,
        queryParametersTemplate:
          "{ 'since': '{_QueryWindowStartTime}', deep: { k: [1, ], }, key: '{_APIKey}' }",
        queryParameters: { v: 2 },
      },
      auth: { type: 'APIKey', apiKey: 'say "hi"', inPostPayload: true },
      page: { params: { cursor: 'n' }, continuation: true },
    });
    expect(JSON.parse(built.body!)).toEqual({
      since: '2026-01-01T10:00:00Z',
      deep: { k: [1] },
      key: 'say "hi"',
      cursor: 'n',
    });
    expect(new URL(built.url).search).toBe('?v=2');
  });

  test('an empty template is an empty body that the cursor fills', () => {
    expect(
      build({ request: { ...json, queryParametersTemplate: '{}' }, page: { params: { cursor: 'n' } } }).body,
    ).toBe('{"cursor":"n"}');
  });

  test('a template that is not JSON goes as it stands, times beside it; paging has no place in it', () => {
    const request = { ...json, ...bounds, queryParametersTemplate: '{cursorRef:$ref$}' };
    const built = build({ request });
    expect(built.body).toBe('{cursorRef:$ref$}');
    expect(new URL(built.url).searchParams.get('from')).toBe('2026-01-01T10:00:00Z');
    expect(() => build({ request, page: { params: { p: 1 } } })).toThrow(
      expect.objectContaining({ code: 'REQUEST_TEMPLATE_NOT_OBJECT' }),
    );
    expect(
      build({ request, paging: { placement: 'QueryString' }, page: { params: { p: 1 } } }).url,
    ).toContain('p=1');
  });

  test('the key goes into the payload when asked', () => {
    const auth = { type: 'APIKey', apiKey: 'k', apiKeyName: 'api_key', inPostPayload: true } as const;
    expect(build({ request: json, auth, times: null }).body).toBe('{"api_key":"k"}');
  });

  test('a content type of the definition wins', () => {
    expect(
      build({ request: { ...json, headers: { 'content-type': 'application/vnd.x+json' } } }).headers,
    ).toEqual({ 'content-type': 'application/vnd.x+json' });
  });
});

test('the credential wins over an equal header of the request', () => {
  const auth = { type: 'Basic', userName: 'u', password: 'p' } as const;
  expect(build({ auth, request: { headers: { authorization: 'own' } } }).headers).toEqual({
    Authorization: 'Basic dTpw',
  });
});
