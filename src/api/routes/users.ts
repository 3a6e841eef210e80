import { type ApiApp, actionPath, IdParams, problems, type RouteContext } from '../context.ts';
import { NewPassword } from '../schemas.ts';

/** People who sign in with a password. */
export function userRoutes(app: ApiApp, { services }: RouteContext): void {
  app.post(
    actionPath('users', 'reset-password'),
    {
      config: { access: 'admin' },
      schema: {
        tags: ['users'],
        summary: 'Give a user a new generated password; it is in this answer only',
        params: IdParams,
        response: { 200: NewPassword, ...problems },
      },
    },
    async (request) => services.auth.resetPassword(request.params.id),
  );
}
