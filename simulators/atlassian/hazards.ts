import { confluenceError } from './confluence/common.ts';
import type { ApiCall, Reply } from './http.ts';
import { htmlReply, jsonReply, minuteText, nextMinute } from './http.ts';
import { jiraError } from './jira/handler.ts';
import { contentKey } from './keys.ts';
import { adminError } from './org/errors.ts';
import type { Service } from './service.ts';
import type { Fault, Settings } from './settings.ts';
import type { Prng } from './world/random.ts';

/** How the answer leaves: whole, never, cut off, or half with the announced length. */
export type Delivery = 'whole' | 'timeout' | 'reset' | 'truncated';

export interface Outcome {
  readonly reply: Reply;
  readonly delivery: Delivery;
  readonly fault?: Fault['kind'];
}

/** Chooses and applies the injected faults; the choice is seeded. */
export interface Hazards {
  run(call: ApiCall, service: Service, handle: (service: Service) => Reply): Outcome;
}

const pagingParams = ['offset', 'start', 'cursor'];
const isLaterPage = (call: ApiCall) =>
  pagingParams.some((name) => !['', '0'].includes(call.request.query.get(name) ?? ''));
const hasCursor = (call: ApiCall) => call.request.query.has('cursor');

function applies(fault: Fault, call: ApiCall): boolean {
  if (fault.api !== undefined && fault.api !== call.api) return false;
  if (fault.endpoint !== undefined && fault.endpoint !== call.endpoint) return false;
  if (fault.laterPagesOnly && !isLaterPage(call)) return false;
  const cursorOnly = fault.kind === 'expiredCursor' || fault.kind === 'repeatToken';
  return !cursorOnly || (call.api === 'org' && hasCursor(call));
}

function errorReply(call: ApiCall, status: number, message: string): Reply {
  if (call.api === 'jira') return jiraError(status, message);
  if (call.api === 'confluence') return confluenceError(status, message);
  const coded = adminError(status === 429 ? 'ADMIN-429-1' : 'ADMIN-500-1', message);
  return { ...coded, status };
}

function timed(fault: Fault, call: ApiCall, reply: Reply): Reply {
  const { now } = call.request;
  const retry = fault.retryAfter === null ? {} : { 'retry-after': String(fault.retryAfter) };
  const reset = { 'x-ratelimit-reset': minuteText(fault.resetInPast ? now - 120_000 : nextMinute(now)) };
  return { ...reply, headers: { ...reply.headers, ...retry, ...(reply.status === 429 ? reset : {}) } };
}

/** Faults that answer instead of the API. */
function instead(fault: Fault, call: ApiCall): Reply | undefined {
  const { request } = call;
  switch (fault.kind) {
    case 'status429':
      return timed(fault, call, errorReply(call, 429, 'Rate limit exceeded.'));
    case 'status5xx':
      return timed(
        fault,
        call,
        errorReply(call, fault.status, 'The service is not available at the moment.'),
      );
    case 'html200':
      return htmlReply(200, 'Log in to continue');
    case 'login302':
      return {
        status: 302,
        headers: { location: `${request.origin}/login.jsp`, 'content-type': 'text/html' },
        body: '',
      };
    case 'error200':
      return { ...errorReply(call, 500, 'Something went wrong.'), status: 200 };
    case 'expiredCursor':
      return adminError('ADMIN-400-1', 'The cursor has expired.');
    case 'timeout':
    case 'reset':
      return jsonReply(200, {});
    default:
      return undefined;
  }
}

type Body = Record<string, unknown>;

function edit(reply: Reply, change: (body: Body) => Body): Reply {
  if (reply.status !== 200 || typeof reply.body !== 'string') return reply;
  return { ...reply, body: JSON.stringify(change(JSON.parse(reply.body) as Body)) };
}

/** Serves fewer rows without saying so; Confluence then advances its link by what was asked for. */
function clamped(fault: Fault, call: ApiCall, service: Service, handle: (service: Service) => Reply): Reply {
  const change = (settings: Settings): Settings => ({
    ...settings,
    jira: { ...settings.jira, maxLimit: fault.rows, defaultLimit: fault.rows, limitOver: 'clamp' },
    confluence: {
      ...settings.confluence,
      limitClamp: fault.rows,
      nextStart: 'requested',
      echoLimit: 'requested',
    },
    org: {
      ...settings.org,
      maxLimit: fault.rows,
      streamDefaultLimit: fault.rows,
      searchDefaultLimit: fault.rows,
      limitOver: 'clamp',
    },
  });
  const reply = handle({ ...service, settings: () => change(service.settings()) });
  const asked = Number(call.request.query.get('limit') || service.settings().jira.defaultLimit);
  return call.api === 'jira' ? edit(reply, (body) => ({ ...body, limit: asked })) : reply;
}

/** Takes rows of the page just served out of the log, so that the next page skips as many. */
function removeServed(fault: Fault, call: ApiCall, service: Service, reply: Reply): void {
  if (reply.status !== 200 || typeof reply.body !== 'string' || call.api === 'org') return;
  const body = JSON.parse(reply.body) as Body;
  const rows = (body['records'] ?? body['results'] ?? []) as Body[];
  const store = service.stores[call.api];
  for (const row of rows.slice(0, fault.rows)) {
    const key = contentKey(call.api, row);
    const time =
      typeof row['creationDate'] === 'number'
        ? row['creationDate']
        : Date.parse(String(row['created']).replace('+0000', 'Z'));
    const view = store.byTime;
    for (
      let position = view.lowerBound(time);
      position < view.length && store.time(view.at(position)) === time;
      position++
    ) {
      const n = view.at(position);
      if (contentKey(call.api, JSON.parse(store.json(n))) !== key) continue;
      store.remove(n, call.request.now);
      break;
    }
  }
}

function garbled(reply: Reply): Reply {
  const bytes = Buffer.from(reply.body ?? '');
  for (let i = Math.floor(bytes.length / 3); i < bytes.length; i += 97) bytes[i] = 0xff;
  return { ...reply, body: bytes };
}

function repeated(call: ApiCall, reply: Reply): Reply {
  const cursor = call.request.query.get('cursor');
  return edit(reply, (body) => ({ ...body, meta: { ...(body['meta'] as Body), next: cursor }, links: {} }));
}

function faulty(fault: Fault, call: ApiCall, service: Service, handle: (service: Service) => Reply): Outcome {
  const delivery: Delivery =
    fault.kind === 'timeout' || fault.kind === 'reset' || fault.kind === 'truncated' ? fault.kind : 'whole';
  const result = (reply: Reply): Outcome => ({ reply, delivery, fault: fault.kind });
  const answer = instead(fault, call);
  if (answer) return result(answer);
  if (fault.kind === 'silentClamp') return result(clamped(fault, call, service, handle));
  const reply = handle(service);
  if (fault.kind === 'removeRows') removeServed(fault, call, service, reply);
  if (fault.kind === 'garbled') return result(garbled(reply));
  if (fault.kind === 'repeatToken') return result(repeated(call, reply));
  if (fault.kind === 'wrongContentType')
    return result({ ...reply, headers: { ...reply.headers, 'content-type': 'text/plain' } });
  return result(reply);
}

export function createHazards(prng: Prng): Hazards {
  const progress = new Map<string, { seen: number; used: number }>();
  const due = (fault: Fault, index: number): boolean => {
    const key = `${index} ${JSON.stringify(fault)}`;
    const state = progress.get(key) ?? { seen: 0, used: 0 };
    progress.set(key, state);
    if (state.seen++ < fault.skip) return false;
    if (fault.count !== undefined && state.used >= fault.count) return false;
    if (!prng.chance(fault.rate)) return false;
    state.used++;
    return true;
  };
  return {
    run: (call, service, handle) => {
      const { faults } = service.settings();
      if (faults.length === 0) progress.clear();
      const fault = faults.find((item, index) => applies(item, call) && due(item, index));
      return fault ? faulty(fault, call, service, handle) : { reply: handle(service), delivery: 'whole' };
    },
  };
}
