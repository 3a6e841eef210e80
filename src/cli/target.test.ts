import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runtimeFile, writeRuntimeFile } from '../core/runtime-file.ts';
import { findTarget } from './target.ts';
import { runInProcess as runCli } from './testing/run-in-process.ts';

let data: string;
/** Larger than any process number. */
const deadPid = 2 ** 30;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'sluice-target-'));
});
afterAll(() => rm(data, { recursive: true }));

describe('findTarget', () => {
  test('the running server of the data folder, with its token', async () => {
    writeRuntimeFile(data, { url: 'http://127.0.0.1:1', token: 'own', pid: process.pid });
    expect(findTarget({ data }, {})).toMatchObject({ url: 'http://127.0.0.1:1', token: 'own' });
    expect(findTarget({}, { SLUICE_DATA: data })).toMatchObject({ token: 'own' });
    expect((await stat(runtimeFile(data))).mode & 0o777).toBe(0o600);
  });

  test('a token in runtime.json never goes to another address', () => {
    writeRuntimeFile(data, { url: 'http://127.0.0.1:1', token: 'own', pid: process.pid });
    expect(() => findTarget({ data, server: 'http://evil.example' }, {})).toThrow('no API token');
    expect(findTarget({ data, server: 'http://127.0.0.1:1/' }, {})).toMatchObject({ token: 'own' });
    expect(findTarget({ data, server: 'http://x.example', token: 't' }, {})).toMatchObject({ token: 't' });
  });
});

describe('a server that is not there', () => {
  test('never started', async () => {
    const result = await runCli(['connection', 'list', '--data', join(data, 'nothing')]);
    expect([result.code, result.stdout]).toEqual([5, '']);
    expect(result.stderr).toMatch(
      /^Error: No Sluice runs over .+ \[SERVER_NOT_RUNNING\]\n {2}fix: Start it with `sluice serve`/,
    );
  });

  test('killed', async () => {
    writeRuntimeFile(data, { url: 'http://127.0.0.1:1', token: 'own', pid: deadPid });
    const result = await runCli(['health', '--data', data, '--json']);
    expect(result.code).toBe(5);
    expect(JSON.parse(result.stderr)).toMatchObject({
      error: { code: 'SERVER_NOT_RUNNING', message: expect.stringContaining('has ended') },
    });
  });

  test('refused', async () => {
    const result = await runCli(['health', '--server', 'http://127.0.0.1:1', '--token', 'top-secret']);
    expect([result.code, result.stderr]).toEqual([5, expect.stringContaining('[SERVER_UNREACHABLE]')]);
    expect(result.stderr).not.toContain('top-secret');
  });

  test('something else answers', async () => {
    const other = createServer((_request, answer) => answer.writeHead(502).end('<html>')).listen(
      0,
      '127.0.0.1',
    );
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const result = await runCli(['health', '--server', `http://127.0.0.1:${port}`, '--token', 't']);
    expect([result.code, result.stderr]).toEqual([5, expect.stringContaining('[SERVER_ANSWER_UNKNOWN]')]);
    other.close();
  });

  test('a damaged runtime.json is as none', async () => {
    await writeFile(runtimeFile(data), '{"url":');
    expect(() => findTarget({ data }, {})).toThrow('No Sluice runs over');
  });
});

describe('usage', () => {
  test.each([
    [['frobnicate']],
    [['connection']],
    [['connection', 'show']],
    [['query', '--max-rows', 'x', 'T']],
    [['query']],
    [[]],
  ])('%j is exit code 2', async (args) => {
    const result = await runCli(args);
    expect(result.code).toBe(2);
    expect(result.stderr).not.toBe('');
  });

  test('help and version are exit code 0', async () => {
    const [help, version] = await Promise.all([
      runCli(['connection', 'run', '--help']),
      runCli(['--version']),
    ]);
    expect([help.code, version.code]).toEqual([0, 0]);
    expect(help.stdout).toContain('--until-caught-up');
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+/);
  });
});
