import { orgAuth } from '../auth.ts';
import type { ApiCall, Reply } from '../http.ts';
import type { Service } from '../service.ts';
import { adminError } from './errors.ts';

/** Key, organization, role, plan, method and limiter, in this order. */
export function admitOrg(
  call: ApiCall,
  service: Service,
  orgId: string,
): { readonly headers: Readonly<Record<string, string>> } | { readonly refusal: Reply } {
  const settings = service.settings();
  const outcome = orgAuth(call.request, settings);
  if ('refusal' in outcome) return outcome;
  const verdict = service.orgLimiter.check(call, outcome.caller, settings.org);
  if (verdict.refusal) return { refusal: verdict.refusal };
  const { headers } = verdict;
  if (orgId !== service.world.orgId)
    return { refusal: adminError('ADMIN-404-2', `No organization ${orgId}.`, headers) };
  const noGuard = settings.plan.guard === 'none' && settings.plan.noGuardAnswer === 'status403';
  if (noGuard || !settings.auth.orgAdministrator) {
    return {
      refusal: adminError('ADMIN-403-3', 'The key may not read events of this organization.', headers),
    };
  }
  if (call.request.method !== 'GET')
    return { refusal: adminError('ADMIN-405-1', `${call.request.method} is not supported.`, headers) };
  return { headers };
}

/** Without Guard an organization may also just have an empty log. */
export function logIsEmpty(service: Service): boolean {
  const { plan } = service.settings();
  return plan.guard === 'none' && plan.noGuardAnswer === 'empty';
}
