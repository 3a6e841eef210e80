import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSecretKey } from './secret-key.ts';
import { createSecretStore, type SecretStore } from './secrets.ts';
import { openState, type State } from './state.ts';

const clock = { now: () => 1000, sleep: async () => undefined };
const secretText = 'hunter2-Ünïcode';
let folder: string;
let state: State;
let key: Buffer;
let secrets: SecretStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-secrets-'));
  state = await openState({ file: join(folder, 'state.db'), clock });
  key = loadSecretKey({ env: {}, file: join(folder, 'secret.key') });
  secrets = createSecretStore({ db: state.db, key, clock });
});
afterEach(async () => {
  await state.close();
  await rm(folder, { recursive: true, force: true });
});

async function failure(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (caught: Error) => caught,
  );
  expect(error).toMatchObject({ code: 'SECRET_UNREADABLE' });
  return `${error?.message} ${error?.stack} ${String(error?.cause)}`;
}

describe('the secret store', () => {
  it('keeps, replaces, lists and deletes', async () => {
    await secrets.set('connection/1/password', 'old');
    await secrets.set('connection/1/password', secretText);
    await secrets.set('connection/1/a%_b', 'x');
    await secrets.set('connection/10/password', 'other');
    expect(await secrets.get('connection/1/password')).toBe(secretText);
    expect(await secrets.get('connection/2/password')).toBeUndefined();
    const names = (await secrets.list('connection/1/')).map((entry) => entry.name);
    expect(names).toEqual(['connection/1/a%_b', 'connection/1/password']);
    await secrets.deleteAll('connection/1/');
    expect(await secrets.list('connection/')).toEqual([
      { name: 'connection/10/password', updatedAtMs: 1000 },
    ]);
  });

  it('stores no plain text', async () => {
    await secrets.set('a', secretText);
    const rows = await state.db.selectFrom('secrets').selectAll().execute();
    expect(Buffer.from(rows[0]!.cipher).includes(Buffer.from(secretText))).toBe(false);
  });

  it('refuses another key, damaged text and a moved row, and says nothing of the value', async () => {
    await secrets.set('a', secretText);
    const other = createSecretStore({ db: state.db, key: randomBytes(32), clock });
    const texts = [await failure(other.get('a'))];

    await state.db.updateTable('secrets').set({ name: 'b' }).where('name', '=', 'a').execute();
    texts.push(await failure(secrets.get('b')));

    await secrets.set('c', secretText);
    const row = await state.db
      .selectFrom('secrets')
      .selectAll()
      .where('name', '=', 'c')
      .executeTakeFirstOrThrow();
    const damaged = Buffer.from(row.cipher);
    damaged[0] = damaged[0]! ^ 1;
    await state.db.updateTable('secrets').set({ cipher: damaged }).where('name', '=', 'c').execute();
    texts.push(await failure(secrets.get('c')));
    await state.db
      .updateTable('secrets')
      .set({ tag: Buffer.alloc(4) })
      .where('name', '=', 'c')
      .execute();
    texts.push(await failure(secrets.get('c')));
    for (const text of texts) expect(text).not.toContain('hunter2');
  });
});

describe('the secret key', () => {
  it('is made once, readable by the owner only', async () => {
    const file = join(folder, 'secret.key');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(loadSecretKey({ env: {}, file }).equals(key)).toBe(true);
    expect(Buffer.from(await readFile(file, 'utf8'), 'base64')).toHaveLength(32);
  });

  it('is taken from the environment, in base64 or hex', () => {
    const bytes = randomBytes(32);
    for (const text of [bytes.toString('base64'), bytes.toString('hex'), bytes.toString('base64url')]) {
      expect(loadSecretKey({ env: { SLUICE_SECRET_KEY: text }, file: '/none' }).equals(bytes)).toBe(true);
    }
  });

  it('of another length is refused without being shown', () => {
    const load = () => loadSecretKey({ env: { SLUICE_SECRET_KEY: 'dG9vIHNob3J0' }, file: '/none' });
    expect(load).toThrowError(/SLUICE_SECRET_KEY does not hold 32 bytes/);
    expect(load).not.toThrowError(/dG9vIHNob3J0/);
  });
});
