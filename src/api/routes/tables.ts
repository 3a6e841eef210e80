import { z } from 'zod';
import { type ApiApp, base, itemsOf, problems, type RouteContext } from '../context.ts';
import { RebuildReport, Table, TableGaps, TablePatch } from '../schemas.ts';
import { timeRange } from '../time-range.ts';

const tags = ['tables'];

const dayMs = 24 * 3600_000;
const NameParams = z.object({ name: z.string().min(1).max(300) });
const GapQuery = z.object({
  from: z.string().optional(),
  to: z.string().optional(),
  /** Minutes. */
  bin: z.coerce.number().int().min(1).max(43_200).optional(),
});

/** Tables, their volume, retention and gaps. */
export function tableRoutes(app: ApiApp, { services, clock }: RouteContext): void {
  app.get(
    `${base}/tables/:name/gaps`,
    {
      config: { access: 'viewer' },
      schema: {
        tags,
        summary: 'What was collected when, by bins; default: the last seven days by hour',
        params: NameParams,
        querystring: GapQuery,
        response: { 200: TableGaps, ...problems },
      },
    },
    async (request) => {
      const { from, to } = timeRange(request.query, clock, 7 * dayMs);
      return services.operations.gaps(request.params.name, from, to, request.query.bin);
    },
  );
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
