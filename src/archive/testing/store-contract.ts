import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ArchiveStore } from '../api.ts';

export interface OpenedStore {
  readonly store: ArchiveStore;
  close(): Promise<void>;
}

const bytes = (text: string) => Buffer.from(text);

async function paths(store: ArchiveStore, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const path of store.list(prefix)) found.push(path);
  return found;
}

/** What every archive store must do; call inside a test file. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name}: archive store contract`, () => {
    let opened: OpenedStore;
    let store: ArchiveStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    it('gives back what was put', async () => {
      const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
      await store.put('a/b/c.bin', all);
      await store.put('a/empty', bytes(''));
      expect(Buffer.compare(await store.get('a/b/c.bin'), all)).toBe(0);
      expect((await store.get('a/empty')).length).toBe(0);
      expect(await store.exists('a/b/c.bin')).toBe(true);
      expect(await store.exists('a/b')).toBe(true);
      expect(await store.exists('a/none')).toBe(false);
    });

    it('never replaces an object with other bytes', async () => {
      await store.put('a/b', bytes('one'));
      await store.put('a/b', bytes('one'));
      await expect(store.put('a/b', bytes('two'))).rejects.toMatchObject({ code: 'ARCHIVE_EXISTS' });
      expect(Buffer.from(await store.get('a/b')).toString()).toBe('one');
    });

    it('takes equal puts at the same time', async () => {
      await Promise.all(Array.from({ length: 8 }, () => store.put('same/object', bytes('x'.repeat(10_000)))));
      expect((await store.get('same/object')).length).toBe(10_000);
    });

    it('lists in path order below a prefix, whole names or parts of them', async () => {
      const all = ['a-b/x', 'a.b/x', 'a/b/1', 'a/b/10', 'a/b/2', 'a/b-1', 'a/c', 'b/1'];
      for (const path of all) await store.put(path, bytes(path));
      expect(await paths(store, '')).toEqual([...all].sort());
      expect(await paths(store, 'a/')).toEqual(all.filter((path) => path.startsWith('a/')).sort());
      expect(await paths(store, 'a/b/1')).toEqual(['a/b/1', 'a/b/10']);
      expect(await paths(store, 'none/')).toEqual([]);
    });

    it('deletes, also what is not there', async () => {
      await store.put('a/b', bytes('one'));
      await store.delete('a/b');
      await store.delete('a/b');
      await store.delete('no/such/folder');
      expect(await store.exists('a/b')).toBe(false);
      await expect(store.get('a/b')).rejects.toMatchObject({ code: 'ARCHIVE_MISSING' });
      await store.put('a/b', bytes('two'));
      expect(Buffer.from(await store.get('a/b')).toString()).toBe('two');
    });

    it('appends lines to a log object', async () => {
      await store.appendLine('log/day.jsonl', '{"a":1}');
      await store.appendLine('log/day.jsonl', '{"a":2}');
      expect(Buffer.from(await store.get('log/day.jsonl')).toString()).toBe('{"a":1}\n{"a":2}\n');
    });

    it.each(['../x', 'a/../x', '/etc/x', 'a//b', 'a/.tmp-x', '', 'a/b\0', 'a b'])(
      'refuses the path %j',
      async (path) => {
        await expect(store.put(path, bytes('x'))).rejects.toMatchObject({ code: 'ARCHIVE_PATH' });
        await expect(store.get(path)).rejects.toMatchObject({ code: 'ARCHIVE_PATH' });
      },
    );
  });
}
