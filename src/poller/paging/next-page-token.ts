import { firstRequest, firstState, type PagingStrategy } from './api.ts';
import { hasNext, readToken, tokenNeeds, tokenRequest } from './token.ts';

export const nextPageToken: PagingStrategy = {
  name: 'NextPageToken',
  summary: 'Each page names the token of the next; begins anew with each window.',
  unstable: false,
  persistent: false,
  needs: tokenNeeds,
  first: () => ({ request: firstRequest, state: firstState }),
  next: ({ page, state, config }) => {
    const next = { ...state, pages: state.pages + 1, received: state.received + page.rows };
    if (!hasNext(page, config)) return { kind: 'end', reason: 'flag-false', state: next };
    const token = readToken(page, config);
    if (!token) return { kind: 'end', reason: 'no-token', state: next };
    if (token.text === state.token) return { kind: 'end', reason: 'repeated-token', state: next };
    return {
      kind: 'next',
      request: tokenRequest(token.value, config),
      state: { ...next, token: token.text },
    };
  },
};
