import {
  type ApiApp,
  base,
  itemsOf,
  Limit,
  problems,
  type RouteContext,
  rawAnswer,
  sendRaw,
} from '../context.ts';
import { createEventStream } from '../event-stream.ts';
import { HealthEvent } from '../schemas.ts';

const tags = ['events'];
const config = { access: 'viewer' } as const;

/** Health events, as a list and as a live stream. */
export function eventRoutes(app: ApiApp, context: RouteContext): void {
  app.get(
    `${base}/events`,
    {
      config,
      schema: {
        tags,
        summary: 'Latest health events, newest first',
        querystring: Limit,
        response: { 200: itemsOf(HealthEvent), ...problems },
      },
    },
    async (request) => ({ items: await context.services.operations.events(request.query.limit) }),
  );
  app.get(
    `${base}/events/stream`,
    {
      config,
      schema: {
        tags,
        summary: 'Server-sent events `connection` and `run`',
        response: { ...rawAnswer('text/event-stream', 'Server-sent events'), ...problems },
      },
    },
    async (request, reply) => {
      reply.headers({ 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' });
      return sendRaw(reply, 'text/event-stream', createEventStream(context, request));
    },
  );
}
