import { type ApiApp, base, packageBodyLimit, problems, type RouteContext } from '../context.ts';
import { DeployInput, DeployResult } from '../schemas.ts';

/** Definition and connection in one idempotent step. */
export function deployRoutes(app: ApiApp, { services }: RouteContext): void {
  app.post(
    `${base}/deploy`,
    {
      config: { access: 'editor' },
      bodyLimit: packageBodyLimit,
      schema: {
        tags: ['deploy'],
        summary: 'Deploy a connector package, with a connection when parameters are given',
        body: DeployInput,
        response: { 200: DeployResult, ...problems },
      },
    },
    async (request) => services.definitions.deploy(request.body),
  );
}
