import type { FastifyRequest } from 'fastify';
import { apiError } from '../api-error.ts';
import { type ApiApp, problems, type RouteContext, rawAnswer, sendRaw } from '../context.ts';

const contentType = 'text/plain; version=0.0.4; charset=utf-8';
const loopback = /^(?:127\.|::1$|::ffff:127\.)/;
const forwarded = ['forwarded', 'x-forwarded-for', 'via', 'x-real-ip'] as const;

/** Asked by a program on this machine, not by a proxy that stands there for somebody else. */
function isLocal(request: FastifyRequest): boolean {
  const peer = request.socket.remoteAddress ?? '';
  return loopback.test(peer) && forwarded.every((name) => request.headers[name] === undefined);
}

/** Metrics for Prometheus; from elsewhere than this machine a token of any role is needed. */
export function metricsRoutes(app: ApiApp, { services, metricsNeedSignIn }: RouteContext): void {
  app.get(
    '/metrics',
    {
      config: { access: 'public' },
      schema: {
        tags: ['health'],
        summary: 'Metrics in the text format of Prometheus; from another machine with a token only',
        response: { ...rawAnswer(contentType, 'Metrics'), ...problems },
      },
    },
    async (request, reply) => {
      const open = !metricsNeedSignIn && isLocal(request);
      if (!open && !request.principal) throw apiError('UNAUTHENTICATED');
      return sendRaw(reply, contentType, await services.operations.metrics());
    },
  );
}
