import type { ApiCall, Reply } from '../http.ts';
import { compareText } from '../ledger.ts';
import type { Service } from '../service.ts';
import { admitOrg, logIsEmpty } from './access.ts';
import type { Position } from './cursor.ts';
import { readCursor } from './cursor.ts';
import { adminError } from './errors.ts';
import { badCursor, badLimit, badTime, epochParam, eventPage, pageLimit } from './page.ts';

/** A cursor carries order and bounds; everything else in the request is then ignored. */
function startPosition(call: ApiCall, service: Service): Position | { readonly refusal: Reply } {
  const { query, now } = call.request;
  const cursor = query.get('cursor');
  if (cursor) {
    const ttlSeconds = service.settings().org.cursorTtlSeconds;
    const position = readCursor(cursor, { secret: service.cursorSecret, now, ttlSeconds });
    return position?.log === 'stream' ? position : { refusal: badCursor() };
  }
  const order = query.get('sortOrder') || 'asc';
  if (order !== 'asc' && order !== 'desc')
    return { refusal: adminError('ADMIN-400-4', 'sortOrder must be asc or desc.') };
  const from = epochParam(call, 'from');
  if (from === 'invalid') return { refusal: badTime('from') };
  const to = epochParam(call, 'to');
  if (to === 'invalid') return { refusal: badTime('to') };
  return {
    log: 'stream',
    order,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/** Index in the ascending view of the first row on the reader's way. */
function resume(service: Service, position: Position): number {
  const store = service.stores.org;
  const view = store.byPublished;
  const { at, id, order } = position;
  if (at === undefined) return order === 'asc' ? 0 : view.length - 1;
  let index = view.lowerBound(at);
  const past =
    order === 'asc'
      ? (text: string) => compareText(text, id ?? '') <= 0
      : (text: string) => compareText(text, id ?? '') < 0;
  while (index < view.length && store.publishedAt(view.at(index)) === at && past(store.uuid(view.at(index))))
    index++;
  return order === 'asc' ? index : index - 1;
}

function collect(service: Service, position: Position, limit: number, now: number) {
  const store = service.stores.org;
  const view = store.byPublished;
  const { streamClock, retentionDays } = service.settings().org;
  const oldest = now - retentionDays * 86_400_000;
  const low = Math.max(position.from ?? 0, oldest);
  const high = position.to ?? Number.POSITIVE_INFINITY;
  const clock = (n: number) => (streamClock === 'time' ? store.time(n) : store.publishedAt(n));
  const visible = (n: number) => clock(n) >= low && clock(n) <= high && store.time(n) >= oldest;
  const step = position.order === 'asc' ? 1 : -1;
  const rows: string[] = [];
  let last: number | undefined;
  let more = false;
  for (let index = resume(service, position); index >= 0 && index < view.length; index += step) {
    const n = view.at(index);
    if (!visible(n)) continue;
    if (rows.length === limit) {
      more = true;
      break;
    }
    rows.push(store.json(n));
    last = n;
  }
  const next: Position =
    last === undefined ? position : { ...position, at: store.publishedAt(last), id: store.uuid(last) };
  return { rows, next, more };
}

/** `GET …/events-stream`: the log in the order of processing, to be polled with the last cursor. */
export function orgStream(call: ApiCall, service: Service, orgId: string): Reply {
  const entry = admitOrg(call, service, orgId);
  if ('refusal' in entry) return entry.refusal;
  const withHeaders = (reply: Reply): Reply => ({
    ...reply,
    headers: { ...reply.headers, ...entry.headers },
  });
  const { streamDefaultLimit, tipMode } = service.settings().org;
  const limit = pageLimit(call, service, streamDefaultLimit);
  if (limit === undefined) return withHeaders(badLimit(service));
  const position = startPosition(call, service);
  if ('refusal' in position) return withHeaders(position.refusal);
  const found = logIsEmpty(service)
    ? { rows: [], next: position, more: false }
    : collect(service, position, limit, call.request.now);
  const hidden = (tipMode === 'null' && found.rows.length === 0) || (tipMode === 'nullEarly' && !found.more);
  const next = hidden ? undefined : found.next;
  return eventPage(call, service, {
    rows: found.rows,
    next,
    limit,
    defaultLimit: streamDefaultLimit,
    headers: entry.headers,
  });
}
