import type { ApiCall, Reply, SimRequest } from './http.ts';
import { htmlReply, jsonReply, textReply } from './http.ts';
import type { Settings } from './settings.ts';

/** Who calls, for limiters that count by user; `app` callers are subject to the points quota. */
export interface Caller {
  readonly user: string;
  readonly app: boolean;
}

type Outcome = { readonly caller: Caller } | { readonly refusal: Reply };

interface Presented {
  readonly scheme: 'basic' | 'bearer' | 'none';
  readonly user: string;
  readonly secret: string;
}

function presented(request: SimRequest): Presented {
  const header = request.headers.authorization ?? '';
  const bearer = /^Bearer +(\S+)$/i.exec(header);
  if (bearer) return { scheme: 'bearer', user: '', secret: bearer[1] ?? '' };
  const basic = /^Basic +(\S+)$/i.exec(header);
  if (!basic) return { scheme: 'none', user: '', secret: '' };
  const text = Buffer.from(basic[1] ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return { scheme: 'basic', user: text.slice(0, Math.max(0, colon)), secret: text.slice(colon + 1) };
}

const gatewayUnauthorized = (message = 'Unauthorized'): Reply => jsonReply(401, { code: 401, message });
const wrongScope = () => gatewayUnauthorized('Unauthorized; scope does not match');

function siteUnauthorized(request: SimRequest, settings: Settings, reason: string): Reply {
  const mode = settings.auth.failureMode;
  const login = `${request.origin}/login.jsp?os_destination=${encodeURIComponent(request.path)}`;
  if (mode === 'redirect302')
    return { status: 302, headers: { location: login, 'content-type': 'text/html;charset=UTF-8' }, body: '' };
  if (mode === 'html200') return htmlReply(200, 'Log in to continue');
  const message = 'Client must be authenticated to access this resource.';
  const json = /\bjson\b/.test(request.headers.accept ?? '');
  const reply = json ? jsonReply(401, { message, 'status-code': 401 }) : textReply(401, message);
  return {
    ...reply,
    headers: { ...reply.headers, 'www-authenticate': 'OAuth realm="site"', 'x-seraph-loginreason': reason },
  };
}

function siteAuth(request: SimRequest, settings: Settings): Outcome {
  const { auth } = settings;
  const given = presented(request);
  // Scoped credentials are unknown to the site itself; the gateway in front of it refuses them.
  if (given.secret !== '' && (given.secret === auth.scopedToken || given.secret === auth.oauthToken))
    return { refusal: gatewayUnauthorized() };
  if (given.scheme === 'none') return { refusal: siteUnauthorized(request, settings, 'OUT') };
  const good =
    given.scheme === 'basic' &&
    given.user === auth.email &&
    given.secret === auth.apiToken &&
    !auth.apiTokenExpired;
  if (!good) return { refusal: siteUnauthorized(request, settings, 'AUTHENTICATED_FAILED') };
  return { caller: { user: auth.email, app: false } };
}

/** A call is allowed by one of several sets of scopes, each of which must be held whole. */
function gatewayAuth(
  request: SimRequest,
  settings: Settings,
  anyOf: readonly (readonly string[])[],
): Outcome {
  const { auth } = settings;
  const given = presented(request);
  const scoped = given.secret === auth.scopedToken && !auth.scopedTokenExpired;
  const oauth = given.scheme === 'bearer' && given.secret === auth.oauthToken && !auth.oauthExpired;
  const named = given.scheme === 'bearer' || (given.scheme === 'basic' && given.user === auth.email);
  if (given.secret === '' || !(named && (scoped || oauth))) return { refusal: gatewayUnauthorized() };
  const held = oauth ? auth.oauthScopes : auth.scopedTokenScopes;
  if (!anyOf.some((needed) => needed.every((scope) => held.includes(scope))))
    return { refusal: wrongScope() };
  return { caller: { user: oauth ? 'oauth-app' : auth.email, app: oauth } };
}

/** Products: Basic with an unscoped token on the site, scoped tokens and OAuth on the gateway, nothing else. */
export function productAuth(
  call: ApiCall,
  settings: Settings,
  anyOf: readonly (readonly string[])[],
): Outcome {
  return call.gateway ? gatewayAuth(call.request, settings, anyOf) : siteAuth(call.request, settings);
}

/** Organization API: only an organization API key as Bearer. */
export function orgAuth(request: SimRequest, settings: Settings): Outcome {
  const { auth, plan } = settings;
  const given = presented(request);
  const good =
    given.scheme === 'bearer' &&
    given.secret !== '' &&
    given.secret === auth.orgApiKey &&
    !auth.orgKeyExpired;
  if (!good) return { refusal: gatewayUnauthorized() };
  if (auth.orgKeyScopes.length > 0 && !auth.orgKeyScopes.includes('read:events:admin'))
    return { refusal: wrongScope() };
  if (plan.guard === 'none' && plan.noGuardAnswer === 'status401') return { refusal: gatewayUnauthorized() };
  return { caller: { user: given.secret, app: false } };
}

/** `accessible-resources` needs a valid OAuth token only. */
export function oauthOnly(request: SimRequest, settings: Settings): Outcome {
  const given = presented(request);
  const good =
    given.scheme === 'bearer' && given.secret === settings.auth.oauthToken && !settings.auth.oauthExpired;
  return good ? { caller: { user: 'oauth-app', app: true } } : { refusal: gatewayUnauthorized() };
}
