/** What the demo holds in memory, all processes together, after five idle minutes. */
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { projectRoot } from '../../src/core/entry.ts';
import { temporaryFolder } from '../support/atlassian-run.ts';

const limitMb = 750;
const idleMs = 5 * 60_000;

const linux = process.platform === 'linux';
if (!linux) console.log('left out: proportional set size is read from /proc, which only Linux has');

test.skipIf(!linux)(
  `npm run demo holds at most ${limitMb} MB after five idle minutes`,
  async () => {
    const folder = temporaryFolder('idle');
    const demo = spawn('npm', ['run', 'demo', '--', '--data', join(folder.path, 'data'), '--port', '0'], {
      cwd: projectRoot(),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    try {
      let output = '';
      await new Promise<void>((resolve, reject) => {
        demo.stdout.on('data', (data: Buffer) => {
          output += data;
          if (/ready/.test(output)) resolve();
        });
        demo.once('exit', () => reject(new Error(`the demo ended:\n${output}`)));
      });
      await sleep(idleMs);
      const report = execFileSync(process.execPath, ['bench/idle-memory.mjs', String(demo.pid)], {
        cwd: projectRoot(),
        encoding: 'utf8',
      });
      console.log(report);
      const total = Number(/(\d+) MB {2}in all/.exec(report)?.[1]);
      expect(total).toBeGreaterThan(100);
      expect(total).toBeLessThanOrEqual(limitMb);
    } finally {
      const ended = new Promise((resolve) => demo.once('exit', resolve));
      process.kill(-demo.pid!, 'SIGINT');
      await ended;
      folder.remove();
    }
  },
  idleMs + 180_000,
);
