import { type ApiApp, base, IdParams, problems, type RouteContext } from '../context.ts';
import { RunDetail } from '../schemas.ts';

/** One run with its requests. */
export function runRoutes(app: ApiApp, { services }: RouteContext): void {
  app.get(
    `${base}/runs/:id`,
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['runs'],
        summary: 'Get a run with its request traces',
        params: IdParams,
        response: { 200: RunDetail, ...problems },
      },
    },
    async (request) => services.connections.getRun(request.params.id),
  );
}
