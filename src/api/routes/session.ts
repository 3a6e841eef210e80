import type { FastifyRequest } from 'fastify';
import { sessionCookie } from '../access.ts';
import { apiError } from '../api-error.ts';
import { type ApiApp, base, Nothing, problems, type RouteContext } from '../context.ts';
import { Session, SessionInput } from '../schemas.ts';
import type { Principal } from '../services.ts';
import { SignInLimit } from '../sign-in-limit.ts';

const tags = ['session'];
const addressDelayMs = 5 * 60_000;
/** Shorter than for addresses: a stranger who knows a name must not lock its owner out for long. */
const nameDelayMs = 30_000;

function cookieOptions(request: FastifyRequest) {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: request.protocol === 'https' } as const;
}

function toSession(principal: Principal, version: string) {
  return {
    user: { name: principal.name, role: principal.role },
    csrf: principal.csrf ?? '',
    version,
  };
}

/** Sign-in, who am I, sign-out. */
export function sessionRoutes(app: ApiApp, { services, clock }: RouteContext): void {
  const byAddress = new SignInLimit(clock, addressDelayMs);
  const byName = new SignInLimit(clock, nameDelayMs);
  const url = `${base}/session`;

  app.post(
    url,
    {
      config: { access: 'public' },
      schema: { tags, summary: 'Sign in', body: SessionInput, response: { 200: Session, ...problems } },
    },
    async (request, reply) => {
      const { name, password } = request.body;
      const wait = Math.max(byAddress.waitSeconds(request.ip), byName.waitSeconds(name));
      if (wait > 0) {
        reply.header('retry-after', String(wait));
        throw apiError('SIGN_IN_THROTTLED', `Too many failed sign-ins; try again in ${wait} s.`);
      }
      byAddress.begin(request.ip);
      byName.begin(name);
      const result = await services.auth.signIn(name, password);
      if (!result) throw apiError('SIGN_IN_FAILED');
      byAddress.succeed(request.ip);
      byName.succeed(name);
      reply.setCookie(sessionCookie, result.token, {
        ...cookieOptions(request),
        expires: new Date(result.expiresAt),
      });
      return toSession(result.principal, services.version);
    },
  );

  app.get(
    url,
    {
      config: { access: 'viewer' },
      schema: { tags, summary: 'Who is signed in', response: { 200: Session, ...problems } },
    },
    async (request) => {
      if (!request.principal) throw apiError('UNAUTHENTICATED');
      return toSession(request.principal, services.version);
    },
  );

  app.delete(
    url,
    {
      config: { access: 'viewer' },
      schema: { tags, summary: 'Sign out', response: { 204: Nothing, ...problems } },
    },
    async (request, reply) => {
      const token = request.cookies[sessionCookie];
      if (request.principal?.kind === 'session' && token !== undefined) await services.auth.signOut(token);
      reply.clearCookie(sessionCookie, cookieOptions(request));
      return reply.code(204).send(null);
    },
  );
}
