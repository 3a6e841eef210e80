import type { FastifyRequest } from 'fastify';
import { type ApiApp, actionPath, base, IdParams, itemsOf, problems, type RouteContext } from '../context.ts';
import { ParkedWindow, WindowSkipInput } from '../schemas.ts';

const tags = ['windows'];
const editor = { access: 'editor' } as const;
const one = { params: IdParams };

/** Who is on record for a decision. Routes that need a role are never reached without a principal. */
function nameOf({ principal }: Pick<FastifyRequest, 'principal'>): string {
  if (!principal) throw new Error('a route with a role was reached without a principal');
  return principal.kind === 'token' ? `token ${principal.name}` : principal.name;
}

/** Windows that kept failing: what they are, and what an operator decides. */
export function windowRoutes(app: ApiApp, { services }: RouteContext): void {
  app.get(
    `${base}/connections/:id/windows`,
    {
      config: { access: 'viewer' },
      schema: {
        tags,
        summary: 'Windows of a connection that kept failing and were parked, in the order of time',
        ...one,
        response: { 200: itemsOf(ParkedWindow), ...problems },
      },
    },
    async (request) => ({ items: await services.windows.list(request.params.id) }),
  );
  app.post(
    actionPath('windows', 'retry'),
    {
      config: editor,
      schema: {
        tags,
        summary: 'Read a parked window again; answers when the read has ended',
        ...one,
        response: { 200: ParkedWindow, ...problems },
      },
    },
    async (request) => services.windows.retry(request.params.id, nameOf(request)),
  );
  app.post(
    actionPath('windows', 'split'),
    {
      config: editor,
      schema: {
        tags,
        summary: 'Put two halves in the place of a parked window',
        ...one,
        response: { 200: itemsOf(ParkedWindow), ...problems },
      },
    },
    async (request) => ({ items: await services.windows.split(request.params.id, nameOf(request)) }),
  );
  app.post(
    actionPath('windows', 'skip'),
    {
      config: editor,
      schema: {
        tags,
        summary: 'Give a parked window up; who, when and why stay on record',
        ...one,
        body: WindowSkipInput,
        response: { 200: ParkedWindow, ...problems },
      },
    },
    async (request) => services.windows.skip(request.params.id, nameOf(request), request.body.note),
  );
}
