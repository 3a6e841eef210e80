import type { ApiCall, Reply } from '../http.ts';
import type { Service } from '../service.ts';
import { admit, confluenceError, readScopes, siteBase, wholeNumber } from './common.ts';
import { unitMs } from './retention.ts';
import type { Selection } from './select.ts';
import { selectRecords } from './select.ts';

interface Paging {
  readonly start: number;
  /** As asked for, or the default. */
  readonly requested: number;
  /** What the server's fixed limit allows. */
  readonly limit: number;
}

function paging(call: ApiCall, service: Service): Paging | undefined {
  const { defaultLimit, limitClamp } = service.settings().confluence;
  const start = wholeNumber(call.request, 'start', 0);
  const requested = wholeNumber(call.request, 'limit', defaultLimit);
  if (start === undefined || requested === undefined) return undefined;
  return { start, requested, limit: Math.min(requested, limitClamp) };
}

/** Epoch ms as text; ten digits are milliseconds too, that is 1970. */
function bound(call: ApiCall, service: Service, name: string, fallback: number): number | undefined {
  const text = call.request.query.get(name);
  if (text === null || text === '') return fallback;
  if (/^-?\d{1,16}$/.test(text)) return Number(text);
  return service.settings().confluence.malformedDates === 'ignore' ? fallback : undefined;
}

export function windowOf(call: ApiCall, service: Service): Selection | undefined {
  const startMs = bound(call, service, 'startDate', Number.NEGATIVE_INFINITY);
  const endMs = bound(call, service, 'endDate', Number.POSITIVE_INFINITY);
  if (startMs === undefined || endMs === undefined) return undefined;
  return { startMs, endMs, search: call.request.query.get('searchString') ?? '' };
}

function sinceWindow(call: ApiCall): Selection | undefined {
  const { request } = call;
  const number = request.query.get('number') || '3';
  const unit = unitMs[request.query.get('units') || 'MONTHS'];
  if (!/^\d{1,18}$/.test(number) || unit === undefined) return undefined;
  const search = request.query.get('searchString') ?? '';
  return { startMs: Math.ceil(request.now - Number(number) * unit), endMs: request.now, search };
}

/** One page; `more` tells whether rows follow it. */
function cut(rows: Iterable<string>, limit: number): { page: string[]; more: boolean } {
  const page: string[] = [];
  for (const row of rows) {
    if (page.length === limit) return { page, more: true };
    page.push(row);
  }
  return { page, more: false };
}

function links(call: ApiCall, service: Service, paging: Paging, next: boolean): Record<string, string> {
  const base = siteBase(call, service);
  const path = call.request.path.replace(/^.*\/wiki(?=\/rest\/)/, '');
  const query = call.request.rawQuery;
  const self = `${base}${path}${query ? `?${query}` : ''}`;
  if (!next) return { base, context: '/wiki', self };
  const params = new URLSearchParams(call.request.query);
  const buggy = service.settings().confluence.nextStart === 'requested';
  const step = buggy ? paging.requested : paging.limit;
  params.set('start', String(paging.start + step));
  params.set('limit', String(step));
  // A path relative to `base`; following it from the gateway leaves the gateway.
  return { base, context: '/wiki', self, next: `${path}?${params}` };
}

function list(call: ApiCall, service: Service, selection: (call: ApiCall) => Selection | undefined): Reply {
  const entry = admit(call, service, readScopes);
  if ('refusal' in entry) return entry.refusal;
  const window = selection(call);
  if (!window) return confluenceError(400, 'The dates, the number or the units are invalid');
  const pages = paging(call, service);
  if (!pages) return confluenceError(400, 'start and limit must be whole numbers that are not negative');
  const settings = service.settings().confluence;
  const { page, more } = cut(selectRecords(service, window, call.request.now, pages.start), pages.limit);
  const full = settings.nextOnLastFullPage && page.length > 0 && page.length === pages.limit;
  service.productLimiter.charge(call, entry.caller, page.length);
  const echo = settings.echoLimit === 'clamped' ? pages.limit : pages.requested;
  const tail = `"start":${pages.start},"limit":${echo},"size":${page.length}`;
  const next = pages.limit > 0 && (more || full);
  return {
    status: 200,
    headers: { 'content-type': 'application/json', ...entry.verdict.headers },
    body: `{"results":[${page.join(',')}],${tail},"_links":${JSON.stringify(links(call, service, pages, next))}}`,
    rows: page.length,
  };
}

/** `GET /wiki/rest/api/audit`. */
export const confluenceAudit = (call: ApiCall, service: Service): Reply =>
  list(call, service, (c) => windowOf(c, service));

/** `GET /wiki/rest/api/audit/since`: the last n units up to now, so never the same twice. */
export const confluenceSince = (call: ApiCall, service: Service): Reply => list(call, service, sinceWindow);
