import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type ApiApp, base, Nothing, problems, type RouteContext, sendRaw } from '../context.ts';
import { collectResult, queryLines } from '../query-stream.ts';
import { QueryInput, QueryMessage, QueryResult, ValidateResult } from '../schemas.ts';

const tags = ['query'];
const config = { access: 'viewer' } as const;
const ndjson = 'application/x-ndjson';

function wantsOneDocument(request: FastifyRequest, format: string | undefined): boolean {
  if (format !== undefined) return format === 'json';
  const accept = request.headers.accept ?? '';
  return accept.includes('application/json') && !accept.includes(ndjson);
}

/** A signal that fires when the client goes away before the answer is complete, or the server closes. */
function clientGone(reply: FastifyReply, closing: AbortSignal): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new Error('the client went away'));
  });
  return AbortSignal.any([gone.signal, closing]);
}

function running(app: ApiApp, { services, clock, closing }: RouteContext): void {
  app.post(
    `${base}/query`,
    {
      config,
      schema: {
        tags,
        summary:
          'Run a KQL query; NDJSON by default, one document with `Accept: application/json` or ?format=json',
        querystring: z.object({ format: z.enum(['json', 'ndjson']).optional() }),
        body: QueryInput,
        response: {
          200: {
            description: 'One QueryMessage per line, or one QueryResult',
            content: { [ndjson]: { schema: QueryMessage }, 'application/json': { schema: QueryResult } },
          },
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const queryId = request.body.queryId ?? randomUUID();
      const signal = clientGone(reply, closing);
      const onAbort = () => {
        services.queries.cancel(queryId).catch((error: unknown) => {
          request.log.warn({ queryId, err: error }, 'cancelling a query failed');
        });
      };
      signal.addEventListener('abort', onAbort, { once: true });
      const startedAt = clock.now();
      const stream = await services.queries.run({ ...request.body, queryId }, signal);
      const elapsedMs = () => clock.now() - startedAt;
      if (wantsOneDocument(request, request.query.format)) return collectResult(stream, elapsedMs);
      const lines = queryLines({ stream, elapsedMs, requestId: request.id, signal, log: request.log });
      return sendRaw(reply, ndjson, Readable.from(lines, { objectMode: false, highWaterMark: 64 * 1024 }));
    },
  );
}

/** Queries: run, cancel, validate. */
export function queryRoutes(app: ApiApp, context: RouteContext): void {
  const { services } = context;
  running(app, context);
  app.delete(
    `${base}/query/:queryId`,
    {
      config,
      schema: {
        tags,
        summary: 'Stop a running query',
        params: z.object({ queryId: QueryInput.shape.queryId.unwrap() }),
        response: { 204: Nothing, ...problems },
      },
    },
    async (request, reply) => {
      await services.queries.cancel(request.params.queryId);
      return reply.code(204).send(null);
    },
  );
  app.post(
    `${base}/query/validate`,
    {
      config,
      schema: {
        tags,
        summary: 'Check a query without running it',
        body: z.object({ query: z.string() }),
        response: { 200: ValidateResult, ...problems },
      },
    },
    async (request) => {
      return services.queries.validate(request.body.query);
    },
  );
}
