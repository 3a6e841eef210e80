import { z } from 'zod';
import { type ApiApp, base, itemsOf, problems, type RouteContext } from '../context.ts';
import { RebuildReport, Table, TablePatch } from '../schemas.ts';

const tags = ['tables'];

/** Tables, their volume and retention. */
export function tableRoutes(app: ApiApp, { services }: RouteContext): void {
  app.get(
    `${base}/tables`,
    {
      config: { access: 'viewer' },
      schema: { tags, summary: 'List tables', response: { 200: itemsOf(Table), ...problems } },
    },
    async () => ({ items: await services.operations.tables() }),
  );
  app.patch(
    `${base}/tables/:name`,
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Change the retention of a table',
        params: z.object({ name: z.string().min(1).max(300) }),
        body: TablePatch,
        response: { 200: Table, ...problems },
      },
    },
    async (request) => services.operations.setRetention(request.params.name, request.body.retentionDays),
  );
  app.post(
    `${base}/tables::rebuild`,
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Rebuild tables from the archive',
        response: { 200: RebuildReport, ...problems },
      },
    },
    async () => services.operations.rebuild(),
  );
}
