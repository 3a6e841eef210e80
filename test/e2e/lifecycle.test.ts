/** What people do with a connection over its life, with nothing lost and nothing twice. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/atlassian-run.ts';
import { runSluice } from '../support/cli.ts';
import { catchUp, killLeftovers, type SluiceProcess, startSluice } from '../support/sluice-process.ts';
import { sourcePackage } from '../support/source-package.ts';

const folder = temporaryFolder('lifecycle');
const dataFolder = join(folder.path, 'data');
let sluice: SluiceProcess;
let server: Server;
let endpoint: string;
const records: string[] = [];

/** The next second has begun when it resolves: windows have whole seconds, and one of no length asks nothing. */
async function publish(id: string): Promise<void> {
  records.push(`{"id":"${id}","occurred":"${new Date(Date.now() - 60_000).toISOString()}","size":1}`);
  await sleep(1_100);
}

beforeAll(async () => {
  server = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(`{"items":[${records.join(',')}]}`),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`;
  sluice = await startSluice({ dataFolder });
}, 120_000);

afterAll(async () => {
  await killLeftovers(dataFolder);
  server.close();
  folder.remove();
});

interface Deployed {
  readonly definition: { readonly change: string };
  readonly connection: { readonly change: string } | null;
}

function deploy(name: string): Promise<Deployed> {
  return sluice.api.call('POST', '/deploy', {
    files: sourcePackage(endpoint),
    parameters: { apiKey: 'k' },
    connectionName: name,
    start: '1h',
    options: { delayMinutes: 0 },
  });
}

async function stored(): Promise<unknown[][]> {
  const result = await sluice.api.call<{ rows: unknown[][] }>('POST', '/query?format=json', {
    query: 'AcmeAudit_CL | summarize N = count() by Id | sort by Id asc | project Id, N',
  });
  return result.rows;
}

test('deploy is idempotent and says what it changed', async () => {
  await publish('a');
  expect(await deploy('acme')).toMatchObject({
    definition: { change: 'created' },
    connection: { change: 'created' },
  });
  expect(await deploy('acme')).toMatchObject({
    definition: { change: 'unchanged' },
    connection: { change: 'unchanged' },
  });
  await catchUp(sluice.api, 'acme');
  expect(await stored()).toEqual([['a', 1]]);
});

test('a paused connection does not run; resumed, it goes on where it stopped', async () => {
  expect(await sluice.api.call('POST', '/connections/acme:pause')).toMatchObject({ state: 'paused' });
  await publish('b');
  await expect(sluice.api.call('POST', '/connections/acme:run', {})).rejects.toThrow(/CONNECTION_PAUSED/);
  await sluice.api.call('POST', '/connections/acme:resume');
  await catchUp(sluice.api, 'acme');
  expect(await stored()).toEqual([
    ['a', 1],
    ['b', 1],
  ]);
});

test('removed and added again, it delivers nothing twice', async () => {
  await sluice.api.call('DELETE', '/connections/acme');
  await publish('c');
  await deploy('acme');
  await catchUp(sluice.api, 'acme');
  expect(await stored()).toEqual([
    ['a', 1],
    ['b', 1],
    ['c', 1],
  ]);
});

test('a second connection to the same source warns, and each record is delivered once', async () => {
  await deploy('acme-twin');
  await publish('d');
  await catchUp(sluice.api, 'acme-twin');
  await catchUp(sluice.api, 'acme');
  expect(await stored()).toEqual([
    ['a', 1],
    ['b', 1],
    ['c', 1],
    ['d', 1],
  ]);
  const events = await sluice.api.call<{ items: { kind: string }[] }>('GET', '/events?limit=50');
  expect(events.items.map((e) => e.kind)).toContain('connection.twin');
});

test('new tables keep the default retention of the settings; an old one can be changed', async () => {
  await sluice.api.call('PATCH', '/settings', { retentionDays: 30 });
  await sluice.api.call('POST', '/deploy', {
    files: sourcePackage(endpoint, { id: 'Later' }),
    parameters: { apiKey: 'k' },
    connectionName: 'later',
    start: '1h',
  });
  const tables = async () =>
    new Map(
      (
        await sluice.api.call<{ items: { name: string; retentionDays: number }[] }>('GET', '/tables')
      ).items.map((t) => [t.name, t.retentionDays]),
    );
  expect((await tables()).get('Later_CL')).toBe(30);
  expect((await tables()).get('AcmeAudit_CL')).toBe(90);
  const result = await runSluice(['table', 'retention', 'AcmeAudit_CL', '45', '--data', dataFolder]);
  expect(result.code, result.stderr).toBe(0);
  expect((await tables()).get('AcmeAudit_CL')).toBe(45);
});

test('a lost password can be reset from the same machine', async () => {
  const result = await runSluice(['user', 'reset-password', '--data', dataFolder]);
  expect(result.code, result.stderr).toBe(0);
  const signIn = (password: string) =>
    fetch(`${sluice.api.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: sluice.api.url },
      body: JSON.stringify({ name: 'admin', password }),
    });
  expect((await signIn('not-the-password')).status).toBe(401);
  expect((await signIn(result.stdout.trim())).status).toBe(200);
});

test('stopped cleanly and started again, everything is there and goes on', async () => {
  await sluice.stop();
  sluice = await startSluice({ dataFolder });
  await publish('e');
  await catchUp(sluice.api, 'acme');
  expect((await stored()).length).toBe(5);
});
