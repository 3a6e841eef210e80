import { statfs } from 'node:fs/promises';
import { formatBytes } from '../quantities.ts';
import { type Check, failed, ok, warning } from './check.ts';
import { existingFolder } from './data-folder.ts';

const gigabyte = 1024 ** 3;

export const diskCheck: Check = {
  name: 'disk',
  async run({ dataFolder }) {
    const folder = existingFolder(dataFolder);
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const message = `${formatBytes(free)} free in ${folder}`;
    const fix = 'Free some space, shorten retention, or move the data folder with --data.';
    if (free < gigabyte) return failed(message, fix);
    return free < 5 * gigabyte ? warning(message, fix) : ok(message);
  },
};
