import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { writeDurableFile } from '../core/durable-file.ts';
import { SluiceError, toSluiceError } from '../core/errors.ts';
import { type LibsqlDatabase, openLibsql } from './libsql-database.ts';

export interface FolderLock {
  release(): void;
}

/**
 * Takes the exclusive lock of a folder: a write lock on an empty SQLite database, held by an open transaction.
 * The operating system drops it with the process, so a kill leaves nothing stale (Linux and macOS alike).
 * @throws SluiceError DATA_FOLDER_LOCKED, naming the process that holds it
 */
export async function lockFolder(
  path: string,
  options: { readonly clock: Clock; readonly waitMs: number },
): Promise<FolderLock> {
  const deadline = options.clock.now() + options.waitMs;
  for (;;) {
    const database = tryLock(join(path, 'lock.db'));
    if (database) {
      writeDurableFile(join(path, 'lock.pid'), `${process.pid}\n`);
      return { release: () => database.close() };
    }
    if (options.clock.now() >= deadline) throw lockedError(path);
    await options.clock.sleep(100);
  }
}

function tryLock(file: string): LibsqlDatabase | undefined {
  const database = openLibsql(file);
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') return undefined;
    throw toSluiceError(error, {
      code: 'DATA_FOLDER',
      message: `${file} cannot be locked`,
      hint: 'Use a folder on a local disk: locks do not work on every network file system.',
    });
  }
}

function lockedError(path: string): SluiceError {
  return new SluiceError({
    code: 'DATA_FOLDER_LOCKED',
    message: `${path} is held by ${holder(path)}`,
    hint: 'Stop the other process, or use another data folder.',
    retryable: true,
  });
}

function holder(path: string): string {
  try {
    return `process ${readFileSync(join(path, 'lock.pid'), 'utf8').trim()}`;
  } catch {
    return 'another process (its number is not written yet)';
  }
}
