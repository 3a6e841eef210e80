import { type ApiApp, base, IdParams, problems, type RouteContext } from '../context.ts';
import { Explanation, RunDetail } from '../schemas.ts';

/** One run with its requests, and its explanation. */
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
  app.get(
    `${base}/runs/:id/explanation`,
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['runs'],
        summary: 'Explain a run: what happened, the place in the definition, the likely cause, the fix',
        params: IdParams,
        response: { 200: Explanation, ...problems },
      },
    },
    async (request) => services.connections.explain(request.params.id),
  );
}
