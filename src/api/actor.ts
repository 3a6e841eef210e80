import type { FastifyInstance } from 'fastify';
import { actFor } from '../core/actor.ts';

/**
 * Whatever a request makes the services do is done for its caller. As the last hook before the handler, because reading
 * the body loses the context.
 */
export function registerActor(app: FastifyInstance): void {
  app.addHook('preHandler', (request, _reply, done) => {
    actFor({ name: request.principal?.name ?? 'anonymous', address: request.ip }, done);
  });
}
