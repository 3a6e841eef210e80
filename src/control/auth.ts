import { createHash, randomBytes, scrypt as scryptCallback, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Kysely } from 'kysely';
import type { AuthService, Principal } from '../api/services.ts';
import type { Clock } from '../core/clock.ts';
import { SluiceError } from '../core/errors.ts';
import type { Database } from '../state/schema.ts';
import { isoTime, isoTimeOrNull } from './time-text.ts';

const scrypt = promisify(scryptCallback) as (
  password: string,
  salt: Buffer,
  length: number,
) => Promise<Buffer>;
const sessionLifeMs = 12 * 3600_000;
const dayMs = 24 * 3600_000;

interface AuthOptions {
  readonly db: Kysely<Database>;
  readonly clock: Clock;
  /** Token of the running process for commands on the same machine; lives in memory and in runtime.json only. */
  readonly localToken: string;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const newPassword = () => randomBytes(15).toString('base64url');

async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `scrypt$${salt.toString('base64')}$${(await scrypt(password, salt, 32)).toString('base64')}`;
}

async function passwordMatches(password: string, stored: string): Promise<boolean> {
  const [, salt = '', hash = ''] = stored.split('$');
  const expected = Buffer.from(hash, 'base64');
  const actual = await scrypt(password, Buffer.from(salt, 'base64'), 32);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/**
 * Creates the administrator with a generated password when no user exists.
 * @returns the password, to be shown once, or undefined when there already was a user.
 */
export async function ensureFirstUser(
  db: Kysely<Database>,
  clock: Clock,
): Promise<{ name: string; password: string } | undefined> {
  const existing = await db.selectFrom('users').select('id').limit(1).executeTakeFirst();
  if (existing) return undefined;
  const password = newPassword();
  await db
    .insertInto('users')
    .values({
      id: randomBytes(8).toString('hex'),
      name: 'admin',
      password_hash: await hashPassword(password),
      role: 'admin',
      created_at: clock.now(),
    })
    .execute();
  return { name: 'admin', password };
}

/** Sign-in, sessions and API tokens. Secrets are stored as digests only. */
export function createAuthService({ db, clock, localToken }: AuthOptions): AuthService {
  const localDigest = Buffer.from(digest(localToken));
  // A wrong name costs the same time as a wrong password, so that names cannot be probed.
  const decoy = hashPassword(randomBytes(12).toString('hex'));

  async function session(token: string): Promise<Principal | undefined> {
    const row = await db
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .select(['users.name', 'users.role', 'sessions.csrf', 'sessions.expires_at'])
      .where('token_hash', '=', digest(token))
      .executeTakeFirst();
    if (!row || row.expires_at <= clock.now()) return undefined;
    return { kind: 'session', name: row.name, role: row.role, csrf: row.csrf };
  }

  return {
    session,
    async signIn(name, password) {
      const user = await db.selectFrom('users').selectAll().where('name', '=', name).executeTakeFirst();
      const matches = await passwordMatches(password, user?.password_hash ?? (await decoy));
      if (!user || !matches) return undefined;
      const token = randomBytes(32).toString('base64url');
      const expiresAt = clock.now() + sessionLifeMs;
      const csrf = randomBytes(18).toString('base64url');
      await db.deleteFrom('sessions').where('expires_at', '<=', clock.now()).execute();
      await db
        .insertInto('sessions')
        .values({
          token_hash: digest(token),
          user_id: user.id,
          csrf,
          created_at: clock.now(),
          expires_at: expiresAt,
        })
        .execute();
      return { token, expiresAt, principal: { kind: 'session', name: user.name, role: user.role, csrf } };
    },
    async signOut(token) {
      await db.deleteFrom('sessions').where('token_hash', '=', digest(token)).execute();
    },
    async bearer(token) {
      const tokenDigest = digest(token);
      if (timingSafeEqual(Buffer.from(tokenDigest), localDigest))
        return { kind: 'token', name: 'local', role: 'admin' };
      const row = await db
        .selectFrom('tokens')
        .selectAll()
        .where('token_hash', '=', tokenDigest)
        .executeTakeFirst();
      if (!row || (row.expires_at !== null && row.expires_at <= clock.now())) return undefined;
      await db.updateTable('tokens').set({ last_used_at: clock.now() }).where('id', '=', row.id).execute();
      return { kind: 'token', name: row.name, role: row.role };
    },
    async listTokens() {
      const rows = await db.selectFrom('tokens').selectAll().orderBy('created_at').execute();
      return rows.map((r) => ({
        id: r.id,
        name: r.name,
        role: r.role,
        createdAt: isoTime(r.created_at),
        lastUsedAt: isoTimeOrNull(r.last_used_at),
        expiresAt: isoTimeOrNull(r.expires_at),
      }));
    },
    async createToken(input) {
      const token = `slc_${randomBytes(24).toString('base64url')}`;
      const id = randomBytes(6).toString('hex');
      const createdAt = clock.now();
      const expiresAt = input.expiresInDays === undefined ? null : createdAt + input.expiresInDays * dayMs;
      await db
        .insertInto('tokens')
        .values({
          id,
          name: input.name,
          token_hash: digest(token),
          role: input.role,
          created_at: createdAt,
          last_used_at: null,
          expires_at: expiresAt,
        })
        .execute();
      return {
        id,
        name: input.name,
        role: input.role,
        createdAt: isoTime(createdAt),
        lastUsedAt: null,
        expiresAt: isoTimeOrNull(expiresAt),
        token,
      };
    },
    async resetPassword(name) {
      const user = await db.selectFrom('users').select('id').where('name', '=', name).executeTakeFirst();
      if (!user)
        throw new SluiceError({
          code: 'USER_NOT_FOUND',
          message: `There is no user ${name}`,
          hint: 'The first user is called admin.',
        });
      const password = newPassword();
      await db
        .updateTable('users')
        .set({ password_hash: await hashPassword(password) })
        .where('id', '=', user.id)
        .execute();
      await db.deleteFrom('sessions').where('user_id', '=', user.id).execute();
      return { name, password };
    },
    async revokeToken(id) {
      const result = await db.deleteFrom('tokens').where('id', '=', id).executeTakeFirst();
      if (result.numDeletedRows === 0n)
        throw new SluiceError({
          code: 'TOKEN_NOT_FOUND',
          message: `There is no API token ${id}`,
          hint: 'List the tokens with `sluice token list`.',
        });
    },
  };
}
