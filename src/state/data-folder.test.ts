import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock as clock } from '../core/clock.ts';
import { openDataFolder } from './data-folder.ts';

let root: string;
let path: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-folder-'));
  path = join(root, 'data');
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('the data folder', () => {
  it('is made for the owner alone, with a workspace id that stays', async () => {
    const first = await openDataFolder(path, { clock });
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    expect(first.workspaceId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    first.close();
    const second = await openDataFolder(path, { clock });
    expect(second.workspaceId).toBe(first.workspaceId);
    second.close();
  });

  it('of a newer layout, or with a damaged layout, is refused', async () => {
    (await openDataFolder(path, { clock })).close();
    const file = join(path, 'layout.json');
    const layout = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...layout, layout: 99 }));
    await expect(openDataFolder(path, { clock })).rejects.toMatchObject({ code: 'DATA_FOLDER_NEWER' });
    await writeFile(file, '{');
    await expect(openDataFolder(path, { clock })).rejects.toMatchObject({ code: 'DATA_FOLDER' });
  });

  it('belongs to one opener in one process', async () => {
    const first = await openDataFolder(path, { clock });
    const second = openDataFolder(path, { clock });
    await expect(second).rejects.toMatchObject({
      code: 'DATA_FOLDER_LOCKED',
      message: `${path} is held by process ${process.pid}`,
    });
    first.close();
  });

  it('of another process is refused with its number, and free once that is killed', async () => {
    const module = fileURLToPath(new URL('./data-folder.ts', import.meta.url));
    const code = `import { openDataFolder } from ${JSON.stringify(module)};
      import { systemClock as clock } from ${JSON.stringify(module.replace('state/data-folder', 'core/clock'))};
      openDataFolder(${JSON.stringify(path)}, { clock }).then(() => console.log('held'));
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const refused = openDataFolder(path, { clock });
    await expect(refused).rejects.toMatchObject({
      code: 'DATA_FOLDER_LOCKED',
      message: `${path} is held by process ${child.pid}`,
    });
    const waiting = openDataFolder(path, { clock, waitMs: 10_000 });
    child.kill('SIGKILL');
    (await waiting).close();
  });
});
