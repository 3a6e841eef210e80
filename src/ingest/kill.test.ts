import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failpointNames } from '../core/failpoint.ts';
import { createEngine } from '../engine/client.ts';
import { archivedRecords, columnValues, labFolder, multiset, openLab } from './testing/lab.ts';
import { expectedTexts } from './testing/scenario.ts';

const script = fileURLToPath(new URL('./testing/mini-pipeline.ts', import.meta.url));
const windowsEach = 3;

/** The points at which a stop leaves most behind; SLUICE_FULL=1 takes all of them. */
const chosen = ['ingest.segment.after', 'ingest.commit.inside', 'ingest.commit.after', 'ingest.insert.after'];
const all = failpointNames.filter((name) => name.startsWith('ingest.') || name.startsWith('archive.'));
const points = process.env.SLUICE_FULL === '1' ? all : chosen;
if (points === chosen)
  console.log(`kill -9 at ${chosen.length} of ${all.length} points; SLUICE_FULL=1 runs all`);

let folder: string;
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ folder, remove } = await labFolder());
});
afterAll(() => remove());

/** How the child ended: a signal name, or its exit code. */
function runChild(windows: number, failpoint: string | undefined): Promise<string> {
  const { SLUICE_FAILPOINT: _none, ...env } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder, String(windows)], {
    env: failpoint ? { ...env, SLUICE_FAILPOINT: `${failpoint}:kill@1` } : env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => resolve(signal ?? (code === 0 ? '0' : `${code}: ${errors}`)));
  });
}

describe('kill -9 of the whole process', () => {
  it('at each point, one after the other in one folder, loses and repeats nothing', async () => {
    let windows = 0;
    for (const point of points) {
      windows += windowsEach;
      expect(await runChild(windows, point), point).toBe('SIGKILL');
    }
    expect(await runChild(windows, undefined)).toBe('0');

    const texts = expectedTexts(windows);
    const engine = await createEngine({ dataDir: join(folder, 'engine'), maxMemoryBytes: 800_000_000 });
    const lab = await openLab({ engine, folder });
    expect(multiset(await archivedRecords(lab.archive))).toEqual(multiset(texts));
    const messages = texts.map((text) => (JSON.parse(text) as { message: string }).message);
    expect(multiset(await columnValues(engine, 'Acme_CL', 'Message'))).toEqual(multiset(messages));
    await lab.stop();
    await engine.close();
  }, 600_000);
});
