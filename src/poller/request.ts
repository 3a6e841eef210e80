/** Builds the wire request of one page: spec CCF §3.3.3. Pure; the configuration is never changed. */
import JSON5 from 'json5';
import { formatQueryTime } from '../core/dotnet-date.ts';
import type { PagingConfig, PollerConfig } from '../definition/model.ts';
import type { AppliedAuth } from './auth/registry.ts';
import { pollerError } from './errors.ts';
import type { PageRequest, Scalar } from './paging/api.ts';

export interface RequestTimes {
  readonly startMs: number;
  readonly endMs: number;
  /** False: endTimeAttributeName is left out (a bound would be frozen into a stored cursor). */
  readonly sendEnd: boolean;
}

export interface BuildRequestInput {
  readonly config: PollerConfig;
  readonly auth: AppliedAuth;
  readonly page: PageRequest;
  readonly times?: RequestTimes;
  readonly nowMs: number;
}

export interface WireRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

type Members = Record<string, unknown>;

/** Query and body parameters, later ones overwriting equal names; `text` is a body that is sent as it stands. */
interface Parts {
  readonly query: Members;
  readonly body: Members;
  readonly text?: string;
}

function substitute(
  text: string,
  variables: Readonly<Record<string, string>>,
  write: (value: string) => string,
): string {
  return text.replace(/\{(_[A-Za-z]+)\}/g, (all, name: string) =>
    Object.hasOwn(variables, name) ? write(variables[name]!) : all,
  );
}

const jsonEscape = (value: string): string => JSON.stringify(value).slice(1, -1);
const asIs = (value: string): string => value;

function timeVariables({ config, times, nowMs }: BuildRequestInput): Record<string, string> {
  const format = config.request.queryTimeFormat;
  const now = { _now: formatQueryTime(nowMs, format) };
  if (!times) return now;
  return {
    ...now,
    _QueryWindowStartTime: formatQueryTime(times.startMs, format),
    _QueryWindowEndTime: formatQueryTime(times.endMs, format),
  };
}

function parseTemplate(text: string): Members | undefined {
  try {
    const value: unknown = JSON5.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    // Not JSON in any spelling: by rule it is sent as it stands.
    return undefined;
  }
}

/** Step 1 of the composition: `queryParameters`, or the template in their place. */
function configuredParts(input: BuildRequestInput): Parts {
  const { request } = input.config;
  const variables = timeVariables(input);
  const parameters: Members = {};
  for (const [name, value] of Object.entries(request.queryParameters)) {
    parameters[name] = typeof value === 'string' ? substitute(value, variables, asIs) : value;
  }
  const post = request.httpMethod === 'POST';
  const template = request.queryParametersTemplate;
  if (template === undefined || template === '')
    return post ? { query: {}, body: parameters } : { query: parameters, body: {} };
  const text = substitute(template, { ...variables, ...input.auth.variables }, jsonEscape);
  const members = parseTemplate(text);
  // A POST sends the template as its body; parameters beside it can only be meant for the query string.
  if (post) return members ? { query: parameters, body: members } : { query: parameters, body: {}, text };
  if (!members)
    throw pollerError('REQUEST_TEMPLATE_NOT_OBJECT', 'queryParametersTemplate of a GET is not an object');
  return { query: { ...parameters, ...members }, body: {} };
}

/** Steps 2 and 3: start, end and interval attributes. */
function timeMembers(input: BuildRequestInput): Members {
  const { request } = input.config;
  const { times } = input;
  if (!times) return {};
  const start = formatQueryTime(times.startMs, request.queryTimeFormat);
  const end = formatQueryTime(times.endMs, request.queryTimeFormat);
  const members: Members = {};
  if (request.startTimeAttributeName) members[request.startTimeAttributeName] = start;
  if (request.endTimeAttributeName && times.sendEnd) members[request.endTimeAttributeName] = end;
  if (request.queryTimeIntervalAttributeName) {
    members[request.queryTimeIntervalAttributeName] =
      `${request.queryTimeIntervalPrepend ?? ''}${start}${request.queryTimeIntervalDelimiter ?? ''}${end}`;
  }
  return members;
}

/** Step 4: the page size on every request, then what the strategy asks for. */
function pagingMembers(paging: PagingConfig, params: Readonly<Record<string, Scalar>>): Members {
  const size =
    paging.pageSize !== undefined && paging.pageSize > 0 && paging.pageSizeParameterName
      ? { [paging.pageSizeParameterName]: paging.pageSize }
      : {};
  return { ...size, ...params };
}

function compose(input: BuildRequestInput): Parts {
  const { config, page } = input;
  const post = config.request.httpMethod === 'POST';
  const base =
    page.continuation && config.paging.pagingQueryParamOnly
      ? { query: {}, body: {} }
      : configuredParts(input);
  const times = page.continuation && config.paging.pagingQueryParamOnly ? {} : timeMembers(input);
  const timesInBody = post && base.text === undefined;
  const paging = pagingMembers(config.paging, page.params);
  const pagingInBody = post && config.paging.placement !== 'QueryString';
  if (pagingInBody && base.text !== undefined && Object.keys(paging).length > 0) {
    throw pollerError(
      'REQUEST_TEMPLATE_NOT_OBJECT',
      'queryParametersTemplate is not an object, so paging parameters cannot be merged into it',
    );
  }
  return {
    query: { ...base.query, ...(timesInBody ? {} : times), ...(pagingInBody ? {} : paging) },
    body: { ...base.body, ...(timesInBody ? times : {}), ...(pagingInBody ? paging : {}) },
    ...(base.text === undefined ? {} : { text: base.text }),
  };
}

function encode(text: string): string {
  // Lone surrogates have no UTF-8 form; they become U+FFFD as everywhere else.
  return encodeURIComponent(Buffer.from(text).toString());
}

function asText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

function encodePairs(members: Members): string[] {
  return Object.entries(members).map(([name, value]) => `${encode(name)}=${encode(asText(value))}`);
}

function nameOfPair(pair: string): string {
  const raw = pair.split('=', 1)[0]!.replace(/\+/g, ' ');
  try {
    return decodeURIComponent(raw);
  } catch {
    // A stray percent sign: the name is what stands there.
    return raw;
  }
}

/** Pairs already in the endpoint stay as written, unless a parameter of the same name replaces them. */
function withQuery(endpoint: string, members: Members): string {
  const [beforeHash = ''] = endpoint.trim().split('#', 1);
  const mark = beforeHash.indexOf('?');
  const base = mark < 0 ? beforeHash : beforeHash.slice(0, mark);
  const given =
    mark < 0
      ? []
      : beforeHash
          .slice(mark + 1)
          .split('&')
          .filter((pair) => pair !== '');
  const kept = given.filter((pair) => !Object.hasOwn(members, nameOfPair(pair)));
  const pairs = [...kept, ...encodePairs(members)];
  return pairs.length === 0 ? base : `${base}?${pairs.join('&')}`;
}

function bodyOf(input: BuildRequestInput, parts: Parts): { body?: string; headers: Record<string, string> } {
  const { request } = input.config;
  if (request.httpMethod === 'GET') return { headers: {} };
  const json = { 'Content-Type': 'application/json' };
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const headers = request.isPostPayloadJson ? json : form;
  if (parts.text !== undefined) return { body: parts.text, headers };
  const inTemplate = request.queryParametersTemplate?.includes('{_APIKey}') ?? false;
  const members = { ...parts.body, ...(inTemplate ? {} : input.auth.payload) };
  return {
    body: request.isPostPayloadJson ? JSON.stringify(members) : encodePairs(members).join('&'),
    headers,
  };
}

/** Merges by case-insensitive name, later ones winning, and keeps the winner's spelling. */
function mergeHeaders(...lists: Readonly<Record<string, string>>[]): Record<string, string> {
  const merged = new Map<string, [string, string]>();
  for (const list of lists)
    for (const [name, value] of Object.entries(list)) merged.set(name.toLowerCase(), [name, value]);
  return Object.fromEntries(merged.values());
}

/** @throws SluiceError REQUEST_TEMPLATE_NOT_OBJECT, QUERY_TIME_FORMAT_INVALID */
export function buildRequest(input: BuildRequestInput): WireRequest {
  const { config, auth, page } = input;
  const parts = compose(input);
  const { body, headers } = bodyOf(input, parts);
  const variables = timeVariables(input);
  const configured = Object.fromEntries(
    Object.entries(config.request.headers).map(([name, value]) => [name, substitute(value, variables, asIs)]),
  );
  return {
    method: config.request.httpMethod,
    url: withQuery(config.request.apiEndpoint, parts.query),
    headers: mergeHeaders(headers, configured, page.headers, auth.headers),
    ...(body === undefined ? {} : { body }),
  };
}
