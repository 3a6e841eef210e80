import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { projectRoot } from '../../core/entry.ts';
import { type Check, failed, ok } from './check.ts';

const run = promisify(execFile);
const program =
  "import('chdb').then(({ query }) => process.stdout.write(String(query('SELECT version()', 'TSVRaw'))))";

/** In a child: a library that does not fit the machine ends the process that loads it. */
export const engineCheck: Check = {
  name: 'engine',
  async run() {
    try {
      const { stdout } = await run(process.execPath, ['-e', program], {
        cwd: projectRoot(),
        timeout: 60_000,
      });
      const version = stdout.trim();
      if (/^\d+\.\d+/.test(version)) return ok(`embedded ClickHouse ${version} loads`);
      return failed('the embedded ClickHouse gives no version', 'Run `npm install` again.');
    } catch (error) {
      const first =
        error instanceof Error
          ? (error.message.split('\n').find((l) => /Error|cannot|signal/i.test(l)) ?? error.message)
          : String(error);
      return failed(
        `the embedded ClickHouse does not load: ${first.slice(0, 200)}`,
        'Run `npm install` again on this machine, without --omit=optional.',
      );
    }
  },
};
