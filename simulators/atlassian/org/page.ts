import type { ApiCall, Reply } from '../http.ts';
import type { Service } from '../service.ts';
import type { Position } from './cursor.ts';
import { writeCursor } from './cursor.ts';
import { adminError } from './errors.ts';

/** Page size, or undefined when it is refused. */
export function pageLimit(call: ApiCall, service: Service, fallback: number): number | undefined {
  const { maxLimit, limitOver } = service.settings().org;
  const text = call.request.query.get('limit');
  if (text === null || text === '') return fallback;
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) return undefined;
  const wanted = Number(text);
  if (wanted <= maxLimit || limitOver === 'ignore') return wanted;
  return limitOver === 'clamp' ? maxLimit : undefined;
}

/** Epoch milliseconds as text; nothing else. */
export function epochParam(call: ApiCall, name: string): number | undefined | 'invalid' {
  const text = call.request.query.get(name);
  if (text === null || text === '') return undefined;
  return /^\d{1,16}$/.test(text) ? Number(text) : 'invalid';
}

export const badLimit = (service: Service): Reply =>
  adminError('ADMIN-400-4', `limit must be a whole number from 1 to ${service.settings().org.maxLimit}.`);
export const badTime = (name: string): Reply =>
  adminError('ADMIN-400-3', `${name} must be epoch milliseconds.`);
export const badCursor = (): Reply =>
  adminError('ADMIN-400-1', 'The cursor is not valid any more; start again without it.');

interface EventPage {
  readonly rows: readonly string[];
  /** Where the next page starts; undefined for a null cursor. */
  readonly next: Position | undefined;
  readonly limit: number;
  readonly defaultLimit: number;
  readonly headers: Readonly<Record<string, string>>;
}

function baseUrl(call: ApiCall, service: Service): string {
  const vendor = service.settings().http.linkOrigin === 'vendor' || call.request.host !== 'plain';
  return `${vendor ? 'https://api.atlassian.com' : call.request.origin}${call.request.path}`;
}

/** The envelope of both logs; an empty last page shows the vendor's extra null keys. */
export function eventPage(call: ApiCall, service: Service, page: EventPage): Reply {
  const { nextIn, pageSizeEcho } = service.settings().org;
  const cursor =
    page.next === undefined ? null : writeCursor(page.next, call.request.now, service.cursorSecret);
  const pageSize = pageSizeEcho === 'default' ? page.defaultLimit : page.limit;
  const empty = { prev: null, total: 0, start_index: null, end_index: null, current: null, attributes: null };
  const meta = {
    ...(nextIn === 'links' ? {} : { next: cursor }),
    page_size: pageSize,
    ...(page.rows.length === 0 ? empty : { total: page.rows.length }),
  };
  const base = baseUrl(call, service);
  const query = call.request.rawQuery;
  const nextUrl = `${base}?${new URLSearchParams({ cursor: cursor ?? '', limit: String(page.limit) })}`;
  const links =
    page.rows.length === 0 && cursor === null
      ? {}
      : {
          self: `${base}${query ? `?${query}` : ''}`,
          ...(cursor === null || nextIn === 'meta' ? {} : { next: nextUrl }),
        };
  return {
    status: 200,
    headers: { 'content-type': 'application/json', ...page.headers },
    body: `{"data":[${page.rows.join(',')}],"meta":${JSON.stringify(meta)},"links":${JSON.stringify(links)}}`,
    rows: page.rows.length,
  };
}
