import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { type Clock, systemClock } from '../core/clock.ts';
import { registerAccess } from './access.ts';
import { registerActor } from './actor.ts';
import type { RouteContext } from './context.ts';
import { createHostGuard } from './host-guard.ts';
import { openApiDocument, registerOpenApi } from './openapi.ts';
import { type ProblemBody, toProblem } from './problem.ts';
import { routes } from './routes/registry.ts';
import { registerSecurityHeaders } from './security-headers.ts';
import type { AppServices } from './services.ts';
import { registerWebPages } from './web-pages.ts';

export interface ApiServerOptions {
  /** Without one nothing is logged. Give it `logRedaction` of log-redaction.ts. */
  readonly logger?: FastifyBaseLogger;
  /** Folder of the web build (index.html, assets/). May be missing: a page says so. */
  readonly webRoot: string;
  /** Address to be listened on; its name is allowed in the Host header. */
  readonly host: string;
  readonly port: number;
  /** Further names that the Host header may carry, e.g. behind a reverse proxy. */
  readonly allowedHosts?: readonly string[];
  /** True behind a reverse proxy that sets X-Forwarded-*. */
  readonly trustProxy?: boolean;
  readonly clock?: Clock;
  /** True: `/metrics` asks for a sign-in from this machine too. */
  readonly metricsNeedSignIn?: boolean;
}

const megabyte = 1024 * 1024;

function createInstance(options: ApiServerOptions): FastifyInstance {
  return Fastify({
    ...(options.logger === undefined ? { logger: false } : { loggerInstance: options.logger }),
    genReqId: () => randomUUID(),
    // Own access log below: the built-in one writes whole URLs, whose queries may hold secrets.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: megabyte,
    requestTimeout: 60_000,
    trustProxy: options.trustProxy ?? false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 300 },
  });
}

function registerAccessLog(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const entry = {
      requestId: request.id,
      method: request.method,
      path: request.url.split('?', 1)[0],
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      caller: request.principal?.name,
    };
    request.log.info(entry, 'request');
  });
}

function registerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const problem: ProblemBody = toProblem(error, request.id);
    if (problem.status >= 500)
      request.log.error({ err: error, requestId: request.id, code: problem.code }, 'request failed');
    if (problem.code === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer realm="sluice"');
    // As text, so that no response schema stands between a failure and its report.
    return reply
      .code(problem.status)
      .type('application/problem+json')
      .serializer(String)
      .send(JSON.stringify(problem));
  });
}

/**
 * The HTTP API and the web pages over the given services. Call `listen({host, port})` on the result, `close()` to end.
 * Refuses foreign Host headers, authenticates, checks roles, maps errors to problem+json.
 */
export function createApiServer(services: AppServices, options: ApiServerOptions): FastifyInstance {
  const app = createInstance(options);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  registerErrors(app);

  const guard = createHostGuard([options.host, ...(options.allowedHosts ?? [])]);
  registerSecurityHeaders(app, services.version);
  app.addHook('onRequest', async (request) => guard(request));
  app.register(cookie);
  registerAccess(app, services.auth);
  registerActor(app);
  registerAccessLog(app);
  registerOpenApi(app, services.version);

  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort(new Error('the server is closing')));
  const context: RouteContext = {
    services,
    clock: options.clock ?? systemClock,
    closing: closing.signal,
    metricsNeedSignIn: options.metricsNeedSignIn ?? false,
  };
  app.register(async (scope) => {
    const api = scope.withTypeProvider<ZodTypeProvider>();
    for (const register of routes) register(api, context);
    scope.get('/api/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, async () =>
      openApiDocument(app),
    );
  });
  registerWebPages(app, options.webRoot, services.version);
  return app;
}
