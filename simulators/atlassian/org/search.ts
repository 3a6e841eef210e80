import type { ApiCall, Reply } from '../http.ts';
import { compareText } from '../ledger.ts';
import type { Service } from '../service.ts';
import { admitOrg, logIsEmpty } from './access.ts';
import type { Position } from './cursor.ts';
import { readCursor } from './cursor.ts';
import { adminError } from './errors.ts';
import { parseFilters } from './filter.ts';
import { badCursor, badLimit, badTime, epochParam, eventPage, pageLimit } from './page.ts';
import { withoutProcessedAt } from './records.ts';

const filterNames = ['q', 'action', 'actor', 'ip', 'product', 'location'];

/** A cursor remembers window and filters of the first request. */
function startPosition(call: ApiCall, service: Service): Position | { readonly refusal: Reply } {
  const { query, now } = call.request;
  const cursor = query.get('cursor');
  if (cursor) {
    const ttlSeconds = service.settings().org.cursorTtlSeconds;
    const position = readCursor(cursor, { secret: service.cursorSecret, now, ttlSeconds });
    return position?.log === 'search' ? position : { refusal: badCursor() };
  }
  const from = epochParam(call, 'from');
  if (from === 'invalid') return { refusal: badTime('from') };
  const to = epochParam(call, 'to');
  if (to === 'invalid') return { refusal: badTime('to') };
  const kept = [...query].filter(([name]) => filterNames.includes(name));
  const filters = kept.length > 0 ? { filters: new URLSearchParams(kept).toString() } : {};
  return {
    log: 'search',
    order: 'desc',
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...filters,
  };
}

/** Index of the newest row that the reader has not seen. */
function resume(service: Service, position: Position): number {
  const store = service.stores.org;
  const view = store.byTime;
  const bound = position.at ?? position.to;
  if (bound === undefined) return view.length - 1;
  if (position.at === undefined) return view.lowerBound(bound + 1) - 1;
  let index = view.lowerBound(position.at);
  while (
    index < view.length &&
    store.time(view.at(index)) === position.at &&
    compareText(store.uuid(view.at(index)), position.id ?? '') < 0
  )
    index++;
  return index - 1;
}

function collect(
  service: Service,
  position: Position,
  options: { limit: number; now: number; matches: (json: string) => boolean },
) {
  const store = service.stores.org;
  const view = store.byTime;
  const oldest = options.now - service.settings().org.retentionDays * 86_400_000;
  const low = view.lowerBound(Math.max(oldest, position.from ?? 0));
  const rows: string[] = [];
  let last: number | undefined;
  for (let index = resume(service, position); index >= low; index--) {
    const n = view.at(index);
    const json = store.json(n);
    if (!options.matches(json)) continue;
    if (rows.length === options.limit && last !== undefined) {
      return { rows, next: { ...position, at: store.time(last), id: store.uuid(last) } };
    }
    rows.push(withoutProcessedAt(json));
    last = n;
  }
  return { rows, next: undefined };
}

/** `GET …/events`: the log by event time, newest first, with filters and ten requests a minute. */
export function orgSearch(call: ApiCall, service: Service, orgId: string): Reply {
  const entry = admitOrg(call, service, orgId);
  if ('refusal' in entry) return entry.refusal;
  const withHeaders = (reply: Reply): Reply => ({
    ...reply,
    headers: { ...reply.headers, ...entry.headers },
  });
  const defaultLimit = service.settings().org.searchDefaultLimit;
  const limit = pageLimit(call, service, defaultLimit);
  if (limit === undefined) return withHeaders(badLimit(service));
  const position = startPosition(call, service);
  if ('refusal' in position) return withHeaders(position.refusal);
  const matches = parseFilters(new URLSearchParams(position.filters ?? ''));
  if (!matches) return withHeaders(adminError('ADMIN-400-4', 'location must be a JSON list of places.'));
  const found = logIsEmpty(service)
    ? { rows: [], next: undefined }
    : collect(service, position, { limit, now: call.request.now, matches });
  return eventPage(call, service, { ...found, limit, defaultLimit, headers: entry.headers });
}
