import { afterEach, expect, test } from 'vitest';
import { currentActor } from '../core/actor.ts';
import { type StartedServer, startStubServer } from './testing/start-server.ts';

let server: StartedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

test('metrics are open to this machine, not to what a proxy passes on', async () => {
  server = await startStubServer();
  const local = await server.call('/metrics', { as: null });
  expect(local.status).toBe(200);
  expect(local.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await local.text()).toContain('# TYPE sluice_up gauge\n');
  const headers = { 'x-forwarded-for': '203.0.113.7' };
  expect((await server.call('/metrics', { as: null, headers })).status).toBe(401);
  expect((await server.call('/metrics', { as: 'viewer', headers })).status).toBe(200);
});

test('an option asks this machine for a token too', async () => {
  server = await startStubServer({ metricsNeedSignIn: true });
  expect((await server.call('/metrics', { as: null })).status).toBe(401);
  expect((await server.call('/metrics', { as: 'viewer' })).status).toBe(200);
});

test('the services know for whom they work, also after a body was read', async () => {
  server = await startStubServer();
  const seen: unknown[] = [];
  const { operations } = server.services;
  const update = operations.updateSettings;
  operations.updateSettings = async (patch) => {
    await Promise.resolve();
    seen.push(currentActor());
    return update(patch);
  };
  const answer = await server.call('/api/v1/settings', { method: 'PATCH', body: { retentionDays: 7 } });
  expect(answer.status).toBe(200);
  expect(seen).toEqual([{ name: expect.stringContaining('admin'), address: '127.0.0.1' }]);
  expect(currentActor().name).toBe('sluice');
});
