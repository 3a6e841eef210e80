import type { FastifyInstance } from 'fastify';

/** Page policy of the UI specification §11; `nonce` is fresh per response. */
export function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** For everything that is no page: nothing may run, load or frame it. */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'";
/** Logos are pictures from definitions: inline style is all they may have. */
export const logoPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'";
/** Worker scripts get the policy of their own response, not of the page. */
export const assetPolicy = "default-src 'none'; script-src 'self'; connect-src 'self'";

const deniedFeatures = [
  'accelerometer',
  'autoplay',
  'camera',
  'clipboard-read',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-get',
  'screen-wake-lock',
  'usb',
  'xr-spatial-tracking',
];
const permissions = [...deniedFeatures.map((name) => `${name}=()`), 'clipboard-write=(self)'].join(', ');

/** Headers of every response; a route that needs another policy sets it before. */
export function registerSecurityHeaders(app: FastifyInstance, version: string): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': permissions,
      'content-security-policy': dataPolicy,
      'x-app-version': version,
      'x-request-id': request.id,
    });
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
  });
}
