import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { apiError } from './api-error.ts';
import { apiErrors } from './errors.ts';
import { assetPolicy, pagePolicy } from './security-headers.ts';

/** What the web build writes where the nonce belongs (vite's `html.cspNonce`). */
const noncePlaceholder = '__CSP_NONCE__';
const versionPlaceholder = '__APP_VERSION__';
/** Content-hashed names never change what they mean. */
const hashedName = /[.-][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

const missingPage = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sluice</title>
<h1>The web pages are not built</h1>
<p>${apiErrors.WEB_NOT_BUILT.hint} The API and the command line work all the same.</p></html>`;

/** index.html with nonce and version filled in; adds the nonce element that style libraries read when it is missing. */
export function renderPage(html: string, nonce: string, version: string): string {
  const safeVersion = version.replace(/[^0-9A-Za-z.+-]/g, '');
  const filled = html.replaceAll(noncePlaceholder, nonce).replaceAll(versionPlaceholder, safeVersion);
  if (filled.includes('property="csp-nonce"')) return filled;
  return filled.replace(/<head[^>]*>/i, (head) => `${head}<meta property="csp-nonce" nonce="${nonce}">`);
}

function sendMissing(reply: FastifyReply): FastifyReply {
  return reply
    .code(503)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(missingPage);
}

/** True for a browser that opens a page, as against one that loads a script or a picture which is gone. */
function wantsPage(request: FastifyRequest): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const path = request.url.split('?', 1)[0] ?? '/';
  if (path === '/api' || path.startsWith('/api/')) return false;
  return (request.headers.accept ?? '').includes('text/html') || path === '/';
}

/** The web UI: assets from `webRoot`, index.html with a fresh nonce for every other page address. */
export function registerWebPages(app: FastifyInstance, webRoot: string, version: string): void {
  const indexFile = join(webRoot, 'index.html');
  const sendPage = async (reply: FastifyReply): Promise<FastifyReply> => {
    if (!existsSync(indexFile)) return sendMissing(reply);
    const nonce = randomBytes(18).toString('base64');
    reply.headers({
      'content-security-policy': pagePolicy(nonce),
      'content-security-policy-report-only': "require-trusted-types-for 'script'",
      'cache-control': 'no-store',
    });
    return reply
      .type('text/html; charset=utf-8')
      .send(renderPage(await readFile(indexFile, 'utf8'), nonce, version));
  };

  if (existsSync(webRoot)) {
    app.register(fastifyStatic, {
      root: webRoot,
      index: false,
      preCompressed: true,
      cacheControl: false,
      // index.html goes through sendPage only, so that it always gets its policy; a folder is a page address, not a listing.
      allowedPath: (path) => !path.endsWith('/') && !/(?:^|\/)index\.html(?:\.(?:br|gz))?$/i.test(path),
      setHeaders: (reply, path) => {
        const immutable =
          path.includes(`${sep}assets${sep}`) && hashedName.test(path.replace(/\.(?:br|gz)$/, ''));
        reply.setHeader('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
        reply.setHeader('content-security-policy', assetPolicy);
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    if (wantsPage(request)) return sendPage(reply);
    throw apiError('ROUTE_NOT_FOUND', `There is no ${request.method} ${request.url.split('?', 1)[0]}.`);
  });
}
