import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StartedServer, startStubServer } from '../api/testing/start-server.ts';
import { projectRoot } from '../core/entry.ts';
import { writeRuntimeFile } from '../core/runtime-file.ts';
import { loaderArgs, mainFile, runCli } from './testing/run-cli.ts';

let server: StartedServer;
let data: string;
beforeAll(async () => {
  server = await startStubServer();
  data = await mkdtemp(join(tmpdir(), 'sluice-main-'));
  writeRuntimeFile(data, { url: server.url, token: 'admin-token', pid: process.pid });
});
afterAll(async () => {
  await server.close();
  await rm(data, { recursive: true });
});

describe('the command as a process', () => {
  test('finds the server through SLUICE_DATA; result on stdout, exit codes', async () => {
    const env = { SLUICE_DATA: data };
    const [ok, missing, usage, refused] = await Promise.all([
      runCli(['query', 'T | take 2', '--json'], { env }),
      runCli(['connection', 'show', 'nobody'], { env }),
      runCli(['connection', 'frobnicate'], { env }),
      runCli(['query', '--file', '-'], { env, input: 'nosuch' }),
    ]);
    expect(JSON.parse(ok.stdout)).toMatchObject({ truncated: false });
    expect([ok.code, missing.code, usage.code, refused.code]).toEqual([0, 3, 2, 6]);
    expect(missing.stderr).toBe(
      'Error: There is no connection nobody [CONNECTION_NOT_FOUND]\n  fix: List the connections with `sluice connection list`.\n',
    );
    expect(usage.stderr).toContain("unknown command 'frobnicate' [USAGE]");
  });

  test('a reader that stops early is no failure', async () => {
    const args = [
      ...loaderArgs,
      mainFile,
      'query',
      'T | take 100000',
      '--max-rows',
      '100000',
      '--format',
      'ndjson',
      '--data',
      data,
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, stderr]).toEqual([0, '']);
  });

  test('an interrupted query is cancelled on the server', async () => {
    const before = server.services.queries.cancelled.length;
    const args = [...loaderArgs, mainFile, 'query', 'endless', '--format', 'ndjson', '--data', data];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.once('data', () => child.kill('SIGINT'));
    child.stdout.resume();
    await new Promise((resolve) => child.once('close', resolve));
    // The query of the test before may be cancelled late, too.
    await expect
      .poll(() => server.services.queries.cancelled.length, { timeout: 10_000 })
      .toBeGreaterThan(before);
  });
});

test('an old Node gets a plain message', async () => {
  // The version is all that the program can know of its age.
  const pretend = "Object.defineProperty(process, 'versions', { value: { node: '20.18.3' } })";
  const args = [
    ...loaderArgs,
    '--import',
    `data:text/javascript,${encodeURIComponent(pretend)}`,
    mainFile,
    'health',
  ];
  const failure: unknown = await promisify(execFile)(process.execPath, args, { cwd: projectRoot() }).catch(
    (e: unknown) => e,
  );
  expect(failure).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('needs Node 20.19 or newer, this is 20.18.3 [NODE_TOO_OLD]'),
  });
});
