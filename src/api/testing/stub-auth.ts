import { SluiceError } from '../../core/errors.ts';
import type { AuthService, Principal } from '../services.ts';
import { iso } from './stub-data.ts';

/** Passwords of the stub users are `<name>-password`; bearer tokens `<role>-token`. */
export function stubAuth(now: () => number): AuthService {
  const users: readonly Principal['role'][] = ['viewer', 'editor', 'admin'];
  const sessions = new Map<string, Principal>();
  const tokens = new Map<
    string,
    { id: string; name: string; role: Principal['role']; text: string; expiresAt: number | null }
  >();
  let count = 0;
  return {
    async signIn(name, password) {
      const role = users.find((user) => user === name);
      if (!role || password !== `${role}-password`) return undefined;
      count += 1;
      const principal: Principal = { kind: 'session', name, role, csrf: `csrf-${count}` };
      sessions.set(`session-${count}`, principal);
      return { token: `session-${count}`, expiresAt: now() + 12 * 3600_000, principal };
    },
    session: async (token) => sessions.get(token),
    async signOut(token) {
      sessions.delete(token);
    },
    async bearer(token) {
      const role = users.find((user) => token === `${user}-token`);
      if (role) return { kind: 'token', name: `stub ${role}`, role };
      const made = [...tokens.values()].find((t) => t.text === token);
      return made && { kind: 'token', name: made.name, role: made.role };
    },
    async listTokens() {
      return [...tokens.values()].map((t) => ({
        id: t.id,
        name: t.name,
        role: t.role,
        createdAt: iso(now()),
        lastUsedAt: null,
        expiresAt: t.expiresAt === null ? null : iso(t.expiresAt),
      }));
    },
    async createToken(input) {
      count += 1;
      const expiresAt = input.expiresInDays === undefined ? null : now() + input.expiresInDays * 86_400_000;
      const token = {
        id: `token-${count}`,
        name: input.name,
        role: input.role,
        text: `slc_stub_${count}`,
        expiresAt,
      };
      tokens.set(token.id, token);
      return {
        id: token.id,
        name: token.name,
        role: token.role,
        createdAt: iso(now()),
        lastUsedAt: null,
        expiresAt: expiresAt === null ? null : iso(expiresAt),
        token: token.text,
      };
    },
    async resetPassword(name) {
      return { name, password: 'a-new-password' };
    },
    async revokeToken(id) {
      if (!tokens.delete(id))
        throw new SluiceError({
          code: 'TOKEN_NOT_FOUND',
          message: `There is no API token ${id}`,
          hint: 'List the tokens with `sluice token list`.',
        });
    },
  };
}
