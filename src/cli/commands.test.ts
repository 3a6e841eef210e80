import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StartedServer, startStubServer } from '../api/testing/start-server.ts';
import { projectRoot } from '../core/entry.ts';
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

const run = (...args: string[]) => runInProcess([...args, '--data', data]);
const parsed = (text: string) => JSON.parse(text) as Record<string, unknown>;

describe('reading', () => {
  test.each([
    [['connector', 'list'], 'items', 'Acme Tracker Audit'],
    [['connection', 'list'], 'items', 'tracker-eu'],
    [['connection', 'show', 'tracker-eu'], 'connection', 'Acme Tracker Audit (TrackerAuditDefinition)'],
    [['table', 'list'], 'items', 'Tracker_Audit_CL'],
    [['health'], 'status', 'degraded'],
    [['token', 'list'], 'items', 'LAST USED'],
  ])('%s', async (args, member, text) => {
    const [human, json] = await Promise.all([run(...args), run(...args, '--json')]);
    expect([human.code, human.stderr]).toEqual([0, '']);
    expect(human.stdout).toContain(text);
    expect(json.code).toBe(0);
    expect(parsed(json.stdout)).toHaveProperty(member);
  });
});

describe('query', () => {
  test('table by default, statistics on stderr', async () => {
    const result = await run('query', 'T | take 3');
    expect(result.code).toBe(0);
    expect(result.stdout.split('\n')[0]).toMatch(/^TimeGenerated +Actor +Action/);
    expect(result.stdout.trimEnd().split('\n')).toHaveLength(5);
    expect(result.stderr).toMatch(/^3 rows in \d+ ms/);
  });

  test('json is one document, ndjson one object a row, csv has a head', async () => {
    const [json, ndjson, csv] = await Promise.all([
      run('query', 'T | take 2', '--json'),
      run('query', 'T | take 250', '--format', 'ndjson'),
      run('query', 'T | take 2', '--format', 'csv'),
    ]);
    expect(parsed(json.stdout)).toMatchObject({
      truncated: false,
      columns: expect.any(Array),
      rows: expect.any(Array),
    });
    const rows = ndjson.stdout.trimEnd().split('\n').map(parsed);
    expect(rows).toHaveLength(250);
    expect(rows[0]).toMatchObject({ Actor: 'user0@example.com', Count: '9007199254740993' });
    expect(csv.stdout.split('\r\n')[0]).toBe('TimeGenerated,Actor,Action,SourceIp,Details,Count');
    expect(csv.stdout).toContain('"{""index"":0,""nested"":{""ok"":true}}"');
  });

  test('from a file and from stdin', async () => {
    const file = join(folder, 'q.kql');
    await writeFile(file, 'T | take 1');
    const fromStdin = runInProcess(['query', '--file', '-', '--json', '--data', data], {
      input: 'T | take 1',
    });
    for (const result of await Promise.all([run('query', '--file', file, '--json'), fromStdin])) {
      expect(parsed(result.stdout).rows).toHaveLength(1);
    }
  });

  test('a refused query shows place and fix, exit code 6', async () => {
    const result = await run('query', 'T | where nosuch()');
    expect(result.code).toBe(6);
    expect(result.stdout).toBe('');
    expect(result.stderr).toBe(
      "Error: The name 'nosuch' does not refer to any known function. [KQL_UNKNOWN_FUNCTION]\n" +
        '  T | where nosuch()\n' +
        '            ^^^^^^\n' +
        '  fix: Check the spelling.\n',
    );
  });

  test('a failure in mid-stream fails the command; with --json the error is JSON on stderr', async () => {
    const result = await run('query', 'T | explode', '--json');
    expect([result.code, result.stdout]).toEqual([6, '']);
    expect(parsed(result.stderr)).toMatchObject({
      error: { code: 'ENGINE_MEMORY', hint: 'Narrow the time range.' },
    });
  });

  test('a cut result says so', async () => {
    const result = await run('query', 'T | take 100000', '--max-rows', '100', '--format', 'ndjson');
    expect(result.stderr).toContain('Only the first 100 rows');
  });
});

describe('connections', () => {
  test('run --until-caught-up waits for the end', async () => {
    const result = await run('connection', 'run', 'tracker-eu', '--until-caught-up');
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(
      /^tracker-eu is caught up: 3 windows, 1200 records \(1170 new, 30 seen before\), 6 requests\.\n$/,
    );
    expect(result.stderr).toMatch(/tracker-eu: 1 window, 400 records/);
  });

  test('pause, refused run, resume', async () => {
    expect((await run('connection', 'pause', 'wiki-eu')).stdout).toBe('wiki-eu is paused.\n');
    const refused = await run('connection', 'run', 'wiki-eu');
    expect([refused.code, refused.stderr]).toEqual([
      6,
      'Error: wiki-eu is paused [CONNECTION_PAUSED]\n  fix: Resume it first.\n',
    ]);
    expect((await run('connection', 'resume', 'wiki-eu')).stdout).toBe('wiki-eu is ok.\n');
  });

  test('add with parameters and a file; names the missing ones; dry run; remove needs --yes', async () => {
    const file = join(folder, 'parameters.json');
    await writeFile(
      file,
      JSON.stringify({
        parameters: { userName: { value: 'a@example.com' }, apiToken: { value: 's3cret-value' } },
      }),
    );
    const add = ['connection', 'add', 'OrganizationAuditDefinition', '--name', 'org-1'];
    const missing = await run(...add, '--parameters', `@${file}`);
    expect([missing.code, missing.stderr]).toEqual([
      6,
      expect.stringContaining('needs a value for organizationUrl'),
    ]);
    const all = ['--parameters', `@${file}`, 'organizationUrl=acme.example.com'];
    const dry = await run(...add, ...all, '--dry-run');
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining('The connection works.')]);
    const bad = await run(...add, ...all, 'apiToken=wrong', '--dry-run');
    expect([bad.code, bad.stdout]).toEqual([
      1,
      expect.stringContaining('fix: Check the user name and the token.'),
    ]);
    const made = await run(
      ...add,
      ...all,
      '--resolve',
      'acme.example.com=127.0.0.1:8443',
      '--start',
      '30d',
      '--json',
    );
    expect(made.code).toBe(0);
    expect(made.stdout).not.toContain('s3cret-value');
    expect(parsed(made.stdout)).toMatchObject({
      name: 'org-1',
      options: { resolve: { 'acme.example.com': '127.0.0.1:8443' } },
    });
    const unsure = await run('connection', 'remove', 'org-1');
    expect([unsure.code, unsure.stderr]).toEqual([2, expect.stringContaining('--yes')]);
    expect((await run('connection', 'remove', 'org-1', '--yes')).stdout).toBe('org-1 is removed.\n');
    expect((await run('connection', 'show', 'org-1')).code).toBe(3);
  });

  test('test shows the request', async () => {
    const result = await run('connection', 'test', 'tracker-eu');
    expect([result.code, result.stdout]).toEqual([
      0,
      expect.stringContaining('GET https://acme.example.com/api/audit?limit=100 → 200'),
    ]);
  });
});

describe('packages', () => {
  test('check lists findings with their places, and needs no server', async () => {
    const own = join(projectRoot(), 'connectors', 'atlassian', 'jira-audit');
    const fine = await run('connector', 'check', own);
    expect([fine.code, fine.stdout]).toEqual([0, expect.stringContaining('0 errors')]);
    const odd = join(folder, 'odd');
    await mkdir(odd, { recursive: true });
    for (const name of ['definition.json', 'dcr.json', 'tables.json'])
      await copyFile(join(own, name), join(odd, name));
    const poller = await readFile(join(own, 'poller.json'), 'utf8');
    await writeFile(join(odd, 'poller.json'), poller.replace('"Offset"', '"Guess"'));
    const found = await run('connector', 'check', odd);
    expect([found.code, found.stdout]).toEqual([
      6,
      expect.stringMatching(/error PAGING_TYPE_UNKNOWN at poller\.json \$\S*\.paging\.pagingType/),
    ]);
  });

  test('deploy refuses what has errors; what-if changes nothing', async () => {
    const good = join(folder, 'good');
    const broken = join(folder, 'broken');
    for (const path of [good, broken, join(good, '_old')]) await mkdir(path, { recursive: true });
    await writeFile(join(good, 'definition.json'), '{}');
    await writeFile(join(good, '_old', 'broken.json'), '{}');
    await writeFile(join(broken, 'broken.json'), '{}');
    expect((await run('deploy', broken)).code).toBe(6);
    const whatIf = await run(
      'deploy',
      good,
      '--what-if',
      '--parameters',
      'organizationUrl=a',
      '--connection-name',
      'imp',
    );
    expect(whatIf.stdout).toContain('+ connection imp: would be created');
    expect((await run('connection', 'show', 'imp')).code).toBe(3);
    const real = await run(
      'deploy',
      good,
      '--json',
      '--connection-name',
      'imp',
      '--parameters',
      'organizationUrl=a',
      'userName=b',
      'apiToken=c',
    );
    expect(parsed(real.stdout)).toMatchObject({ connection: { name: 'imp', change: 'created' } });
  });

  test.each([
    [['deploy', '/nonexistent/x'], 3, 'INPUT_UNREADABLE'],
    [['deploy', projectRoot(), '--parameters', 'novalue'], 2, 'USAGE'],
    [['deploy', projectRoot(), '--parameters', '@/nonexistent.json'], 3, 'INPUT_UNREADABLE'],
  ])('%s is exit code %d %s', async (args, code, name) => {
    const result = await run(...args);
    expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(`[${name}]`)]);
    expect(result.stderr).toContain('fix: ');
  });
});

test('tokens: the text alone on stdout, then it works, then it does not', async () => {
  const made = await run('token', 'create', 'ci', '--role', 'viewer');
  expect(made.stdout).toMatch(/^slc_\S+\n$/);
  const token = made.stdout.trim();
  const as = (...args: string[]) => runInProcess([...args, '--server', server.url, '--token', token]);
  expect((await as('connection', 'list')).code).toBe(0);
  const pause = await as('connection', 'pause', 'tracker-eu');
  expect([pause.code, pause.stderr]).toEqual([
    4,
    expect.stringContaining('This needs the editor role; ci has viewer.'),
  ]);
  const id = made.stderr.match(/Token (\S+)/)?.[1] ?? '';
  expect((await run('token', 'revoke', id)).code).toBe(0);
  expect((await as('connection', 'list')).code).toBe(4);
});

test('retention', async () => {
  expect((await run('table', 'retention', 'Tracker_Audit_CL', '30')).stdout).toContain('30 days');
  expect((await run('table', 'retention', 'Nothing_CL', '30')).code).toBe(3);
  expect((await run('table', 'retention', 'Tracker_Audit_CL', 'many')).code).toBe(2);
});
