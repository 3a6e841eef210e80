import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedServer, startStubServer } from '../testing/start-server.ts';

let server: StartedServer;
beforeAll(async () => {
  server = await startStubServer();
});
afterAll(() => server.close());

async function call(path: string, token: string, body?: object | null) {
  const answer = await fetch(`${server.url}/api/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test('windows are listed for everybody; decisions need an editor, a skip its reason', async () => {
  expect(await call('/connections/wiki-eu/windows', 'viewer-token')).toMatchObject({
    status: 200,
    body: { items: [{ id: 'w-1', state: 'parked', error: { code: 'RESPONSE_NOT_JSON' } }] },
  });
  for (const verb of ['retry', 'split', 'skip'])
    expect(await call(`/windows/w-1:${verb}`, 'viewer-token', { note: 'x' })).toMatchObject({
      status: 403,
      body: { code: 'ROLE_REQUIRED' },
    });
  for (const note of [{}, { note: '  ' }])
    expect((await call('/windows/w-1:skip', 'editor-token', note)).status).toBe(400);
});

test('who decided is on record', async () => {
  const { body } = await call('/windows/w-1:split', 'editor-token', null);
  const [first, second] = body.items as { id: string; start: string; end: string }[];
  expect(first!.end).toBe(second!.start);
  const skipped = await call(`/windows/${first!.id}:skip`, 'editor-token', { note: ' gone ' });
  expect(skipped.body).toMatchObject({ state: 'skipped', note: 'gone' });
  expect(skipped.body.decidedBy).toMatch(/^token .+/);
  expect(await call(`/windows/${second!.id}:retry`, 'editor-token', null)).toMatchObject({
    status: 200,
    body: { state: 'done' },
  });
  expect(await call('/windows/none:retry', 'editor-token', null)).toMatchObject({
    status: 404,
    body: { code: 'WINDOW_NOT_FOUND' },
  });
});
