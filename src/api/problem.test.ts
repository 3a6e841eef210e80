import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SluiceError } from '../core/errors.ts';
import { apiErrors } from './errors.ts';
import { logRedaction } from './log-redaction.ts';
import { toProblem } from './problem.ts';
import { Problem } from './schemas.ts';
import { statusOf } from './status-codes.ts';
import { type StartedServer, startStubServer } from './testing/start-server.ts';

let server: StartedServer;
let log = '';
beforeAll(async () => {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      log += String(chunk);
      done();
    },
  });
  server = await startStubServer({ logger: pino({ redact: logRedaction }, sink) });
});
afterAll(() => server.close());

async function problemOf(answer: Response) {
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const body = Problem.parse(await answer.json());
  expect(body.status).toBe(answer.status);
  expect(body.requestId).toBe(answer.headers.get('x-request-id'));
  return body;
}

describe('statusOf', () => {
  test.each([
    ['CONNECTION_NOT_FOUND', 404],
    ['CONNECTION_EXISTS', 409],
    ['CONNECTION_PAUSED', 409],
    ['DEFINITION_IN_USE', 409],
    ['KQL_SYNTAX', 400],
    ['ENGINE_UNCONFIRMED', 503],
    ['DISK_FULL', 507],
    ['PARAMETERS_MISSING', 422],
    ['NOT_BUILT', 500],
  ])('%s is %d', (code, status) => expect(statusOf(code)).toBe(status));

  test('what can succeed later is 503', () => expect(statusOf('SOMETHING_NEW', true)).toBe(503));
  test('every code of this module has a status of its own', () => {
    for (const code of Object.keys(apiErrors)) expect(statusOf(code)).toBeGreaterThanOrEqual(400);
  });
});

describe('problems', () => {
  test('a typed error keeps code, message and hint', async () => {
    const problem = await problemOf(await server.call('/api/v1/connections/nobody'));
    expect(problem).toMatchObject({
      status: 404,
      code: 'CONNECTION_NOT_FOUND',
      title: 'Not found',
      detail: 'There is no connection nobody',
      hint: 'List the connections with `sluice connection list`.',
    });
  });

  test('validation errors point into the body', async () => {
    const body = { definitionId: 'x', name: 'not a name!', parameters: { a: 1 } };
    const problem = await problemOf(await server.call('/api/v1/connections', { body }));
    expect(problem.code).toBe('VALIDATION_FAILED');
    expect(problem.errors?.map((e) => e.pointer)).toEqual(['/name', '/parameters/a']);
  });

  test('validation errors of the query string and the path name their place', async () => {
    const graph = await problemOf(
      await server.call('/api/v1/definitions/TrackerAuditDefinition/graph?bin=zero'),
    );
    expect(graph.errors?.[0]?.pointer).toBe('/querystring/bin');
    const time = await problemOf(
      await server.call('/api/v1/definitions/TrackerAuditDefinition/graph?from=tuesday'),
    );
    expect(time).toMatchObject({ status: 400, code: 'BAD_TIME' });
  });

  test('a refused query carries its diagnostics with spans', async () => {
    const problem = await problemOf(
      await server.call('/api/v1/query', { body: { query: 'T | where nosuch()' } }),
    );
    expect(problem).toMatchObject({ status: 400, code: 'KQL_UNKNOWN_FUNCTION' });
    expect(problem.diagnostics?.[0]?.place).toMatchObject({ start: 10, end: 16 });
  });

  test('an unexpected error says nothing of its text, but is logged with the request id', async () => {
    const answer = await server.call('/api/v1/query', { body: { query: 'crash' } });
    const problem = await problemOf(answer);
    expect(problem).toMatchObject({ status: 500, code: 'INTERNAL' });
    expect(JSON.stringify(problem)).not.toContain('hunter2');
    expect(log).toContain(problem.requestId);
  });

  test.each([
    ['{"name":', 400, 'BODY_MALFORMED', 'application/json'],
    ['a=b', 415, 'MEDIA_TYPE_UNSUPPORTED', 'application/x-www-form-urlencoded'],
    [`"${'x'.repeat(1_100_000)}"`, 413, 'BODY_TOO_LARGE', 'application/json'],
  ])('body %.8s… is %d %s', async (body, status, code, type) => {
    const headers = { 'content-type': type };
    const answer = await server.call('/api/v1/session', { as: null, body, headers });
    expect(await problemOf(answer)).toMatchObject({ status, code });
  });

  test('an unknown address is a problem too', async () => {
    const problem = await problemOf(await server.call('/api/v1/nothing?token=abc'));
    expect(problem).toMatchObject({ status: 404, code: 'ROUTE_NOT_FOUND' });
    expect(problem.detail).not.toContain('abc');
  });

  test('a place alone becomes a diagnostic', () => {
    const place = { file: 'a.json', path: '$.b' };
    const problem = toProblem(new SluiceError({ code: 'X', message: 'm', place }), 'r');
    expect(problem.diagnostics).toEqual([{ code: 'X', severity: 'error', message: 'm', place }]);
  });
});

test('the log holds no token, password or query string', async () => {
  await server.call('/api/v1/session?token=query-secret', {
    as: null,
    body: { name: 'admin', password: 'body-secret' },
  });
  await server.call('/api/v1/health', { headers: { cookie: 'sluice_session=cookie-secret' } });
  expect(log).toContain('"path":"/api/v1/health"');
  for (const secret of ['admin-token', 'query-secret', 'body-secret', 'cookie-secret'])
    expect(log).not.toContain(secret);
});
