import { z } from 'zod';
import { type ApiApp, base, problems, type RouteContext } from '../context.ts';
import { NewPassword } from '../schemas.ts';

/** People who sign in with a password. */
export function userRoutes(app: ApiApp, { services }: RouteContext): void {
  app.post(
    `${base}/users/:name::reset-password`,
    {
      config: { access: 'admin' },
      schema: {
        tags: ['users'],
        summary: 'Give a user a new generated password; it is in this answer only',
        params: z.object({ name: z.string().min(1).max(100) }),
        response: { 200: NewPassword, ...problems },
      },
    },
    async (request) => services.auth.resetPassword(request.params.name),
  );
}
