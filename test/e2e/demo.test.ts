/** The demo as a newcomer meets it: one command, data within two minutes, Ctrl-C, and on again. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { projectRoot } from '../../src/core/entry.ts';
import { temporaryFolder } from '../support/atlassian-run.ts';
import { runSluice } from '../support/cli.ts';

const folder = temporaryFolder('demo');
const dataFolder = join(folder.path, 'data');
const query =
  'union withsource=T Jira_Audit_v2_CL, ConfluenceAuditLogs_CL, AtlassianAuditEvents_CL | summarize count() by T';
let demo: ChildProcess | undefined;

afterAll(() => {
  demo?.kill('SIGKILL');
  folder.remove();
});

async function start(): Promise<string> {
  demo = spawn('npm', ['run', 'demo', '--', '--data', dataFolder, '--port', '0'], {
    cwd: projectRoot(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  demo.stderr!.on('data', (data: Buffer) => {
    output += data;
  });
  await new Promise<void>((resolve, reject) => {
    demo!.stdout!.on('data', (data: Buffer) => {
      output += data;
      if (output.includes('Stop it with Ctrl-C')) resolve();
    });
    demo!.once('exit', () => reject(new Error(`the demo ended:\n${output}`)));
  });
  return output;
}

/** As the terminal does: the signal goes to the whole group. */
async function interrupt(): Promise<void> {
  const ended = new Promise((resolve) => demo!.once('exit', resolve));
  process.kill(-demo!.pid!, 'SIGINT');
  await ended;
}

function processesOver(path: string): string[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.filter(
    (line) => line.includes(path) || (line.includes('engine/host/main.js') && line.includes(path)),
  );
}

/** Counts by table; empty while a table has no row yet. */
async function counts(): Promise<Map<string, number>> {
  const result = await runSluice(['query', query, '--format', 'json', '--data', dataFolder, '--json']);
  if (result.code !== 0) return new Map();
  const { rows } = JSON.parse(result.stdout) as { rows: unknown[][] };
  return new Map(
    rows.map((row) => [
      String(row.find((c) => typeof c === 'string')),
      Number(row.find((c) => typeof c === 'number')),
    ]),
  );
}

async function threeCounts(): Promise<Map<string, number>> {
  for (;;) {
    const found = await counts();
    if (found.size === 3 && [...found.values()].every((n) => n > 0)) return found;
  }
}

test('says ready and how to sign in, and three tables fill', async () => {
  const output = await start();
  expect(output).toMatch(/ready: http:\/\/127\.0\.0\.1:\d+/);
  expect(output).toMatch(/Sign in as admin with password \S+/);
  expect(output).toContain('Three things to try');
  await threeCounts();
}, 120_000);

test('Ctrl-C ends every process; a second start goes on where it stopped', async () => {
  const before = await threeCounts();
  await interrupt();
  expect(processesOver(dataFolder)).toEqual([]);
  const output = await start();
  expect(output).not.toMatch(/with password/);
  const after = await threeCounts();
  for (const [table, n] of before) expect(after.get(table), table).toBeGreaterThanOrEqual(n);
  await interrupt();
}, 120_000);
