/** Failures, induced in a real service: each is explained with its cause and its place, and no trace holds a secret. */

import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { Explanation, RunDetail } from '../../src/api/schemas.ts';
import { temporaryFolder } from '../support/atlassian-run.ts';
import { runSluice } from '../support/cli.ts';
import { killLeftovers, type SluiceProcess, startSluice } from '../support/sluice-process.ts';
import { type PackageParts, sourcePackage } from '../support/source-package.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
type Explained = z.output<typeof Explanation>;

const secret = 'pl+nt/ed=&"s<cret> %41\'9';
const folder = temporaryFolder('explain');
const dataFolder = join(folder.path, 'data');
let sluice: SluiceProcess;
let server: Server;
let tls: Server;
let base: string;
let tlsBase: string;
let serial = 0;

const json =
  (status: number, body: string, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
const html =
  (status: number, body: string): Answer =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'text/html' }).end(body);

/** Every way in which an answer can repeat the credential that it was asked with. */
function echoes(text: string): string[] {
  const bytes = (prefix: string) => Buffer.from(`${prefix}${text}`);
  return [
    text,
    JSON.stringify(text),
    JSON.stringify(text).replace(/[<>&'+]/g, (c) => `\\u00${c.charCodeAt(0).toString(16).toUpperCase()}`),
    JSON.stringify(JSON.stringify({ key: text })),
    encodeURIComponent(text),
    encodeURIComponent(encodeURIComponent(text)),
    new URLSearchParams({ key: text }).toString(),
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&#34;'),
    ...['', 'u', 'u:'].flatMap((prefix) => [
      bytes(prefix).toString('base64'),
      bytes(prefix).toString('base64url'),
    ]),
    bytes('').toString('hex'),
  ];
}

const echoBody = () => echoes(secret).join('\n');

const answers: Record<string, Answer> = {
  wrong: json(401, '{"message":"Invalid token"}', { 'www-authenticate': 'ApiKey realm="api"' }),
  permission: json(403, '{"message":"The token lacks the scope audit:read"}'),
  plan: json(403, '{"errorMessages":["The audit log is not available on the Free plan"]}'),
  missing: json(404, '{"message":"No such resource"}'),
  page: html(200, '<!DOCTYPE html><html><title>Sign in</title><input type="password"></html>'),
  redirect: (_request, response) =>
    void response.writeHead(302, { location: 'https://login.acme.example/signin?next=x' }).end(),
  moved: (_request, response) =>
    void response.writeHead(301, { location: 'https://api2.acme.example/v2/events' }).end(),
  garbled: json(200, '{"items":[{"id":"a"},{"id":"b"'),
  refused: json(200, '{"status":"failed","message":"Tenant is locked","items":[]}'),
  throttle: json(429, '{"message":"slow down"}', { 'retry-after': '7200' }),
  storm: json(500, '{"message":"boom"}'),
  slow: () => undefined,
  elsewhere: json(200, '{"data":{"records":[{"id":"a"},{"id":"b"}]},"total":2}'),
  loop: json(200, '{"items":[{"id":"a"}],"next":"same"}'),
  alternate: (request, response) => {
    const token = new URL(request.url ?? '/', 'http://x').searchParams.get('token');
    json(200, JSON.stringify({ items: [{ id: token ?? 'first' }], next: token === 'one' ? 'two' : 'one' }))(
      request,
      response,
    );
  },
  badtime: json(400, '{"message":"from: invalid date"}'),
  proxied: html(502, '<html>Bad gateway</html>'),
  echo401: (request, response) => json(401, echoBody(), echoHeaders())(request, response),
  echo500: (request, response) =>
    json(500, JSON.stringify({ message: secret, sent: echoes(secret) }), echoHeaders())(request, response),
  echotext: (request, response) => json(200, `{"items":[${echoBody()}`, echoHeaders())(request, response),
  echohtml: (request, response) =>
    html(200, `<html>${'.'.repeat(4090)}${echoBody()}</html>`)(request, response),
  echoredirect: (_request, response) =>
    void response
      .writeHead(302, {
        ...echoHeaders(),
        location: `https://login.acme.example/?token=${encodeURIComponent(secret)}`,
      })
      .end(),
  echoelsewhere: (request, response) =>
    json(200, JSON.stringify({ [secret]: [{ id: secret }] }))(request, response),
  echogood: (request, response) =>
    json(200, JSON.stringify({ items: [], echo: echoes(secret) }), echoHeaders())(request, response),
};

function echoHeaders(): Record<string, string> {
  const values = Object.fromEntries(
    echoes(secret).map((value, i) => [`x-echo-${i}`, value.replaceAll('\n', ' ')]),
  );
  return {
    ...values,
    'www-authenticate': `Basic realm="${secret}"`,
    'set-cookie': `session=${encodeURIComponent(secret)}`,
  };
}

beforeAll(async () => {
  const answer: Answer = (request, response) => {
    const name = new URL(request.url ?? '/', 'http://x').pathname.slice(1);
    (answers[name] ?? json(404, '{}'))(request, response);
  };
  server = createServer(answer);
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'rsa',
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  tls = createTlsServer({ key: pems.private, cert: pems.cert }, answer);
  for (const each of [server, tls])
    await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  tlsBase = `https://localhost:${(tls.address() as AddressInfo).port}`;
  const noProxy = { http_proxy: '', https_proxy: '', HTTP_PROXY: '', HTTPS_PROXY: '' };
  sluice = await startSluice({ dataFolder, env: noProxy });
}, 120_000);

afterAll(async () => {
  await killLeftovers(dataFolder);
  for (const each of [server, tls]) {
    each.closeAllConnections();
    each.close();
  }
  folder.remove();
});

interface Given extends PackageParts {
  readonly request?: Readonly<Record<string, unknown>>;
  readonly response?: Readonly<Record<string, unknown>>;
  readonly traceBodies?: boolean;
  /** The rate limit of a service is shared by all who call it with one credential. */
  readonly key?: string;
}

/** Deploys a connection to `endpoint` and waits for the end of its first run. */
async function firstRun(
  endpoint: string,
  given: Given = {},
): Promise<{ name: string; run: z.output<typeof RunDetail> }> {
  serial += 1;
  const id = `Explained${serial}`;
  const files = sourcePackage(endpoint, { ...given, id }).map(({ file, text }) => {
    if (file !== 'poller.json') return { file, text };
    const poller = JSON.parse(text) as { properties: { request: object; response: object } };
    Object.assign(poller.properties.request, { retryCount: 0 }, given.request);
    Object.assign(poller.properties.response, given.response);
    return { file, text: JSON.stringify(poller) };
  });
  const name = id.toLowerCase();
  await sluice.api.call('POST', '/deploy', {
    files,
    parameters: { apiKey: given.key ?? secret },
    connectionName: name,
    start: '1m',
    options: { delayMinutes: 0, pollSeconds: 3600, ...(given.traceBodies ? { traceBodies: true } : {}) },
  });
  for (;;) {
    const { items } = await sluice.api.call<{ items: { id: string; state: string }[] }>(
      'GET',
      `/connections/${name}/runs`,
    );
    const run = items.at(-1);
    if (run && run.state !== 'running') return { name, run: await sluice.api.call('GET', `/runs/${run.id}`) };
    await sleep(30);
  }
}

async function explained(endpoint: string, given: Given = {}): Promise<Explained> {
  const { run } = await firstRun(endpoint, given);
  return sluice.api.call<Explained>('GET', `/runs/${run.id}/explanation`);
}

interface Case {
  readonly to: () => string;
  readonly given?: Given;
  readonly code: string;
  readonly status: number | null;
  readonly path: string | null;
  readonly cause: RegExp;
  readonly fix: RegExp;
}

const at = (name: string) => () => `${base}/${name}`;
const auth = '$.properties.auth';
const endpointPath = '$.properties.request.apiEndpoint';
const nextToken = { pagingType: 'NextPageToken', nextPageTokenJsonPath: '$.next', nextPageParaName: 'token' };

const cases: Record<string, Case> = {
  'wrong credential': {
    to: at('wrong'),
    code: 'AUTH_REFUSED',
    status: 401,
    path: auth,
    cause: /does not accept the credential.*Invalid token/,
    fix: /token/,
  },
  'missing permission': {
    to: at('permission'),
    code: 'AUTH_REFUSED',
    status: 403,
    path: auth,
    cause: /lacks the permission.*audit:read/,
    fix: /permission/,
  },
  'plan without the API': {
    to: at('plan'),
    code: 'AUTH_REFUSED',
    status: 403,
    path: endpointPath,
    cause: /plan of the account.*Free plan/,
    fix: /plan includes/,
  },
  'unreachable host': {
    to: () => 'http://127.0.0.1:9/events',
    code: 'HTTP_UNREACHABLE',
    status: null,
    path: endpointPath,
    cause: /connection refused/,
    fix: /port/,
  },
  'unknown host name': {
    to: () => 'http://no-such-host.invalid/events',
    code: 'HTTP_UNREACHABLE',
    status: null,
    path: endpointPath,
    cause: /no-such-host\.invalid does not resolve/,
    fix: /host/,
  },
  'unknown CA': {
    to: () => `${tlsBase}/wrong`,
    code: 'HTTP_TLS',
    status: null,
    path: endpointPath,
    cause: /authority \(CA\) that Sluice does not know/,
    fix: /caFile/,
  },
  'wrong path': {
    to: at('missing'),
    code: 'HTTP_NOT_FOUND',
    status: 404,
    path: endpointPath,
    cause: /nothing at this path/,
    fix: /path/,
  },
  'login page with status 200': {
    to: at('page'),
    code: 'RESPONSE_HTML',
    status: 200,
    path: auth,
    cause: /login page/,
    fix: /credential/,
  },
  'redirect to a login host': {
    to: at('redirect'),
    code: 'RESPONSE_REDIRECT',
    status: 302,
    path: auth,
    cause: /login page \(login\.acme\.example\)/,
    fix: /credential/,
  },
  'redirect to another host': {
    to: at('moved'),
    code: 'RESPONSE_REDIRECT',
    status: 301,
    path: endpointPath,
    cause: /api2\.acme\.example/,
    fix: /endpoint/,
  },
  'truncated JSON': {
    to: at('garbled'),
    code: 'RESPONSE_NOT_JSON',
    status: 200,
    path: null,
    cause: /breaks off/,
    fix: /smaller pages/,
  },
  'error body with status 200': {
    to: at('refused'),
    given: { response: { successStatusJsonPath: '$.status', successStatusValue: 'ok' } },
    code: 'RESPONSE_NOT_SUCCESSFUL',
    status: 200,
    path: '$.properties.response.successStatusJsonPath',
    cause: /`failed`.*Tenant is locked/,
    fix: /successStatus/,
  },
  throttled: {
    to: at('throttle'),
    given: { key: 'another-key' },
    code: 'THROTTLED',
    status: 429,
    path: '$.properties.request.rateLimitQPS',
    cause: /429.*Retry-After: 7200/,
    fix: /rateLimitQPS/,
  },
  'storm of 500': {
    to: at('storm'),
    given: { request: { retryCount: 1 } },
    code: 'HTTP_STATUS',
    status: 500,
    path: null,
    cause: /fault of its own \(status 500\)/,
    fix: /next run/,
  },
  'time-out': {
    to: at('slow'),
    given: { request: { timeoutInSeconds: 1 } },
    code: 'HTTP_TIMEOUT',
    status: null,
    path: '$.properties.request.timeoutInSeconds',
    cause: /did not begin to answer/,
    fix: /timeoutInSeconds/,
  },
  'bad time format': {
    to: at('badtime'),
    code: 'HTTP_STATUS',
    status: 400,
    path: '$.properties.request.queryTimeFormat',
    cause: /times of the request.*invalid date/,
    fix: /queryTimeFormat/,
  },
  'repeated paging token': {
    to: at('alternate'),
    given: { paging: nextToken },
    code: 'PAGING_LOOP',
    status: 200,
    path: '$.properties.paging',
    cause: /token.*came back/,
    fix: /nextPageTokenJsonPath/,
  },
};

describe('induced failures', () => {
  test.each(Object.entries(cases))('%s', async (_name, { to, given, code, status, path, cause, fix }) => {
    const found = await explained(to(), given);
    expect(found.cause).toMatch(cause);
    expect(found.fix).toMatch(fix);
    expect({ code: found.code, status: found.request?.status, place: found.place }).toEqual({
      code,
      status,
      place: path === null ? null : { file: 'poller.json', path },
    });
    expect(found.request?.url).toContain(new URL(to()).host);
    expect(found.what).toContain(status === null ? 'no answer' : String(status));
    expect(['high', 'medium']).toContain(found.confidence);
  });

  test('records at another place than eventsJsonPaths says: the run succeeds and warns', async () => {
    const { name, run } = await firstRun(`${base}/elsewhere`);
    expect(run.state).toBe('succeeded');
    expect(run.requestTraces[0]?.warning).toMatch(
      /EVENTS_PATH_EMPTY: `\$\.items` selects nothing, but `\$\.data\.records`/,
    );
    const found = await sluice.api.call<Explained>('GET', `/runs/${run.id}/explanation`);
    expect(found).toMatchObject({
      code: 'EVENTS_PATH_EMPTY',
      place: { file: 'poller.json', path: '$.properties.response.eventsJsonPaths' },
      fix: 'Set eventsJsonPaths to ["$.data.records"], if these are the records.',
    });
    const { items } = await sluice.api.call<{ items: { kind: string; message: string }[] }>(
      'GET',
      '/events?limit=100',
    );
    expect(items.some((e) => e.kind === 'run.answer-suspect' && e.message.includes('$.data.records'))).toBe(
      true,
    );
    const cli = await runSluice(['explain', name, '--data', dataFolder]);
    expect(cli.code).toBe(0);
    expect(cli.stdout).toContain('$.properties.response.eventsJsonPaths');
  });

  test('the command explains the latest failed run of a connection', async () => {
    const { name, run } = await firstRun(`${base}/wrong`);
    const byName = await runSluice(['explain', name, '--json', '--data', dataFolder]);
    expect(JSON.parse(byName.stdout)).toMatchObject({ runId: run.id, code: 'AUTH_REFUSED' });
    const byRun = await runSluice(['explain', run.id, '--data', dataFolder]);
    expect(byRun.stdout).toMatch(/cause .*does not accept the credential/);
    expect((await runSluice(['explain', 'nobody', '--data', dataFolder])).code).toBe(3);
  });
});

test('a trace keeps headers, excerpt, attempts and counts', async () => {
  const { run } = await firstRun(`${base}/storm`, { request: { retryCount: 1 } });
  expect(run.requestTraces.map((t) => [t.attempt, t.status, t.excerpt])).toEqual([
    [1, 500, '{"message":"boom"}'],
    [2, 500, '{"message":"boom"}'],
  ]);
  expect(run.requestTraces[0]).toMatchObject({
    poller: run.requestTraces[1]?.poller,
    requestHeaders: { 'x-key': '***', accept: 'application/json' },
    responseHeaders: { 'content-type': 'application/json' },
  });
  const good = await firstRun(`${base}/loop`, { traceBodies: true });
  expect(good.run.requestTraces[0]).toMatchObject({ new: 1, duplicates: 0, records: 1 });
  expect(good.run.requestTraces[0]?.excerpt).toContain('"next":"same"');
});

describe('no secret in trace, excerpt, explanation, event, log or database', () => {
  const names = Object.keys(answers).filter((name) => name.startsWith('echo'));

  /** Everything that leaves, and everything that is stored. */
  async function everything(connection: string, runId: string): Promise<string> {
    const texts: unknown[] = [];
    for (const path of [
      `/runs/${runId}`,
      `/runs/${runId}/explanation`,
      `/connections/${connection}`,
      `/connections/${connection}/runs`,
      '/events?limit=500',
    ])
      texts.push(await sluice.api.call<unknown>('GET', path));
    const cli = await runSluice(['explain', runId, '--data', dataFolder]);
    return [...texts.map((t) => JSON.stringify(t)), cli.stdout, cli.stderr, sluice.output()].join('\n');
  }

  test.each(names)('%s', async (name) => {
    const { name: connection, run } = await firstRun(`${base}/${name}`, { traceBodies: true });
    expect(run.requestTraces.length).toBeGreaterThan(0);
    const shown = await everything(connection, run.id);
    for (const form of [...echoes(secret), ...echoes(secret).map((f) => JSON.stringify(f).slice(1, -1))])
      expect(shown).not.toContain(form);
    expect(shown.match(/.{0,60}(?:pl\+nt|s<cret).{0,60}/g) ?? []).toEqual([]);
  });

  test('files of the data folder', () => {
    const files = readdirSync(dataFolder, { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile() && /(?:\.db|\.sqlite|-wal|\.log|\.json|state)/.test(e.name))
      .map((e) => join(e.parentPath, e.name))
      .filter((file) => !file.includes('/engine/'));
    expect(files.some((file) => /state/.test(file))).toBe(true);
    for (const file of files) {
      const text = readFileSync(file).toString('latin1');
      for (const form of echoes(secret)) expect([file, text.includes(form)]).toEqual([file, false]);
    }
  });
});
