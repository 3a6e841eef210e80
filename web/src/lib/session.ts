/**
 * Who is signed in. States: `unknown` (before the first answer) → `out` | `in`; `in` → `expired` when a call answers 401
 * (the page stays, a dialog asks again); `expired` → `in`; any → `out` by signing out.
 */
import { useSyncExternalStore } from 'react';
import { ApiError, call, setCsrfToken, setUnauthorizedHandler } from './api.ts';
import type { Role, Session } from './api-types.ts';

export interface SessionState {
  readonly phase: 'unknown' | 'out' | 'in' | 'expired';
  readonly session: Session | undefined;
}

let state: SessionState = { phase: 'unknown', session: undefined };
const listeners = new Set<() => void>();

function setState(next: SessionState): void {
  state = next;
  setCsrfToken(next.session?.csrf ?? '');
  for (const listener of listeners) listener();
}

setUnauthorizedHandler(() => {
  if (state.phase === 'in') setState({ phase: 'expired', session: state.session });
});

/** `GET /health` answers everybody and tells by its size whether we are signed in: no 401 in the console on a first visit. */
async function looksSignedIn(): Promise<boolean> {
  try {
    const health = await call<{ version?: string }>('GET', '/health', { reportUnauthorized: false });
    return health.version !== undefined;
  } catch (error) {
    return !(error instanceof ApiError && error.status === 401);
  }
}

/** Asks the server once who we are. Throws ApiError when it cannot be reached. */
export async function loadSession(): Promise<SessionState> {
  if (state.phase !== 'unknown') return state;
  if (!(await looksSignedIn())) {
    setState({ phase: 'out', session: undefined });
    return state;
  }
  try {
    setState({ phase: 'in', session: await call<Session>('GET', '/session', { reportUnauthorized: false }) });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    setState({ phase: 'out', session: undefined });
  }
  return state;
}

/** Signs in; throws ApiError (401 when name or password is wrong). */
export async function signIn(name: string, password: string): Promise<void> {
  const session = await call<Session>('POST', '/session', {
    body: { name, password },
    reportUnauthorized: false,
  });
  setState({ phase: 'in', session });
}

export async function signOut(): Promise<void> {
  await call<void>('DELETE', '/session', { reportUnauthorized: false });
  setState({ phase: 'out', session: undefined });
}

export function useSession(): SessionState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

const ranks: Record<Role, number> = { viewer: 0, editor: 1, admin: 2 };

/** Undefined when the signed-in user has at least this role, else the reason to show. */
export function useMissingRole(role: Role): string | undefined {
  const { session } = useSession();
  const have = session ? ranks[session.user.role] : -1;
  return have >= ranks[role] ? undefined : `Needs the ${role} role.`;
}
