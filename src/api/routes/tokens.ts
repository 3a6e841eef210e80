import { type ApiApp, base, IdParams, itemsOf, Nothing, problems, type RouteContext } from '../context.ts';
import { Token, TokenInput } from '../schemas.ts';

const tags = ['tokens'];
const config = { access: 'admin' } as const;

/** API tokens for the command line and scripts. */
export function tokenRoutes(app: ApiApp, { services }: RouteContext): void {
  app.get(
    `${base}/tokens`,
    { config, schema: { tags, summary: 'List API tokens', response: { 200: itemsOf(Token), ...problems } } },
    // A list never shows token texts, whatever the service returns.
    async () => ({
      items: (await services.auth.listTokens()).map(({ token: _, ...rest }) => rest),
    }),
  );

  app.post(
    `${base}/tokens`,
    {
      config,
      schema: {
        tags,
        summary: 'Create an API token; its text is in this answer only',
        body: TokenInput,
        response: { 201: Token, ...problems },
      },
    },
    async (request, reply) => reply.code(201).send(await services.auth.createToken(request.body)),
  );

  app.delete(
    `${base}/tokens/:id`,
    {
      config,
      schema: {
        tags,
        summary: 'Revoke an API token',
        params: IdParams,
        response: { 204: Nothing, ...problems },
      },
    },
    async (request, reply) => {
      await services.auth.revokeToken(request.params.id);
      return reply.code(204).send(null);
    },
  );
}
