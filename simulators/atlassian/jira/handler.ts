import { productAuth } from '../auth.ts';
import type { ApiCall, Reply, SimRequest } from '../http.ts';
import { jsonReply } from '../http.ts';
import type { Service } from '../service.ts';
import type { Settings } from '../settings.ts';
import type { DateVerdict } from './dates.ts';
import { parseJiraDate } from './dates.ts';
import { jiraFilter } from './filter.ts';

const int32Max = 2_147_483_647;

export const jiraError = (status: number, message: string): Reply =>
  jsonReply(status, { errorMessages: [message], errors: {} });

interface JiraQuery {
  readonly offset: number;
  readonly limit: number;
  readonly from: DateVerdict | undefined;
  readonly to: DateVerdict | undefined;
  readonly terms: string;
}

function integer(request: SimRequest, name: string, fallback: number): number | undefined {
  const text = request.query.get(name);
  if (text === null || text === '') return fallback;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return value <= int32Max ? value : undefined;
}

function pageLimit(requested: number, settings: Settings['jira']): number | undefined {
  if (requested <= settings.maxLimit || settings.limitOver === 'ignore') return requested;
  return settings.limitOver === 'clamp' ? settings.maxLimit : undefined;
}

function parseQuery(call: ApiCall, settings: Settings['jira']): JiraQuery | { readonly refusal: Reply } {
  const { request, gateway } = call;
  const offset = integer(request, 'offset', 0);
  if (offset === undefined)
    return { refusal: jiraError(400, 'The offset must be a whole number that is not negative.') };
  const requested = integer(request, 'limit', settings.defaultLimit);
  const limit = requested === undefined ? undefined : pageLimit(requested, settings);
  if (limit === undefined)
    return { refusal: jiraError(400, `The limit must be a whole number from 0 to ${settings.maxLimit}.`) };
  const bound = (name: string) => {
    const text = request.query.get(name);
    return text === null || text === '' ? undefined : parseJiraDate(text, gateway, settings);
  };
  const from = bound('from');
  const to = bound('to');
  if (from === 'error400') return { refusal: jiraError(400, "The date in 'from' can't be parsed.") };
  if (to === 'error400') return { refusal: jiraError(400, "The date in 'to' can't be parsed.") };
  return { offset, limit, from, to, terms: request.query.get('filter') ?? '' };
}

function page(service: Service, query: JiraQuery, now: number): { rows: string[]; total: number } {
  const settings = service.settings().jira;
  const store = service.stores.jira;
  const view = store.byTime;
  const oldest = view.lowerBound(now - settings.retentionDays * 86_400_000);
  const all = view.length - oldest;
  const empty = (total: number) => ({ rows: [], total: settings.totalMode === 'all' ? all : total });
  const { from, to } = query;
  if (from === 'empty' || to === 'empty') return empty(0);
  const fromMs = typeof from === 'object' ? from.ms : Number.NEGATIVE_INFINITY;
  if (typeof to === 'object' && to.ms <= fromMs) return empty(0);
  const low = Math.max(oldest, view.lowerBound(fromMs));
  const high = typeof to === 'object' ? view.lowerBound(to.ms + 1) : view.length;
  const matches = query.terms === '' ? undefined : jiraFilter(query.terms, service.world);
  const rows: string[] = [];
  let seen = 0;
  // Newest first: by time, then by id.
  for (let position = matches ? high - 1 : high - 1 - query.offset; position >= low; position--) {
    const json = store.json(view.at(position));
    if (matches) {
      if (!matches(json)) continue;
      if (++seen <= query.offset) continue;
    }
    if (rows.length >= query.limit) {
      if (matches && settings.totalMode === 'filtered') continue;
      break;
    }
    rows.push(json);
  }
  const windowTotal = matches ? seen : Math.max(0, high - low);
  return { rows, total: settings.totalMode === 'all' ? all : windowTotal };
}

/** Scopes that open the endpoint; the old path does not accept the granular ones. */
function scopes(path: string): readonly (readonly string[])[] {
  const classic = ['manage:jira-configuration'];
  return path.includes('/rest/api/2/') ? [classic] : [classic, ['read:audit-log:jira', 'read:user:jira']];
}

/** `GET /rest/api/3/auditing/record` and its version-2 twin. */
export function jiraRecords(call: ApiCall, service: Service): Reply {
  const settings = service.settings();
  const outcome = productAuth(call, settings, scopes(call.request.path));
  if ('refusal' in outcome) return outcome.refusal;
  if (call.request.method !== 'GET')
    return { ...jiraError(405, 'Method not allowed.'), headers: { allow: 'GET' } };
  if (settings.plan.jiraFree) {
    return jiraError(
      403,
      'Audit logs are not available for this site, because all its Jira products are on Free plans.',
    );
  }
  if (!settings.auth.administrator) return jiraError(403, 'You need the permission to administer Jira.');
  const verdict = service.productLimiter.check(call, outcome.caller, settings.jira.burst);
  if (verdict.refusal) return verdict.refusal;
  const query = parseQuery(call, settings.jira);
  if ('refusal' in query)
    return { ...query.refusal, headers: { ...query.refusal.headers, ...verdict.headers } };
  const { rows, total } = page(service, query, call.request.now);
  service.productLimiter.charge(call, outcome.caller, rows.length);
  const records =
    rows.length === 0 && settings.jira.emptyRecords === 'absent' ? '' : `,"records":[${rows.join(',')}]`;
  return {
    status: 200,
    headers: { 'content-type': 'application/json;charset=UTF-8', ...verdict.headers },
    body: `{"offset":${query.offset},"limit":${query.limit},"total":${total}${records}}`,
    rows: rows.length,
  };
}
