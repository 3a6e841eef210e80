import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StartedServer, startStubServer } from './testing/start-server.ts';
import { renderPage } from './web-pages.ts';

let folder: string;
let server: StartedServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-web-'));
  await mkdir(join(folder, 'assets'));
  const html =
    '<!doctype html><html><head><meta property="csp-nonce" nonce="__CSP_NONCE__"></head><body data-version="__APP_VERSION__"><script type="module" src="/assets/index-Ab3dEf9_.js" nonce="__CSP_NONCE__"></script></body></html>';
  await writeFile(join(folder, 'index.html'), html);
  await writeFile(join(folder, 'assets', 'index-Ab3dEf9_.js'), 'export {};');
  await writeFile(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  server = await startStubServer({ webRoot: folder });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const page = (path: string) => server.call(path, { as: null, headers: { accept: 'text/html,*/*' } });
const nonceIn = (policy: string | null) => policy?.match(/'nonce-([A-Za-z0-9+/=]+)'/)?.[1];

describe('pages', () => {
  test.each(['/', '/connectors/abc?tab=next-steps', '/query', '/index.html'])(
    '%s is the page',
    async (path) => {
      const answer = await page(path);
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
      const text = await answer.text();
      const policy = answer.headers.get('content-security-policy');
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-");
      expect(policy).not.toContain('unsafe');
      expect(text).toContain(`nonce="${nonceIn(policy)}"`);
      expect(text).not.toContain('__');
      expect(answer.headers.get('x-app-version')).toBe('0.1.0');
    },
  );

  test('every response has another nonce', async () => {
    const nonces = await Promise.all(
      Array.from({ length: 5 }, async () =>
        nonceIn((await page('/')).headers.get('content-security-policy')),
      ),
    );
    expect(new Set(nonces).size).toBe(5);
  });

  test('a page without the nonce element gets one', () => {
    expect(renderPage('<html><head><title>x</title></head></html>', 'abc', '1')).toContain(
      '<head><meta property="csp-nonce" nonce="abc">',
    );
  });

  test('hashed assets are immutable, others are revalidated', async () => {
    const hashed = await page('/assets/index-Ab3dEf9_.js');
    expect(hashed.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await page('/favicon.svg')).headers.get('cache-control')).toBe('no-cache');
  });

  test('a missing script is no page, and no file outside the folder is served', async () => {
    const gone = await server.call('/assets/gone-12345678.js', { as: null, headers: { accept: '*/*' } });
    expect(gone.status).toBe(404);
    const outside = await server.call('/..%2f..%2fetc%2fpasswd', { as: null, headers: { accept: '*/*' } });
    expect([400, 403, 404]).toContain(outside.status);
    expect(await outside.text()).not.toContain('root:');
  });

  test('addresses under /api are never pages', async () => {
    const answer = await page('/api/v2/anything');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  });
});

test('without a web build a page says what to do', async () => {
  const bare = await startStubServer();
  const answer = await bare.call('/', { as: null, headers: { accept: 'text/html' } });
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain('npm run build');
  await bare.close();
});
