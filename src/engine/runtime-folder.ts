import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { engineError } from './errors.ts';

/** Socket paths may have 104 bytes on macOS and 108 on Linux, a zero byte included. */
const maxSocketPathBytes = 100;

/**
 * Path for the socket of a host on `dataDir`, in a folder that only this user can enter.
 * Names start with a hash of the folder, so that a host can find what its dead predecessors left.
 */
export function newSocketPath(dataDir: string): string {
  const uid = userInfo().uid;
  const folder = join(tmpdir(), `sluice-${uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  if (!stat.isDirectory() || stat.uid !== uid || (stat.mode & 0o077) !== 0) {
    throw engineError('RUNTIME_FOLDER', `${folder} belongs to another user or is open to others`);
  }
  const hash = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 16);
  const path = join(folder, `${hash}-${randomBytes(4).toString('hex')}.sock`);
  if (Buffer.byteLength(path) > maxSocketPathBytes) {
    throw engineError(
      'RUNTIME_FOLDER',
      `${path} is longer than ${maxSocketPathBytes} bytes, the limit for a socket`,
    );
  }
  return path;
}
