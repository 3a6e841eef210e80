import type { Dirent } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SluiceError } from '../../core/errors.ts';
import { failpoint } from '../../core/failpoint.ts';
import type { ArchiveStore } from '../api.ts';
import { checkPath } from '../path.ts';

const beforeWrite = failpoint('archive.put.before-write');
const afterWrite = failpoint('archive.put.after-write');
const beforeRename = failpoint('archive.put.before-rename');
const afterRename = failpoint('archive.put.after-rename');
const afterFolderSync = failpoint('archive.put.after-folder-sync');
const beforeAppend = failpoint('archive.append.before');
const afterAppend = failpoint('archive.append.after');

/** Temporary objects begin with it, so that listings and the engine never see one. */
const temporaryPrefix = '.tmp-';

/**
 * An archive in a local folder (mode 0700, objects 0600).
 * @throws SluiceError ARCHIVE_DISK_FULL, ARCHIVE_WRITE, ARCHIVE_READ, ARCHIVE_MISSING, ARCHIVE_EXISTS, ARCHIVE_PATH
 */
export function createLocalArchive(root: string): ArchiveStore {
  const folder = resolve(root);
  const file = (path: string) => join(folder, checkPath(path));
  // The temporary name follows from the path, so two writers of one path take turns.
  const turns = new Map<string, Promise<void>>();
  return {
    put: async (path, bytes) => {
      const before = turns.get(path) ?? Promise.resolve();
      const turn = before.catch(() => undefined).then(() => put(folder, file(path), bytes));
      turns.set(path, turn);
      try {
        await turn;
      } finally {
        if (turns.get(path) === turn) turns.delete(path);
      }
    },
    appendLine: (path, line) => appendLine(folder, file(path), line),
    get: async (path) => {
      try {
        return await readFile(file(path));
      } catch (error) {
        throw readError(error, path);
      }
    },
    exists: (path) => exists(file(path)),
    delete: (path) => remove(file(path)),
    list: (prefix) => list(folder, prefix),
    localPath: (path) => file(path),
  };
}

async function put(root: string, target: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(target);
  const temporary = temporaryOf(target);
  try {
    await makeFolder(root, folder);
    if (await exists(target)) return await checkSame(target, bytes);
    beforeWrite();
    await writeSynced(temporary, bytes);
    afterWrite();
    beforeRename();
    await rename(temporary, target);
    afterRename();
    await syncFolder(folder);
    afterFolderSync();
  } catch (error) {
    // Best effort: what stays is truncated by the next put and removed by delete; the first error is the one to report.
    await unlink(temporary).catch(() => undefined);
    throw writeError(error, target);
  }
}

function temporaryOf(target: string): string {
  return join(dirname(target), `${temporaryPrefix}${basename(target)}`);
}

async function checkSame(target: string, bytes: Uint8Array): Promise<void> {
  const stored = await readFile(target);
  if (stored.equals(bytes)) return syncFolder(dirname(target));
  throw new SluiceError({
    code: 'ARCHIVE_EXISTS',
    message: `${target} exists with other bytes`,
    hint: 'Archive objects never change: this is a bug, or two installations share one archive folder.',
  });
}

async function appendLine(root: string, target: string, line: string): Promise<void> {
  try {
    await makeFolder(root, dirname(target));
    const isNew = !(await exists(target));
    const handle = await open(target, 'a+', 0o600);
    try {
      beforeAppend();
      const torn = await endsTorn(handle);
      await handle.appendFile(`${torn ? '\n' : ''}${line}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (isNew) await syncFolder(dirname(target));
    afterAppend();
  } catch (error) {
    throw writeError(error, target);
  }
}

async function endsTorn(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  await handle.read(last, 0, 1, size - 1);
  return last[0] !== 0x0a;
}

/** Creates missing folders and makes their names durable, from the first existing one down. */
async function makeFolder(root: string, folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  const top = dirname(first);
  for (let at = folder; at.length >= top.length && at.length >= dirname(root).length; at = dirname(at)) {
    await syncFolder(at);
    if (at === top) break;
  }
}

async function writeSynced(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Removes an object, and what a stop in the middle of its put may have left. */
async function remove(file: string): Promise<void> {
  const gone = [await unlinkIfThere(file), await unlinkIfThere(temporaryOf(file))];
  if (gone.includes(true)) await syncFolder(dirname(file));
}

async function unlinkIfThere(file: string): Promise<boolean> {
  try {
    await unlink(file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw writeError(error, file);
  }
}

async function* list(root: string, prefix: string): AsyncIterable<string> {
  const slash = prefix.lastIndexOf('/');
  const start = slash < 0 ? '' : checkPath(prefix.slice(0, slash));
  for await (const path of walk(root, start)) {
    if (path.startsWith(prefix)) yield path;
  }
}

/** Depth first; a folder sorts with its slash, which makes the whole walk ordered by path. */
async function* walk(root: string, folder: string): AsyncIterable<string> {
  const entries = await entriesOf(join(root, folder));
  const named = entries.map((entry) => ({
    entry,
    sortKey: entry.isDirectory() ? `${entry.name}/` : entry.name,
  }));
  named.sort((a, b) => (a.sortKey < b.sortKey ? -1 : 1));
  for (const { entry } of named) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(root, path);
    else if (!entry.name.startsWith(temporaryPrefix)) yield path;
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw readError(error, folder);
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function writeError(error: unknown, target: string): Error {
  if (error instanceof SluiceError) return error;
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new SluiceError({
      code: 'ARCHIVE_DISK_FULL',
      message: `${target} cannot be written: the disk is full`,
      hint: 'Free space on the disk of the archive folder; collection goes on by itself.',
      retryable: true,
      cause: error,
    });
  }
  if (code === undefined) return error instanceof Error ? error : new Error(String(error));
  return new SluiceError({
    code: 'ARCHIVE_WRITE',
    message: `${target} cannot be written: ${code}`,
    hint: 'Check owner and mode of the archive folder and the health of its disk.',
    retryable: true,
    cause: error,
  });
}

function readError(error: unknown, path: string): Error {
  if (error instanceof SluiceError) return error;
  const missing = codeOf(error) === 'ENOENT';
  return new SluiceError({
    code: missing ? 'ARCHIVE_MISSING' : 'ARCHIVE_READ',
    message: missing ? `${path} is missing` : `${path} cannot be read: ${codeOf(error) ?? String(error)}`,
    hint: missing
      ? 'Restore the archive folder from a backup; the state database says it was written.'
      : 'Check owner and mode of the archive folder and the health of its disk.',
    cause: error,
  });
}
