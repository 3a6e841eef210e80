/** Everything that a user can get wrong, or that the world does to them: a clear error, and nothing lost. */

import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../support/atlassian-run.ts';
import { runSluice } from '../support/cli.ts';
import { engineHostPid } from '../support/processes.ts';
import {
  ApiProblem,
  catchUp,
  killLeftovers,
  type SluiceProcess,
  startSluice,
} from '../support/sluice-process.ts';
import { type PackageParts, sourcePackage } from '../support/source-package.ts';

const folder = temporaryFolder('bad-input');
const dataFolder = join(folder.path, 'data');
let sluice: SluiceProcess;
let server: Server;
let endpoint: string;
/** Raw text of the records that the service has. */
let records: string[] = [];
let serial = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.headers['x-key'] !== 'right') {
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"message":"wrong key"}');
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(`{"items":[${records.join(',')}]}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`;
  sluice = await startSluice({ dataFolder });
}, 120_000);

afterAll(async () => {
  await killLeftovers(dataFolder);
  server.close();
  folder.remove();
});

beforeEach(() => {
  records = [record('a'), record('b')];
  serial += 1;
});

function record(id: string, size = '1'): string {
  return `{"id":"${id}","occurred":"${new Date(Date.now() - 300_000).toISOString()}","size":${size}}`;
}

interface Given extends PackageParts {
  readonly key?: string;
  readonly to?: string;
}

async function deploy({ key = 'right', to = endpoint, ...parts }: Given = {}): Promise<string> {
  const id = parts.id ?? `Acme${serial}`;
  await sluice.api.call('POST', '/deploy', {
    files: sourcePackage(to, { id, ...parts }),
    parameters: { apiKey: key },
    connectionName: id.toLowerCase(),
    start: '1h',
    options: { delayMinutes: 0 },
  });
  return id;
}

/** What, where, why and how to mend: each refusal has all of them. */
async function refusal(work: Promise<unknown>, code: string): Promise<Record<string, unknown>> {
  const problem = await work.then(
    () => {
      throw new Error(`expected ${code}, but it worked`);
    },
    (error: unknown) => {
      if (error instanceof ApiProblem) return error.problem;
      throw error;
    },
  );
  expect(problem['code']).toBe(code);
  expect(String(problem['detail']).length).toBeGreaterThan(15);
  expect(String(problem['hint'] ?? '').length).toBeGreaterThan(10);
  return problem;
}

async function failedRun(id: string): Promise<{ code: string; message: string; hint?: string }> {
  for (;;) {
    const { lastRun } = await sluice.api.call<{
      lastRun: { state: string; error: { code: string; message: string; hint?: string } } | null;
    }>('GET', `/connections/${id.toLowerCase()}`);
    if (lastRun?.state === 'failed') return lastRun.error;
    if (lastRun?.state === 'succeeded') throw new Error('the run succeeded');
    await sleep(50);
  }
}

async function rows(query: string): Promise<unknown[][]> {
  return (await sluice.api.call<{ rows: unknown[][] }>('POST', '/query?format=json', { query })).rows;
}

test('an unreadable definition names file and place', async () => {
  const files = sourcePackage(endpoint).map((f) =>
    f.file === 'poller.json' ? { ...f, text: '{"kind": "RestApiPoller", ' } : f,
  );
  const problem = await refusal(
    sluice.api.call('POST', '/deploy', { files, parameters: { apiKey: 'right' } }),
    'FILE_UNREADABLE',
  );
  expect(JSON.stringify(problem)).toContain('poller.json');
});

test('an unknown auth type is refused with its place', async () => {
  await refusal(deploy({ auth: { type: 'Telepathy', apiKey: '{{apiKey}}' } }), 'AUTH_TYPE_UNKNOWN');
});

test('an unknown paging type is refused with its place', async () => {
  await refusal(deploy({ paging: { pagingType: 'Guess' } }), 'PAGING_TYPE_UNKNOWN');
});

test('a JSON path that cannot be read is refused', async () => {
  await refusal(deploy({ eventsJsonPaths: ['$.items[?'] }), 'JSON_PATH_INVALID');
});

test('a stream that the DCR does not declare is refused', async () => {
  await refusal(deploy({ streamName: 'Custom-Other' }), 'STREAM_UNDECLARED');
});

test('a transform that does not compile is refused with code and place', async () => {
  const problem = await refusal(deploy({ transformKql: 'source | extend X = frobnicate(id)' }), 'KQL_BIND');
  expect(String(problem['detail'])).toContain('frobnicate');
});

test('a table whose column has another type is refused', async () => {
  await deploy({ id: 'Shared1', table: 'Shared_CL' });
  const other = deploy({
    id: 'Shared2',
    table: 'Shared_CL',
    tableColumns: [
      { name: 'TimeGenerated', type: 'datetime' },
      { name: 'Id', type: 'string' },
      { name: 'Size', type: 'string' },
    ],
  });
  const problem = await refusal(other, 'TABLE_COLUMN_TYPE');
  expect(String(problem['detail'])).toContain('Size');
});

test('a wrong credential fails the run, says so, and loses nothing once it is right', async () => {
  const id = await deploy({ key: 'wrong' });
  const error = await failedRun(id);
  expect(error.code).toBe('AUTH_REFUSED');
  expect(`${error.message} ${error.hint}`).not.toContain('wrong-');
  await sluice.api.call('PATCH', `/connections/${id.toLowerCase()}`, { parameters: { apiKey: 'right' } });
  await catchUp(sluice.api, id.toLowerCase());
  expect(await rows(`${id}_CL | count`)).toEqual([[2]]);
});

test('an unreachable host is named', async () => {
  const id = await deploy({ to: 'http://127.0.0.1:9/events' });
  const error = await failedRun(id);
  expect(error.code).toBe('HTTP_UNREACHABLE');
  expect(error.message).toContain('127.0.0.1:9');
});

test('records that the engine cannot parse go to _Rejected, exact in the archive, and the others arrive', async () => {
  const bad = [record('c', '1e400'), record('d', '123456789012345678901234'), record('\\ud800')];
  records = [record('a'), ...bad];
  const id = await deploy();
  await catchUp(sluice.api, id.toLowerCase());
  expect(await rows(`${id}_CL | project Id`)).toEqual([['a']]);
  const rejected = await rows(`_Rejected | where Stream == "Custom-${id}" | project RawRecord, Reason`);
  expect(rejected.map((row) => row.find((cell) => String(cell).startsWith('{'))).sort()).toEqual(
    [...bad].sort(),
  );
});

test('a null TimeGenerated becomes the receive time and is reported', async () => {
  records = ['{"id":"no-time","size":1}'];
  const id = await deploy();
  await catchUp(sluice.api, id.toLowerCase());
  expect(await rows(`${id}_CL | where TimeGenerated == _TimeReceived | count`)).toEqual([[1]]);
  const events = await sluice.api.call<{ items: { kind: string; message: string }[] }>(
    'GET',
    '/events?limit=50',
  );
  expect(events.items.some((e) => e.kind === 'ingest.null-times' && e.message.includes(`${id}_CL`))).toBe(
    true,
  );
});

test('a nearly full disk pauses collection and says why; with room it goes on', async () => {
  await sluice.api.call('PATCH', '/settings', { diskWatermarkBytes: Number.MAX_SAFE_INTEGER });
  const id = await deploy();
  const paused = await sluice.api.call<{ state: string; stateReason: string }>(
    'GET',
    `/connections/${id.toLowerCase()}`,
  );
  expect(paused.state).toBe('paused');
  expect(paused.stateReason).toMatch(/disk/);
  await sluice.api.call('PATCH', '/settings', { diskWatermarkBytes: 0 });
  await catchUp(sluice.api, id.toLowerCase());
  expect(await rows(`${id}_CL | count`)).toEqual([[2]]);
});

test('a killed engine child comes back and nothing is missing', async () => {
  const id = await deploy();
  process.kill(engineHostPid(sluice.pid), 'SIGKILL');
  await catchUp(sluice.api, id.toLowerCase());
  expect(await rows(`${id}_CL | count`)).toEqual([[2]]);
});

test('a port in use is named', async () => {
  const { port } = new URL(sluice.api.url);
  const result = await runSluice(['serve', '--data', join(folder.path, 'other'), '--port', port]);
  expect(result.code).not.toBe(0);
  expect(result.stderr).toContain('PORT_IN_USE');
  expect(result.stderr).toContain(port);
});

test('a data folder held by another process names that process', async () => {
  const result = await runSluice(['serve', '--data', dataFolder, '--port', '0']);
  expect(result.code).not.toBe(0);
  expect(result.stderr).toContain('DATA_FOLDER_LOCKED');
  expect(result.stderr).toContain(String(sluice.pid));
});

test('a data folder of a newer Sluice is left alone', async () => {
  const newer = join(folder.path, 'newer');
  const first = await startSluice({ dataFolder: newer });
  await first.stop();
  const layout = JSON.parse(readFileSync(join(newer, 'layout.json'), 'utf8')) as Record<string, unknown>;
  const later = Object.entries(layout).map(([name, value]) => [
    name,
    typeof value === 'number' ? value + 1 : value,
  ]);
  writeFileSync(join(newer, 'layout.json'), JSON.stringify(Object.fromEntries(later)));
  const result = await runSluice(['serve', '--data', newer, '--port', '0']);
  expect(result.stderr).toContain('DATA_FOLDER_NEWER');
});

test('an old Node gets a sentence, not a stack', async () => {
  const disguise = join(folder.path, 'old-node.cjs');
  writeFileSync(disguise, "Object.defineProperty(process.versions, 'node', { value: '18.20.4' });");
  const result = await runSluice(['connection', 'list'], { nodeArgs: ['--require', disguise] });
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('needs Node 20.19 or newer');
  expect(result.stderr).not.toContain('at ');
});
