import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SluiceError } from './errors.ts';

/** The project root: the nearest ancestor folder that holds package.json. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new SluiceError({
        code: 'NO_PROJECT_ROOT',
        message: 'package.json was not found above the program',
        hint: 'Reinstall Sluice.',
      });
    folder = parent;
  }
  return folder;
}

/**
 * Compiled file of a module that runs in a process or worker of its own.
 * Node 20 cannot run TypeScript, so children always run from dist/, also under a test runner.
 * @param path below dist/, e.g. `src/engine/host/main.js`
 */
export function compiledEntry(path: string): string {
  const file = join(projectRoot(), 'dist', path);
  if (!existsSync(file)) {
    throw new SluiceError({
      code: 'NOT_BUILT',
      message: `${path} is not built`,
      hint: 'Run `npm run build` first.',
    });
  }
  return file;
}
