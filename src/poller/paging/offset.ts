import { firstRequest, firstState, type PagingStrategy } from './api.ts';

/**
 * The offset is the number of events received so far; the first request has none (spec CCF §3.4). Totals are never
 * believed. A page shorter than asked for ends the read, except the first: a server that silently gives fewer rows than
 * asked for makes every page short, so one more request decides, and then only an empty page ends the read.
 */
export const offset: PagingStrategy = {
  name: 'Offset',
  summary: 'Offset of events received so far; ends at an empty or short page.',
  unstable: true,
  persistent: false,
  needs: [['offsetParaName']],
  first: () => ({ request: firstRequest, state: firstState }),
  next: ({ page, state, config }) => {
    const received = state.received + page.rows;
    const pageSize = config.pageSizeParameterName === undefined ? undefined : config.pageSize;
    const short = pageSize !== undefined && pageSize > 0 && page.rows < pageSize;
    const next = {
      ...state,
      pages: state.pages + 1,
      received,
      clamped: state.clamped || (short && state.pages === 0),
    };
    if (page.rows === 0) return { kind: 'end', reason: 'empty-page', state: next };
    if (short && !next.clamped) return { kind: 'end', reason: 'short-page', state: next };
    const params = { [config.offsetParaName ?? 'offset']: received };
    return { kind: 'next', request: { params, headers: {}, continuation: true }, state: next };
  },
};
