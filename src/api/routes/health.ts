import { z } from 'zod';
import { type ApiApp, base, problems, type RouteContext } from '../context.ts';
import { Health } from '../schemas.ts';

const Brief = z.object({ status: Health.shape.status });

/** Health of the whole; strangers learn one word. */
export function healthRoutes(app: ApiApp, { services }: RouteContext): void {
  app.get(
    `${base}/health`,
    {
      config: { access: 'public' },
      schema: {
        tags: ['health'],
        summary: 'Health; without sign-in the status only',
        response: { 200: z.union([Health, Brief]), ...problems },
      },
    },
    async (request) => {
      const health = await services.operations.health();
      return request.principal ? health : { status: health.status };
    },
  );
}
