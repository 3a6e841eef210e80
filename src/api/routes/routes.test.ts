import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApiFile, renderOpenApi } from '../../../scripts/write-openapi.ts';
import * as schemas from '../schemas.ts';
import { type StartedServer, startStubServer } from '../testing/start-server.ts';

let server: StartedServer;
beforeAll(async () => {
  server = await startStubServer();
});
afterAll(() => server.close());

const definition = '/api/v1/definitions/TrackerAuditDefinition';

describe('answers have their documented shapes', () => {
  const one = {
    '/api/v1/definitions/TrackerAuditDefinition': schemas.DefinitionDetail,
    [`${definition}/status`]: schemas.DefinitionStatus,
    [`${definition}/graph?bin=60`]: schemas.Graph,
    '/api/v1/connections/tracker-eu': schemas.Connection,
    '/api/v1/connections/c-1': schemas.Connection,
    '/api/v1/runs/run-c-1': schemas.RunDetail,
    '/api/v1/schema': schemas.Schema,
    '/api/v1/health': schemas.Health,
    '/api/v1/settings': schemas.Settings,
  };
  test.each(Object.entries(one))('GET %s', async (path, schema) => {
    const answer = await server.call(path);
    expect(answer.status).toBe(200);
    expect(schema.strict().safeParse(await answer.json()).error).toBeUndefined();
  });

  const lists = {
    '/api/v1/definitions': schemas.DefinitionSummary,
    '/api/v1/connections': schemas.Connection,
    '/api/v1/connections/tracker-eu/runs': schemas.RunSummary,
    '/api/v1/tables': schemas.Table,
    '/api/v1/events?limit=1': schemas.HealthEvent,
  };
  test.each(Object.entries(lists))('GET %s', async (path, schema) => {
    const { items } = (await (await server.call(path)).json()) as { items: unknown[] };
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) expect(schema.strict().safeParse(item).error).toBeUndefined();
  });
});

describe('connections', () => {
  test('create, act by name, remove', async () => {
    const body = {
      definitionId: 'OrganizationAuditDefinition',
      name: 'org.main-1',
      parameters: {
        organizationUrl: 'acme.example.com',
        userName: 'a@example.com',
        apiToken: 'top-secret-value',
      },
    };
    const made = await server.call('/api/v1/connections', { body });
    const text = await made.text();
    expect(made.status).toBe(201);
    expect(text).not.toContain('top-secret-value');
    const run = await server.call('/api/v1/connections/org.main-1:run', { method: 'POST' });
    expect(run.status).toBe(202);
    const withBody = await server.call('/api/v1/connections/org.main-1:run', {
      body: { untilCaughtUp: true },
    });
    expect(((await withBody.json()) as { id: string }).id).toBe(((await run.json()) as { id: string }).id);
    const states = [];
    for (const verb of ['pause', 'resume']) {
      const answer = await server.call(`/api/v1/connections/org.main-1:${verb}`, { method: 'POST' });
      states.push(((await answer.json()) as { state: string }).state);
    }
    expect(states).toEqual(['paused', 'ok']);
    const test = await server.call('/api/v1/connections/org.main-1:test', { method: 'POST' });
    expect(schemas.TestResult.parse(await test.json()).ok).toBe(true);
    expect((await server.call('/api/v1/connections/org.main-1', { method: 'DELETE' })).status).toBe(204);
    expect((await server.call('/api/v1/connections/org.main-1')).status).toBe(404);
  });

  test('an unsaved connection can be tried; a verb that does not exist is 404', async () => {
    const body = { definitionId: 'TrackerAuditDefinition', name: 'x', parameters: { apiToken: 'wrong' } };
    const answer = schemas.TestResult.parse(
      await (await server.call('/api/v1/connections:test', { body })).json(),
    );
    expect([answer.ok, answer.requests[0]?.error?.code]).toEqual([false, 'POLL_UNAUTHORIZED']);
    expect((await server.call('/api/v1/connections/c-1:explode', { method: 'POST' })).status).toBe(404);
  });
});

describe('definitions', () => {
  test('import: a dry run changes nothing', async () => {
    const body = { files: [{ file: 'a.json', text: '{}' }] };
    const count = async () =>
      ((await (await server.call('/api/v1/definitions')).json()) as { items: [] }).items.length;
    const before = await count();
    await server.call('/api/v1/definitions:import?dryRun=true', { body });
    await server.call('/api/v1/definitions:import?dryRun', { body });
    expect(await count()).toBe(before);
    expect((await server.call('/api/v1/definitions:import', { body })).status).toBe(200);
    expect(await count()).toBe(before + 1);
    expect((await server.call('/api/v1/definitions/ImportedDefinition', { method: 'DELETE' })).status).toBe(
      204,
    );
    expect((await server.call(definition, { method: 'DELETE' })).status).toBe(409);
  });

  test('large packages pass where they are meant to', async () => {
    const body = { files: [{ file: 'a.json', text: 'x'.repeat(3_000_000) }] };
    expect((await server.call('/api/v1/definitions:import?dryRun=1', { body })).status).toBe(200);
  });

  test('a logo is a picture in a sandbox', async () => {
    const answer = await server.call(`${definition}/logo`);
    expect(answer.headers.get('content-type')).toMatch(/^image\/svg\+xml/);
    expect(answer.headers.get('content-security-policy')).toBe(
      "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    );
    expect(await answer.text()).toMatch(/^<svg/);
    expect((await server.call('/api/v1/definitions/OrganizationAuditDefinition/logo')).status).toBe(404);
  });
});

test('a token is shown once', async () => {
  const made = await server.call('/api/v1/tokens', {
    body: { name: 'ci', role: 'viewer', expiresInDays: 3 },
  });
  const token = schemas.Token.parse(await made.json());
  expect(token.token).toMatch(/^slc_/);
  const list = await (await server.call('/api/v1/tokens')).text();
  expect(list).toContain(token.id);
  expect(list).not.toContain(token.token);
  expect((await server.call(`/api/v1/tokens/${token.id}`, { method: 'DELETE' })).status).toBe(204);
});

test('settings and retention change', async () => {
  const patch = await server.call('/api/v1/settings', { method: 'PATCH', body: { retentionDays: 30 } });
  expect(await patch.json()).toMatchObject({ retentionDays: 30, webhookUrl: null });
  const table = '/api/v1/tables/Tracker_Audit_CL';
  expect((await server.call(table, { method: 'PATCH', body: { retentionDays: 7 } })).status).toBe(200);
  expect((await server.call(table, { method: 'PATCH', body: { retentionDays: 0 } })).status).toBe(400);
});

describe('OpenAPI', () => {
  test('docs/openapi.json is what the code says; if not: npx tsx scripts/write-openapi.ts', async () => {
    expect(await readFile(openApiFile, 'utf8')).toBe(await renderOpenApi());
  });

  test('is served, is 3.1, and every reference resolves', async () => {
    const answer = await server.call('/api/openapi.json', { as: null });
    const text = await answer.text();
    const document = JSON.parse(text) as { openapi: string; components: { schemas: object }; paths: object };
    expect(document.openapi).toBe('3.1.0');
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      expect(document.components.schemas).toHaveProperty([name ?? '']);
    }
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/api/v1/connections/{id}:pause',
        '/api/v1/connections:test',
        '/api/v1/definitions:import',
      ]),
    );
  });
});
