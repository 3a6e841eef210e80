import {
  type ApiApp,
  actionPath,
  base,
  IdParams,
  itemsOf,
  Limit,
  Nothing,
  problems,
  type RouteContext,
} from '../context.ts';
import {
  Connection,
  ConnectionInput,
  ConnectionPatch,
  RunInput,
  RunSummary,
  TestResult,
} from '../schemas.ts';

const tags = ['connections'];
const viewer = { access: 'viewer' } as const;
const editor = { access: 'editor' } as const;
const one = { params: IdParams };

function reading(app: ApiApp, { services }: RouteContext): void {
  app.get(
    `${base}/connections`,
    {
      config: viewer,
      schema: { tags, summary: 'List connections', response: { 200: itemsOf(Connection), ...problems } },
    },
    async () => ({ items: await services.connections.list() }),
  );
  app.get(
    `${base}/connections/:id`,
    {
      config: viewer,
      schema: {
        tags,
        summary: 'Get a connection by id or name',
        ...one,
        response: { 200: Connection, ...problems },
      },
    },
    async (request) => services.connections.get(request.params.id),
  );
  app.get(
    `${base}/connections/:id/runs`,
    {
      config: viewer,
      schema: {
        tags,
        summary: 'Runs of a connection, newest first',
        ...one,
        querystring: Limit,
        response: { 200: itemsOf(RunSummary), ...problems },
      },
    },
    async (request) => ({
      items: await services.connections.runs(request.params.id, request.query.limit),
    }),
  );
}

function writing(app: ApiApp, { services }: RouteContext): void {
  app.post(
    `${base}/connections`,
    {
      config: editor,
      schema: {
        tags,
        summary: 'Create a connection',
        body: ConnectionInput,
        response: { 201: Connection, ...problems },
      },
    },
    async (request, reply) => reply.code(201).send(await services.connections.create(request.body)),
  );
  app.patch(
    `${base}/connections/:id`,
    {
      config: editor,
      schema: {
        tags,
        summary: 'Change a connection; secrets that are left out stay as they are',
        ...one,
        body: ConnectionPatch,
        response: { 200: Connection, ...problems },
      },
    },
    async (request) => services.connections.update(request.params.id, request.body),
  );
  app.delete(
    `${base}/connections/:id`,
    {
      config: editor,
      schema: {
        tags,
        summary: 'Remove a connection; its data stays',
        ...one,
        response: { 204: Nothing, ...problems },
      },
    },
    async (request, reply) => {
      await services.connections.remove(request.params.id);
      return reply.code(204).send(null);
    },
  );
}

function testing(app: ApiApp, { services }: RouteContext): void {
  const response = { 200: TestResult, ...problems };
  app.post(
    `${base}/connections::test`,
    {
      config: editor,
      schema: { tags, summary: 'Try an unsaved connection; stores nothing', body: ConnectionInput, response },
    },
    async (request) => services.connections.test(request.body),
  );
  app.post(
    actionPath('connections', 'test'),
    { config: editor, schema: { tags, summary: 'Try a saved connection', ...one, response } },
    async (request) => services.connections.test(request.params.id),
  );
}

function actions(app: ApiApp, { services }: RouteContext): void {
  const response = { 200: Connection, ...problems };
  app.post(
    actionPath('connections', 'pause'),
    { config: editor, schema: { tags, summary: 'Pause a connection', ...one, response } },
    async (request) => services.connections.pause(request.params.id),
  );
  app.post(
    actionPath('connections', 'resume'),
    { config: editor, schema: { tags, summary: 'Resume a connection', ...one, response } },
    async (request) => services.connections.resume(request.params.id),
  );
  app.post(
    actionPath('connections', 'run'),
    {
      config: editor,
      schema: {
        tags,
        summary: 'Start a run, or join the one that runs; returns at once',
        ...one,
        body: RunInput.nullish(),
        response: { 202: RunSummary, ...problems },
      },
    },
    async (request, reply) => {
      const untilCaughtUp = request.body?.untilCaughtUp ?? false;
      return reply.code(202).send(await services.connections.run(request.params.id, untilCaughtUp));
    },
  );
}

/** Connections and what can be done with them. */
export function connectionRoutes(app: ApiApp, context: RouteContext): void {
  reading(app, context);
  writing(app, context);
  testing(app, context);
  actions(app, context);
}
