import { firstRequest, firstState, type PagingStrategy } from './api.ts';
import { hasNext, readToken, tokenNeeds, tokenRequest } from './token.ts';

/**
 * The newest token is stored and the next poll begins with it. A page without a token keeps the one it was asked with;
 * an empty page ends the poll whatever token it carries, so that a tip which always names a token can't loop.
 */
export const persistentToken: PagingStrategy = {
  name: 'PersistentToken',
  summary: 'A stored token; every poll goes on where the last one ended.',
  unstable: false,
  persistent: true,
  needs: tokenNeeds,
  first: (config, cursor) => ({
    request: cursor === undefined ? firstRequest : tokenRequest(cursor, config),
    state: { ...firstState, token: cursor },
  }),
  next: ({ page, state, config }) => {
    const token = readToken(page, config);
    const next = {
      ...state,
      pages: state.pages + 1,
      received: state.received + page.rows,
      token: token?.text ?? state.token,
    };
    if (page.rows === 0) return { kind: 'end', reason: 'empty-page', state: next };
    if (!token) return { kind: 'end', reason: 'no-token', state: next };
    if (token.text === state.token) return { kind: 'end', reason: 'repeated-token', state: next };
    if (!hasNext(page, config)) return { kind: 'end', reason: 'flag-false', state: next };
    return { kind: 'next', request: tokenRequest(token.value, config), state: next };
  },
};
