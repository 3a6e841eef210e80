import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir, userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { compiledEntry } from '../core/entry.ts';
import { createEngine } from './client.ts';
import { newSocketPath } from './runtime-folder.ts';
import { startTestEngine, type TestEngine } from './testing/engine.ts';

const open: TestEngine[] = [];
afterEach(async () => {
  for (const test of open.splice(0)) await test.close();
});

async function start(options: Parameters<typeof startTestEngine>[0] = {}): Promise<TestEngine> {
  const test = await startTestEngine(options);
  open.push(test);
  return test;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a host that dies', () => {
  it('leaves the write unconfirmed and the query gone, and is replaced', async () => {
    const { engine } = await start();
    const pid = engine.status().pid!;
    await engine.command('CREATE TABLE sluice.t (a UInt64) ENGINE = MergeTree ORDER BY a');
    const slow = 'SELECT sum(cityHash64(number)) FROM numbers(1000000000000000)';
    const write = expect(
      engine.command(`INSERT INTO sluice.t ${slow}`, { queryId: 'w' }),
    ).rejects.toMatchObject({ code: 'ENGINE_UNCONFIRMED', retryable: true });
    const read = expect(engine.query(slow)).rejects.toMatchObject({ code: 'ENGINE_GONE', retryable: true });
    await expect
      .poll(
        async () =>
          (await engine.query("SELECT count() FROM system.processes WHERE query LIKE '%1000000000000000%'"))
            .rows[0]?.[0],
      )
      .toBe('3');
    process.kill(pid, 'SIGKILL');
    await Promise.all([write, read]);
    expect((await engine.query('SELECT count() FROM sluice.t')).rows).toEqual([['0']]);
    await engine.provenGone('w');
    expect(engine.status()).toMatchObject({
      state: 'ready',
      restarts: 1,
      lastError: expect.stringContaining('SIGKILL'),
    });
    expect(engine.status().pid).not.toBe(pid);
  });

  it.each([
    ['engine.before-execute', '0'],
    ['engine.after-execute', '1'],
  ])('dies at failpoint %s with %s rows written', async (failpoint, rows) => {
    const { engine } = await start({ hostEnv: { SLUICE_FAILPOINT: failpoint } });
    await engine.command('CREATE TABLE sluice.t (a UInt64) ENGINE = MergeTree ORDER BY a');
    await expect(engine.command('INSERT INTO sluice.t SELECT 1')).rejects.toMatchObject({
      code: 'ENGINE_UNCONFIRMED',
    });
    expect((await engine.query('SELECT count() FROM sluice.t')).rows).toEqual([[rows]]);
    await engine.command('INSERT INTO sluice.t SELECT 2');
  });

  it('reports a full disk', async () => {
    const { engine } = await start({ hostEnv: { SLUICE_FAILPOINT: 'engine.before-execute:enospc' } });
    await engine.command('CREATE TABLE sluice.t (a UInt64) ENGINE = MergeTree ORDER BY a');
    await expect(engine.command('INSERT INTO sluice.t SELECT 1')).rejects.toMatchObject({
      code: 'ENGINE_DISK_FULL',
      retryable: true,
    });
  });

  it('is replaced when its socket is gone', async () => {
    const { engine, dataDir } = await start();
    const prefix = basename(newSocketPath(dataDir)).split('-')[0]!;
    const folder = dirname(newSocketPath(dataDir));
    for (const name of await readdir(folder)) if (name.startsWith(prefix)) await rm(join(folder, name));
    expect((await engine.query('SELECT 1')).rows).toEqual([[1]]);
    expect(engine.status().restarts).toBe(1);
  });

  it('rejects new statements when it does not come back in time, and all when closed', async () => {
    const { engine, close } = await start({ readyWaitMs: 1 });
    process.kill(engine.status().pid!, 'SIGKILL');
    await expect.poll(() => engine.status().state).not.toBe('ready');
    await expect(engine.query('SELECT 1')).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      retryable: true,
    });
    await close();
    open.length = 0;
    await expect(engine.query('SELECT 1')).rejects.toMatchObject({ code: 'ENGINE_STOPPED' });
    expect(engine.status().state).toBe('stopped');
  });
});

describe('a data folder', () => {
  it('that cannot be one is refused with the reason', async () => {
    const file = compiledEntry('src/engine/client.js');
    await expect(createEngine({ dataDir: file })).rejects.toMatchObject({
      code: 'ENGINE_START',
      message: expect.stringContaining('EEXIST'),
    });
  });

  it('belongs to one engine; the error names the process that has it', async () => {
    const { engine, dataDir } = await start();
    const second = createEngine({ dataDir, lockWaitMs: 600 });
    await expect(second).rejects.toMatchObject({
      code: 'ENGINE_LOCKED',
      message: expect.stringContaining(`process ${engine.status().pid}`),
    });
    expect((await engine.query('SELECT 1')).rows).toEqual([[1]]);
  });

  it('passes to a starting engine when its owner lets go', async () => {
    const { engine, dataDir } = await start();
    await engine.command('CREATE TABLE sluice.kept (a UInt64) ENGINE = MergeTree ORDER BY a');
    const second = createEngine({ dataDir });
    await engine.close();
    const next = await second;
    expect((await next.tables()).map((table) => table.name)).toEqual(['kept']);
    await next.close();
  });
});

describe('the socket', () => {
  it('is for this user and this token only', async () => {
    const { dataDir } = await start();
    const folder = join(tmpdir(), `sluice-${userInfo().uid}`);
    const prefix = basename(newSocketPath(dataDir)).split('-')[0]!;
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const sockets = (await readdir(folder))
      .filter((name) => name.startsWith(prefix))
      .map((name) => join(folder, name));
    for (const socket of sockets) expect((await stat(socket)).mode & 0o777).toBe(0o600);
    const answers = await Promise.all(sockets.map((socketPath) => ask(socketPath)));
    expect(
      answers
        .filter(Boolean)
        .every(
          (answer) =>
            answer === '403 516 Code: 516. DB::Exception: Authentication failed. (AUTHENTICATION_FAILED)',
        ),
    ).toBe(true);
    expect(answers.filter(Boolean).length).toBeGreaterThan(0);
  });

  /** Answer to a statement with a wrong token; undefined when nobody listens (left by a killed process). */
  function ask(socketPath: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      const call = request(
        {
          socketPath,
          path: '/?query=SELECT%201',
          headers: { 'X-ClickHouse-Key': 'wrong-token-wrong-token' },
        },
        (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => {
            text += chunk.toString();
          });
          response.on('end', () =>
            resolve(
              `${response.statusCode} ${response.headers['x-clickhouse-exception-code']} ${text.trim()}`,
            ),
          );
        },
      );
      call.on('error', () => resolve(undefined));
      call.end();
    });
  }
});

describe('a parent that dies', () => {
  it.each(['idle', 'planning'])('takes its host with it (%s)', async (state) => {
    const dir = await mkdtemp(join(tmpdir(), 'sluice-parent-'));
    const blocking =
      'SELECT (SELECT sum(sleepEachRow(1)) FROM numbers(60)) SETTINGS function_sleep_max_microseconds_per_block = 100000000';
    const script = `
      const { createEngine } = await import(${JSON.stringify(pathToFileURL(compiledEntry('src/engine/client.js')).href)});
      const engine = await createEngine({ dataDir: ${JSON.stringify(dir)} });
      if (${state === 'planning'}) void (async () => { for await (const block of engine.queryStream(${JSON.stringify(blocking)})) void block; })();
      setTimeout(() => console.log(engine.status().pid), 500);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve) =>
      createInterface({ input: parent.stdout }).once('line', (line) => resolve(Number(line))),
    );
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
    await rm(dir, { recursive: true, force: true });
  });
});
