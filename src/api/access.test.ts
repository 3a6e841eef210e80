import { request as httpRequest } from 'node:http';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerAccess } from './access.ts';
import { type StartedServer, startStubServer } from './testing/start-server.ts';
import { createStubServices } from './testing/stub-services.ts';

let server: StartedServer;
beforeAll(async () => {
  server = await startStubServer({ allowedHosts: ['sluice.example.com'] });
});
afterAll(() => server.close());

async function signIn(name: 'viewer' | 'editor' | 'admin') {
  const answer = await server.call('/api/v1/session', {
    as: null,
    body: { name, password: `${name}-password` },
  });
  const setCookie = answer.headers.get('set-cookie') ?? '';
  const { csrf } = (await answer.json()) as { csrf: string };
  return { setCookie, csrf, cookie: setCookie.split(';')[0] ?? '' };
}

/** fetch() does not let a test choose the Host header. */
function statusWithHost(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { port: server.port, host: '127.0.0.1', path: '/api/v1/health', headers: { host } },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    request.on('error', reject);
    request.end();
  });
}

const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code;

describe('sessions', () => {
  test('sign-in sets a strict, script-proof cookie and reports role, CSRF token and version', async () => {
    const { setCookie, csrf } = await signIn('editor');
    expect(setCookie).toMatch(/^sluice_session=.+; Path=\/; Expires=.+; HttpOnly; SameSite=Strict$/);
    expect(csrf).not.toBe('');
  });

  test('a session reads without, and writes only with, its own CSRF token', async () => {
    const { cookie, csrf } = await signIn('editor');
    const get = await server.call('/api/v1/session', { as: null, headers: { cookie } });
    expect(await get.json()).toMatchObject({
      user: { name: 'editor', role: 'editor' },
      csrf,
      version: '0.1.0',
    });
    const path = '/api/v1/connections/tracker-eu:pause';
    const without = await server.call(path, { as: null, method: 'POST', headers: { cookie } });
    expect([without.status, await codeOf(without)]).toEqual([403, 'CSRF_TOKEN_MISMATCH']);
    const foreign = { cookie, 'x-csrf-token': (await signIn('admin')).csrf };
    expect((await server.call(path, { as: null, method: 'POST', headers: foreign })).status).toBe(403);
    const own = { cookie, 'x-csrf-token': csrf };
    expect((await server.call(path, { as: null, method: 'POST', headers: own })).status).toBe(200);
  });

  test('sign-out ends the session and clears the cookie', async () => {
    const { cookie, csrf } = await signIn('viewer');
    const headers = { cookie, 'x-csrf-token': csrf };
    const out = await server.call('/api/v1/session', { as: null, method: 'DELETE', headers });
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toMatch(/^sluice_session=; .*Expires=Thu, 01 Jan 1970/);
    expect((await server.call('/api/v1/session', { as: null, headers: { cookie } })).status).toBe(401);
  });

  test('a wrong bearer token is refused even beside a valid cookie', async () => {
    const { cookie } = await signIn('viewer');
    const headers = { cookie, authorization: 'Bearer nonsense' };
    const answer = await server.call('/api/v1/session', { as: null, headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });
});

describe('roles', () => {
  const cases = [
    ['GET', '/api/v1/connections', 'viewer'],
    ['POST', '/api/v1/query/validate', 'viewer'],
    ['POST', '/api/v1/connections/tracker-eu:resume', 'editor'],
    ['POST', '/api/v1/definitions:import', 'editor'],
    ['POST', '/api/v1/deploy', 'editor'],
    ['PATCH', '/api/v1/tables/Tracker_Audit_CL', 'admin'],
    ['GET', '/api/v1/settings', 'admin'],
    ['GET', '/api/v1/tokens', 'admin'],
  ] as const;
  const order = ['viewer', 'editor', 'admin'] as const;

  test.each(cases)('%s %s needs %s', async (method, path, needed) => {
    for (const role of order) {
      const answer = await server.call(path, { as: role, method, ...(method === 'GET' ? {} : { body: {} }) });
      const allowed = order.indexOf(role) >= order.indexOf(needed);
      expect(answer.status === 403, `${role} on ${path}`).toBe(!allowed);
      if (!allowed) expect(await codeOf(answer)).toBe('ROLE_REQUIRED');
    }
    expect((await server.call(path, { as: null, method })).status).toBe(401);
  });

  test('a route that does not say who may call it cannot be registered', () => {
    const app = Fastify();
    registerAccess(app, createStubServices().auth);
    expect(() => app.get('/api/v1/open', async () => 'x')).toThrow('does not say who may call it');
    expect(() => app.get('/page', async () => 'x')).not.toThrow();
  });

  test('health shows strangers one word', async () => {
    expect(await (await server.call('/api/v1/health', { as: null })).json()).toEqual({ status: 'degraded' });
    expect(await (await server.call('/api/v1/health', { as: 'viewer' })).json()).toHaveProperty('dataFolder');
  });
});

describe('where requests come from', () => {
  test.each([
    '127.0.0.1:80',
    'localhost',
    '[::1]:7171',
    'app.localhost:1',
    'sluice.example.com',
    '192.0.2.7',
  ])('Host %s is answered', async (host) => expect(await statusWithHost(host)).toBe(200));
  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'a b'])(
    'Host %s is refused',
    async (host) => expect(await statusWithHost(host)).toBe(403),
  );
  test('writes from a page of another origin are refused, sign-in too', async () => {
    for (const origin of ['https://evil.example', 'null', `https://127.0.0.1:${server.port + 1}`]) {
      const body = { name: 'admin', password: 'admin-password' };
      const answer = await server.call('/api/v1/session', { as: null, body, headers: { origin } });
      expect([answer.status, await codeOf(answer)]).toEqual([403, 'ORIGIN_NOT_ALLOWED']);
    }
    const same = await server.call('/api/v1/query/validate', {
      body: { query: 'T' },
      headers: { origin: server.url },
    });
    expect(same.status).toBe(200);
  });
});
