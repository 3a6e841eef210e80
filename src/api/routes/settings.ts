import { type ApiApp, base, problems, type RouteContext } from '../context.ts';
import { Settings, SettingsPatch } from '../schemas.ts';

const tags = ['settings'];
const response = { 200: Settings, ...problems };

/** Server-wide settings. The webhook address may hold a secret, so reading needs the admin role too. */
export function settingsRoutes(app: ApiApp, { services }: RouteContext): void {
  const config = { access: 'admin' } as const;
  app.get(`${base}/settings`, { config, schema: { tags, summary: 'Get settings', response } }, async () =>
    services.operations.settings(),
  );
  app.patch(
    `${base}/settings`,
    { config, schema: { tags, summary: 'Change settings', body: SettingsPatch, response } },
    async (request) => services.operations.updateSettings(request.body),
  );
}
