import { statSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../core/entry.ts';
import { readRuntimeFile } from '../../core/runtime-file.ts';
import { type Check, failed, ok, warning } from './check.ts';

const maxDriftMs = 5000;

/** Windows are computed from the clock: one that is wrong loses or repeats time. */
export const clockCheck: Check = {
  name: 'clock',
  async run({ io, dataFolder }) {
    const now = io.clock.now();
    const text = new Date(now).toISOString();
    const fix = 'Set the clock, and keep it set with NTP.';
    // The program can't have been installed in the future.
    if (now < statSync(join(projectRoot(), 'package.json')).mtimeMs - maxDriftMs)
      return failed(`${text} is before the installation of the program`, fix);
    const runtime = readRuntimeFile(dataFolder);
    if (!runtime) return ok(text);
    const answer = await fetch(`${runtime.url}/api/v1/health`).catch(() => undefined);
    const remote = Date.parse(answer?.headers.get('date') ?? '');
    const drift = Math.abs(remote - now);
    return drift > maxDriftMs
      ? warning(`${text} differs from the server's clock by ${Math.round(drift / 1000)} s`, fix)
      : ok(text);
  },
};
