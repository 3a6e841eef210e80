import type { Caller } from '../auth.ts';
import { productAuth } from '../auth.ts';
import type { ApiCall, Reply, SimRequest } from '../http.ts';
import { jsonReply } from '../http.ts';
import type { Verdict } from '../limiter.ts';
import type { Service } from '../service.ts';

export const readScopes = [['read:audit-log:confluence']];
export const writeScopes = [['read:audit-log:confluence', 'write:audit-log:confluence']];

/** The product's version-1 error shape. */
export function confluenceError(status: number, message: string): Reply {
  const error = { message: { key: message, translation: message } };
  const data = { authorized: status !== 403, valid: status !== 400, errors: [error] };
  return jsonReply(status, { statusCode: status, data, message });
}

/** Authentication, plan, permission and burst limit, in the order of the vendor's layers. */
export function admit(
  call: ApiCall,
  service: Service,
  scopes: readonly (readonly string[])[],
): { readonly caller: Caller; readonly verdict: Verdict } | { readonly refusal: Reply } {
  const settings = service.settings();
  const outcome = productAuth(call, settings, scopes);
  if ('refusal' in outcome) return outcome;
  if (settings.plan.confluenceFree)
    return { refusal: confluenceError(403, 'The audit log is not part of the Free plan.') };
  if (!settings.auth.administrator)
    return { refusal: confluenceError(403, 'Only Confluence administrators may read the audit log.') };
  const verdict = service.productLimiter.check(call, outcome.caller, settings.confluence.burst);
  return verdict.refusal ? { refusal: verdict.refusal } : { caller: outcome.caller, verdict };
}

/** A whole number that is not negative; undefined when it is something else. */
export function wholeNumber(request: SimRequest, name: string, fallback: number): number | undefined {
  const text = request.query.get(name);
  if (text === null || text === '') return fallback;
  return /^\d{1,10}$/.test(text) && Number(text) <= 2_147_483_647 ? Number(text) : undefined;
}

/** Where links point: the site, also for calls through the gateway; this machine for plain hosts. */
export function siteBase(call: ApiCall, service: Service): string {
  const vendor = service.settings().http.linkOrigin === 'vendor' || call.request.host !== 'plain';
  return vendor ? `https://${service.world.siteHost}/wiki` : `${call.request.origin}/wiki`;
}
