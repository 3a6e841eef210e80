import { type ApiApp, base, problems, type RouteContext } from '../context.ts';
import { Schema } from '../schemas.ts';

/** What queries may name. */
export function schemaRoutes(app: ApiApp, { services }: RouteContext): void {
  app.get(
    `${base}/schema`,
    {
      config: { access: 'viewer' },
      schema: {
        tags: ['query'],
        summary: 'Tables, columns and supported KQL',
        response: { 200: Schema, ...problems },
      },
    },
    async () => services.queries.schema(),
  );
}
