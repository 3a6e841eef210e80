import type { ApiCall, Reply } from '../http.ts';
import { jsonReply, textReply } from '../http.ts';
import type { NewRecord } from '../ledger.ts';
import type { Service } from '../service.ts';
import { admitOrg, logIsEmpty } from './access.ts';
import type { OrgAction } from './catalogue.ts';
import { orgCatalogue } from './catalogue.ts';
import { adminError } from './errors.ts';
import { withoutProcessedAt } from './records.ts';

/** `GET …/events/{id}`. */
export function orgEvent(call: ApiCall, service: Service, target: { orgId: string; eventId: string }): Reply {
  const entry = admitOrg(call, service, target.orgId);
  if ('refusal' in entry) return entry.refusal;
  const store = service.stores.org;
  const n = logIsEmpty(service) ? undefined : store.findUuid(target.eventId);
  const oldest = call.request.now - service.settings().org.retentionDays * 86_400_000;
  if (n === undefined || store.time(n) < oldest)
    return adminError('ADMIN-404-4', `No event ${target.eventId}.`, entry.headers);
  const reply = textReply(200, `{"data":${withoutProcessedAt(store.json(n))}}`, 'application/json');
  return { ...reply, headers: { ...reply.headers, ...entry.headers }, rows: 1 };
}

const actions = Object.entries(orgCatalogue).flatMap(([group, rows]: [string, readonly OrgAction[]]) =>
  rows.map(([id, displayName]) => ({
    id,
    type: 'eventActions',
    attributes: { displayName, groupDisplayName: group },
  })),
);

/** `GET …/event-actions`: every action with its display name; not paged. */
export function orgActions(call: ApiCall, service: Service, orgId: string): Reply {
  const entry = admitOrg(call, service, orgId);
  if ('refusal' in entry) return entry.refusal;
  return { ...jsonReply(200, { data: actions }, entry.headers), rows: actions.length };
}

/** A given event, for tests: `id` and `attributes.time` must be there; `processedAt` defaults to now. */
export function givenOrg(record: Readonly<Record<string, unknown>>, now: number): NewRecord {
  const attributes = { ...(record['attributes'] as Readonly<Record<string, unknown>> | undefined) };
  const time = Date.parse(String(attributes['time']));
  if (typeof record['id'] !== 'string' || Number.isNaN(time))
    throw new TypeError('An event needs an id and attributes.time.');
  const processedAt = String(attributes['processedAt'] ?? new Date(now).toISOString());
  const { time: timeText, ...rest } = attributes;
  const json = JSON.stringify({ ...record, attributes: { time: timeText, ...rest, processedAt } });
  return { json, time, publishedAt: Date.parse(processedAt), uuid: record['id'] };
}
