import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { apiError } from './api-error.ts';
import { checkOrigin } from './host-guard.ts';
import type { AuthService, Principal } from './services.ts';

/** Who may call a route. Every API route must say so; registration fails otherwise. */
export type Access = 'public' | Principal['role'];

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** The caller; undefined on public routes without valid credentials. */
    principal: Principal | undefined;
  }
}

export const sessionCookie = 'sluice_session';
const rank = { viewer: 0, editor: 1, admin: 2 } as const;
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

async function findPrincipal(auth: AuthService, request: FastifyRequest): Promise<Principal | undefined> {
  const header = request.headers.authorization;
  if (header !== undefined) {
    const token = header.match(/^Bearer +([^\s]+)$/i)?.[1];
    return token === undefined ? undefined : auth.bearer(token);
  }
  const cookie = request.cookies[sessionCookie];
  return cookie === undefined ? undefined : auth.session(cookie);
}

/** A page elsewhere can make the browser send the cookie, but can't read the CSRF token. */
function checkCsrf(request: FastifyRequest, principal: Principal): void {
  if (principal.kind !== 'session' || safeMethods.has(request.method)) return;
  const sent = request.headers['x-csrf-token'];
  const valid = typeof sent === 'string' && principal.csrf !== undefined && sameText(sent, principal.csrf);
  if (!valid) throw apiError('CSRF_TOKEN_MISMATCH');
}

function checkRole(principal: Principal, needed: Principal['role']): void {
  if (rank[principal.role] >= rank[needed]) return;
  throw apiError('ROLE_REQUIRED', `This needs the ${needed} role; ${principal.name} has ${principal.role}.`);
}

/** Resolves the caller again, for long answers that must end when the session does. */
export function stillValid(auth: AuthService, request: FastifyRequest): Promise<boolean> {
  return findPrincipal(auth, request).then((principal) => principal !== undefined);
}

/** Adds authentication, role, CSRF and origin checks to every /api/ route of the instance. */
export function registerAccess(app: FastifyInstance, auth: AuthService): void {
  app.decorateRequest('principal', undefined);
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api/') && route.config?.access === undefined) {
      throw new Error(`route ${String(route.method)} ${route.url} does not say who may call it`);
    }
  });
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access;
    if (access === undefined) return;
    if (!safeMethods.has(request.method)) checkOrigin(request);
    const principal = await findPrincipal(auth, request);
    request.principal = principal;
    if (access === 'public') return;
    if (!principal) throw apiError('UNAUTHENTICATED');
    checkCsrf(request, principal);
    checkRole(principal, access);
  });
}
