import { appendFile, chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { armFailpoint } from '../../core/failpoint.ts';
import type { ArchiveStore } from '../api.ts';
import { storeContract } from '../testing/store-contract.ts';
import { createLocalArchive } from './store.ts';

storeContract('local', async () => {
  const root = await mkdtemp(join(tmpdir(), 'sluice-archive-'));
  return { store: createLocalArchive(root), close: () => rm(root, { recursive: true, force: true }) };
});

describe('local archive', () => {
  let root: string;
  let store: ArchiveStore;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sluice-archive-'));
    store = createLocalArchive(join(root, 'archive'));
  });
  afterEach(async () => {
    armFailpoint(undefined);
    await rm(root, { recursive: true, force: true });
  });

  it('keeps objects from others', async () => {
    await store.put('a/b', Buffer.from('x'));
    expect((await stat(join(root, 'archive'))).mode & 0o777).toBe(0o700);
    expect((await stat(store.localPath('a/b'))).mode & 0o777).toBe(0o600);
  });

  it.each([
    'archive.put.before-write',
    'archive.put.after-write',
    'archive.put.after-rename',
    'archive.append.before',
  ])('a full disk at %s is typed and leaves no temporary file', async (point) => {
    armFailpoint(`${point}:enospc`);
    const work = point.startsWith('archive.put')
      ? store.put('a/b', Buffer.from('x'))
      : store.appendLine('a/b', 'x');
    await expect(work).rejects.toMatchObject({ code: 'ARCHIVE_DISK_FULL', retryable: true });
    const left = (await readdir(join(root, 'archive', 'a'))).filter((name) => name.startsWith('.tmp-'));
    expect(left).toEqual([]);
  });

  it('hides, replaces and deletes what a stop in the middle of a put left', async () => {
    await store.put('a/c', Buffer.from('c'));
    const left = join(root, 'archive', 'a', '.tmp-b');
    await writeFile(left, 'half');
    const listed: string[] = [];
    for await (const path of store.list('a/')) listed.push(path);
    expect(listed).toEqual(['a/c']);
    await store.put('a/b', Buffer.from('whole'));
    expect(await readFile(store.localPath('a/b'), 'utf8')).toBe('whole');
    await writeFile(left, 'half');
    await store.delete('a/b');
    expect(await readdir(join(root, 'archive', 'a'))).toEqual(['c']);
  });

  it('closes off a torn last line', async () => {
    await store.appendLine('log', 'one');
    await appendFile(store.localPath('log'), '{"tor');
    await store.appendLine('log', 'two');
    expect(await readFile(store.localPath('log'), 'utf8')).toBe('one\n{"tor\ntwo\n');
  });

  it('names what cannot be written', async () => {
    if (process.getuid?.() === 0) return console.log('left out: the superuser may write everywhere');
    await store.put('a/b', Buffer.from('x'));
    await chmod(join(root, 'archive', 'a'), 0o500);
    await expect(store.put('a/c', Buffer.from('x'))).rejects.toMatchObject({ code: 'ARCHIVE_WRITE' });
    await chmod(join(root, 'archive', 'a'), 0o700);
  });
});
