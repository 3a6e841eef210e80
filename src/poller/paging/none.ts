import { firstRequest, firstState, type PagingStrategy } from './api.ts';

export const none: PagingStrategy = {
  name: 'None',
  summary: 'One request has everything.',
  unstable: false,
  persistent: false,
  needs: [],
  first: () => ({ request: firstRequest, state: firstState }),
  next: ({ page, state }) => ({
    kind: 'end',
    reason: 'single-request',
    state: { ...state, pages: state.pages + 1, received: state.received + page.rows },
  }),
};
