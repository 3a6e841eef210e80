import { oauthOnly } from './auth.ts';
import { confluenceError } from './confluence/common.ts';
import { confluenceCreate } from './confluence/create.ts';
import { confluenceExport } from './confluence/export.ts';
import { confluenceAudit, confluenceSince } from './confluence/list.ts';
import { confluenceRetention } from './confluence/retention.ts';
import type { ApiCall, Reply, SimRequest } from './http.ts';
import { htmlReply, jsonReply } from './http.ts';
import { jiraError, jiraRecords } from './jira/handler.ts';
import { admitOrg } from './org/access.ts';
import { adminError } from './org/errors.ts';
import { orgSearch } from './org/search.ts';
import { orgActions, orgEvent } from './org/single.ts';
import { orgStream } from './org/stream.ts';
import type { Service } from './service.ts';

type Handler = (service: Service) => Reply;

/** Where a request leads: an API call, which limiters and faults apply to, or a plain answer. */
type Target = { readonly call: ApiCall; readonly handle: Handler } | { readonly reply: Reply };

const gatewayMissing = (): Target => ({ reply: jsonReply(404, { code: 404, message: 'Not Found' }) });

function jiraTarget(request: SimRequest, path: string, gateway: boolean): Target {
  if (!/^\/rest\/api\/[23]\/auditing\/record$/.test(path))
    return { reply: jiraError(404, 'No such resource.') };
  const call: ApiCall = { api: 'jira', endpoint: 'record', gateway, request };
  return { call, handle: (service) => jiraRecords(call, service) };
}

const auditHandlers: Readonly<Record<string, (call: ApiCall, service: Service) => Reply>> = {
  audit: (call, service) => {
    if (call.request.method === 'POST') return confluenceCreate(call, service);
    if (call.request.method === 'GET') return confluenceAudit(call, service);
    return { ...confluenceError(405, 'Method not allowed'), headers: { allow: 'GET, POST' } };
  },
  since: (call, service) => getOnly(call) ?? confluenceSince(call, service),
  export: (call, service) => getOnly(call) ?? confluenceExport(call, service),
  retention: confluenceRetention,
};

const getOnly = (call: ApiCall): Reply | undefined =>
  call.request.method === 'GET'
    ? undefined
    : { ...confluenceError(405, 'Method not allowed'), headers: { allow: 'GET' } };

function confluenceTarget(request: SimRequest, path: string, gateway: boolean): Target {
  const endpoint = /^\/wiki\/rest\/api\/audit(?:\/(since|export|retention))?$/.exec(path);
  const handler = endpoint ? auditHandlers[endpoint[1] ?? 'audit'] : undefined;
  if (!handler) return { reply: confluenceError(404, 'No such resource') };
  const call: ApiCall = { api: 'confluence', endpoint: endpoint?.[1] ?? 'audit', gateway, request };
  return { call, handle: (service) => handler(call, service) };
}

function orgTarget(request: SimRequest, orgId: string, rest: string): Target {
  const event = /^events\/([^/]+)$/.exec(rest);
  const endpoint = event ? 'event' : rest;
  const call: ApiCall = { api: 'org', endpoint, gateway: true, request };
  if (event)
    return { call, handle: (service) => orgEvent(call, service, { orgId, eventId: event[1] ?? '' }) };
  if (rest === 'events-stream') return { call, handle: (service) => orgStream(call, service, orgId) };
  if (rest === 'events') return { call, handle: (service) => orgSearch(call, service, orgId) };
  if (rest === 'event-actions') return { call, handle: (service) => orgActions(call, service, orgId) };
  const missing = (service: Service): Reply => {
    const entry = admitOrg(call, service, orgId);
    return 'refusal' in entry
      ? entry.refusal
      : adminError('ADMIN-404-1', `No resource ${rest}.`, entry.headers);
  };
  return { call, handle: missing };
}

function accessibleResources(request: SimRequest, service: Service): Reply {
  const settings = service.settings();
  const outcome = oauthOnly(request, settings);
  if ('refusal' in outcome) return outcome.refusal;
  const { cloudId, siteName, siteHost } = service.world;
  return jsonReply(200, [
    {
      id: cloudId,
      name: siteName,
      url: `https://${siteHost}`,
      scopes: settings.auth.oauthScopes,
      avatarUrl: '',
    },
  ]);
}

function gatewayTarget(request: SimRequest, path: string, service: Service): Target | undefined {
  const org = /^\/admin\/v1\/orgs\/([^/]+)\/(.+)$/.exec(path);
  if (org) return orgTarget(request, org[1] ?? '', org[2] ?? '');
  if (path === '/oauth/token/accessible-resources') return { reply: accessibleResources(request, service) };
  const product = /^\/ex\/(jira|confluence)\/([^/]+)(\/.*)$/.exec(path);
  if (!product) return undefined;
  if (product[2] !== service.world.cloudId) return gatewayMissing();
  const inner = product[3] ?? '';
  return product[1] === 'jira' ? jiraTarget(request, inner, true) : confluenceTarget(request, inner, true);
}

function siteTarget(request: SimRequest, path: string, service: Service): Target | undefined {
  if (path === '/_edge/tenant_info') return { reply: jsonReply(200, { cloudId: service.world.cloudId }) };
  if (path === '/login.jsp') return { reply: htmlReply(200, 'Log in to continue') };
  if (path.startsWith('/wiki/rest/')) return confluenceTarget(request, path, false);
  if (path.startsWith('/rest/')) return jiraTarget(request, path, false);
  return undefined;
}

/** Finds the API behind host and path; each host knows its own paths only. */
export function route(request: SimRequest, service: Service): Target {
  const path = request.path.length > 1 ? request.path.replace(/\/+$/, '') : request.path;
  if (request.host === 'unknown') return { reply: htmlReply(404, 'Your site is unavailable') };
  if (request.host === 'gateway') return gatewayTarget(request, path, service) ?? gatewayMissing();
  const site = siteTarget(request, path, service);
  if (site || request.host === 'site') return site ?? { reply: htmlReply(404, 'Page not found') };
  return gatewayTarget(request, path, service) ?? { reply: htmlReply(404, 'Page not found') };
}
