import { constants, existsSync, readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { processAlive } from '../../core/runtime-file.ts';
import { type Check, failed, ok } from './check.ts';

/** The folder itself, or the nearest ancestor that exists. */
export function existingFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existingFolder(dirname(path));
}

/** The process that holds the folder, as far as its file says. */
export function lockHolder(dataFolder: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(dataFolder, 'lock.pid'), 'utf8').trim());
    return Number.isInteger(pid) && pid > 0 && processAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

export const dataFolderCheck: Check = {
  name: 'data folder',
  async run({ dataFolder }) {
    const folder = existingFolder(dataFolder);
    try {
      await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch {
      return failed(
        `${folder} is not writable`,
        'Change its owner or mode, or choose another folder with --data.',
      );
    }
    if (folder !== dataFolder) return ok(`${dataFolder} does not exist yet and can be made`);
    const holder = lockHolder(dataFolder);
    return ok(
      holder === undefined
        ? `${dataFolder} is writable and free`
        : `${dataFolder} is in use by process ${holder}`,
    );
  },
};
