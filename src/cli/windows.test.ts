import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedServer, startStubServer } from '../api/testing/start-server.ts';
import { writeRuntimeFile } from '../core/runtime-file.ts';
import { runInProcess } from './testing/run-in-process.ts';

let server: StartedServer;
let folder: string;
let data: string;
beforeAll(async () => {
  server = await startStubServer();
  folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  data = join(folder, 'data');
  await mkdir(data);
  writeRuntimeFile(data, { url: server.url, token: 'admin-token', pid: process.pid });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const run = (...args: string[]) => runInProcess(['connection', ...args, '--data', data]);

test('list, split, retry, skip', async () => {
  const listed = await run('windows', 'wiki-eu');
  expect([listed.code, listed.stderr]).toEqual([0, '']);
  expect(listed.stdout).toMatch(/^w-1 +parked .* RESPONSE_NOT_JSON/m);
  const split = await run('window-split', 'w-1', '--json');
  const { items } = JSON.parse(split.stdout) as { items: { id: string }[] };
  expect(items.map(({ id }) => id)).toEqual(['w-1-a', 'w-1-b']);
  const retried = await run('window-retry', 'w-1-a');
  expect([retried.code, retried.stdout]).toEqual([0, expect.stringContaining('is read')]);
  const unexplained = await run('window-skip', 'w-1-b');
  expect([unexplained.code === 0, unexplained.stderr]).toEqual([false, expect.stringContaining('--note')]);
  const skipped = await run('window-skip', 'w-1-b', '--note', 'lost at the vendor', '--json');
  expect(JSON.parse(skipped.stdout)).toMatchObject({ state: 'skipped', note: 'lost at the vendor' });
  expect((await run('windows', 'tracker-eu')).stdout).toBe('No window is parked.\n');
  expect((await run('window-retry', 'w-9', '--json')).code).not.toBe(0);
});
