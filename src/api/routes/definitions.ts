import { z } from 'zod';
import { apiError } from '../api-error.ts';
import {
  type ApiApp,
  base,
  Flag,
  flagOf,
  IdParams,
  itemsOf,
  Nothing,
  packageBodyLimit,
  problems,
  type RouteContext,
  rawAnswer,
  sendRaw,
} from '../context.ts';
import {
  DefinitionDetail,
  DefinitionStatus,
  DefinitionSummary,
  Graph,
  ImportInput,
  ImportResult,
  SchemaDrift,
} from '../schemas.ts';
import { logoPolicy } from '../security-headers.ts';
import { timeRange } from '../time-range.ts';

const tags = ['definitions'];
const viewer = { access: 'viewer' } as const;
const editor = { access: 'editor' } as const;
const dayMs = 24 * 3600_000;
const GraphQuery = z.object({
  from: z.string().optional(),
  to: z.string().optional(),
  /** Minutes. */
  bin: z.coerce.number().int().min(1).max(43_200).default(1440),
});

function reading(app: ApiApp, { services, clock }: RouteContext): void {
  app.get(
    `${base}/definitions`,
    {
      config: viewer,
      schema: {
        tags,
        summary: 'List definitions',
        response: { 200: itemsOf(DefinitionSummary), ...problems },
      },
    },
    async () => ({ items: await services.definitions.list() }),
  );
  app.get(
    `${base}/definitions/:id`,
    {
      config: viewer,
      schema: {
        tags,
        summary: 'Get one definition',
        params: IdParams,
        response: { 200: DefinitionDetail, ...problems },
      },
    },
    async (request) => services.definitions.get(request.params.id),
  );
  app.get(
    `${base}/definitions/:id/status`,
    {
      config: viewer,
      schema: {
        tags,
        summary: 'Connectivity and last data per data type',
        params: IdParams,
        response: { 200: DefinitionStatus, ...problems },
      },
    },
    async (request) => services.definitions.status(request.params.id),
  );
  app.get(
    `${base}/definitions/:id/drift`,
    {
      config: viewer,
      schema: {
        tags,
        summary: 'Fields that came and are not declared, and declared columns without values, in a sample',
        params: IdParams,
        response: { 200: SchemaDrift, ...problems },
      },
    },
    async (request) => services.definitions.drift(request.params.id),
  );
  app.get(
    `${base}/definitions/:id/graph`,
    {
      config: viewer,
      schema: {
        tags,
        summary: 'Records over time, one series per graph query; default: two weeks by day',
        params: IdParams,
        querystring: GraphQuery,
        response: { 200: Graph, ...problems },
      },
    },
    async (request) => {
      const { from, to } = timeRange(request.query, clock, 14 * dayMs);
      return services.definitions.graph(request.params.id, from, to, request.query.bin);
    },
  );
}

function logo(app: ApiApp, { services }: RouteContext): void {
  app.get(
    `${base}/definitions/:id/logo`,
    {
      config: viewer,
      schema: {
        tags,
        summary: 'The logo of a definition',
        params: IdParams,
        response: { ...rawAnswer('image/svg+xml', 'SVG picture'), ...problems },
      },
    },
    async (request, reply) => {
      const svg = await services.definitions.logo(request.params.id);
      if (svg === undefined) throw apiError('LOGO_NOT_FOUND');
      reply.headers({ 'content-security-policy': logoPolicy, 'cache-control': 'private, max-age=300' });
      return sendRaw(reply, 'image/svg+xml', svg);
    },
  );
}

function writing(app: ApiApp, { services }: RouteContext): void {
  app.post(
    `${base}/definitions::import`,
    {
      config: editor,
      bodyLimit: packageBodyLimit,
      schema: {
        tags,
        summary: 'Install or check a definition without connecting it',
        querystring: z.object({ dryRun: Flag }),
        body: ImportInput,
        response: { 200: ImportResult, ...problems },
      },
    },
    async (request) => services.definitions.import(request.body.files, flagOf(request.query.dryRun)),
  );
  app.delete(
    `${base}/definitions/:id`,
    {
      config: editor,
      schema: {
        tags,
        summary: 'Remove a deployed definition that has no connections',
        params: IdParams,
        response: { 204: Nothing, ...problems },
      },
    },
    async (request, reply) => {
      await services.definitions.remove(request.params.id);
      return reply.code(204).send(null);
    },
  );
}

/** Connector definitions: list, detail, status, graph, logo, import, removal. */
export function definitionRoutes(app: ApiApp, context: RouteContext): void {
  reading(app, context);
  logo(app, context);
  writing(app, context);
}
