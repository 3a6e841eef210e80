import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { SluiceError } from '../core/errors.ts';
import type { SecretRow } from './schema.ts';
import type { Db } from './state.ts';

export interface SecretEntry {
  readonly name: string;
  readonly updatedAtMs: number;
}

/** Secrets by name, such as `connection/<id>/<parameter>`. Values are never in errors. */
export interface SecretStore {
  set(name: string, value: string): Promise<void>;
  /** @throws SluiceError SECRET_UNREADABLE when the key is another one or the stored text is damaged */
  get(name: string): Promise<string | undefined>;
  /** What is stored below a prefix, by name; without values. */
  list(prefix: string): Promise<SecretEntry[]>;
  delete(name: string): Promise<void>;
  /** Deletes every secret whose name starts with the prefix. */
  deleteAll(prefix: string): Promise<void>;
}

/**
 * AES-256-GCM with a fresh nonce per value. The name is authenticated with the text, so a row that somebody copies
 * to another name does not open there.
 * @param options.key 32 bytes, from loadSecretKey
 */
export function createSecretStore(options: {
  readonly db: Db;
  readonly key: Uint8Array;
  readonly clock: Clock;
}): SecretStore {
  const { db, key, clock } = options;
  return {
    set: async (name, value) => {
      const sealed = { ...seal(key, name, value), updated_at: clock.now() };
      await db
        .insertInto('secrets')
        .values({ name, ...sealed })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(sealed))
        .execute();
    },
    get: async (name) => {
      const row = await db.selectFrom('secrets').selectAll().where('name', '=', name).executeTakeFirst();
      return row && open(key, row);
    },
    list: (prefix) => listBelow(db, prefix),
    delete: async (name) => {
      await db.deleteFrom('secrets').where('name', '=', name).execute();
    },
    deleteAll: async (prefix) => {
      await db
        .deleteFrom('secrets')
        .where('name', '>=', prefix)
        .where('name', '<', `${prefix}\u{10ffff}`)
        .execute();
    },
  };
}

// A range instead of LIKE: `%` and `_` in names mean themselves.
async function listBelow(db: Db, prefix: string): Promise<SecretEntry[]> {
  const rows = await db
    .selectFrom('secrets')
    .select(['name', 'updated_at'])
    .where('name', '>=', prefix)
    .where('name', '<', `${prefix}\u{10ffff}`)
    .orderBy('name')
    .execute();
  return rows.map((row) => ({ name: row.name, updatedAtMs: row.updated_at }));
}

function seal(key: Uint8Array, name: string, value: string): Pick<SecretRow, 'cipher' | 'nonce' | 'tag'> {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(name, 'utf8'));
  const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return { cipher: text, nonce, tag: cipher.getAuthTag() };
}

function open(key: Uint8Array, row: SecretRow): string {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, row.nonce, { authTagLength: 16 });
    decipher.setAAD(Buffer.from(row.name, 'utf8'));
    decipher.setAuthTag(row.tag);
    return Buffer.concat([decipher.update(row.cipher), decipher.final()]).toString('utf8');
  } catch {
    // The cause is left out on purpose: it says nothing that the code does not, and must not carry text along.
    throw new SluiceError({
      code: 'SECRET_UNREADABLE',
      message: `the secret ${row.name} cannot be decrypted`,
      hint: 'Give the key that the secret was stored with (SLUICE_SECRET_KEY or secret.key), or enter the secret again.',
    });
  }
}
