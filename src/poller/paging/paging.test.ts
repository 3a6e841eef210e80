import { describe, expect, test } from 'vitest';
import { pagingContract } from '../testing/paging-contract.ts';
import { firstRequest, firstState, type PagingStep } from './api.ts';
import { createPagingGuard, MAX_PAGES } from './guard.ts';
import { nextPageToken } from './next-page-token.ts';
import { none } from './none.ts';
import { offset } from './offset.ts';
import { persistentToken } from './persistent-token.ts';
import { pagingStrategies } from './registry.ts';

pagingContract(none, [
  { name: 'one request', config: {}, pages: [{ rows: 5 }], requests: [{}], end: 'single-request' },
]);

const sized = { offsetParaName: 'start', pageSize: 10, pageSizeParameterName: 'limit' };
pagingContract(offset, [
  {
    name: 'ends at a short page',
    config: sized,
    pages: [{ rows: 10 }, { rows: 10 }, { rows: 3 }],
    requests: [{}, { start: 10 }, { start: 20 }],
    end: 'short-page',
  },
  {
    name: 'ends at an empty page',
    config: sized,
    pages: [{ rows: 10 }, { rows: 0 }],
    requests: [{}, { start: 10 }],
    end: 'empty-page',
  },
  { name: 'empty from the start', config: sized, pages: [{ rows: 0 }], requests: [{}], end: 'empty-page' },
  {
    name: 'asks again after a short first page',
    config: sized,
    pages: [{ rows: 4 }, { rows: 0 }],
    requests: [{}, { start: 4 }],
    end: 'empty-page',
  },
  {
    name: 'a clamping server is read until an empty page',
    config: sized,
    pages: [{ rows: 4 }, { rows: 4 }, { rows: 1 }, { rows: 0 }],
    requests: [{}, { start: 4 }, { start: 8 }, { start: 9 }],
    end: 'empty-page',
  },
  {
    name: 'a size that is not sent says nothing about short pages',
    config: { offsetParaName: 'start', pageSize: 10 },
    pages: [{ rows: 10 }, { rows: 3 }, { rows: 0 }],
    requests: [{}, { start: 10 }, { start: 13 }],
    end: 'empty-page',
  },
  {
    name: 'more rows than asked for',
    config: sized,
    pages: [{ rows: 12 }, { rows: 0 }],
    requests: [{}, { start: 12 }],
    end: 'empty-page',
  },
]);

const byPath = { nextPageTokenJsonPath: '$.next', nextPageParaName: 'token' };
const byHeader = { nextPageTokenResponseHeader: 'X-Next', nextPageRequestHeader: 'X-Page' };
pagingContract(nextPageToken, [
  {
    name: 'until the token is missing',
    config: byPath,
    pages: [
      { rows: 1, body: { next: 'a' } },
      { rows: 1, body: {} },
    ],
    requests: [{}, { token: 'a' }],
    end: 'no-token',
  },
  {
    name: 'until the token is null',
    config: byPath,
    pages: [
      { rows: 1, body: { next: 'a' } },
      { rows: 1, body: { next: null } },
    ],
    requests: [{}, { token: 'a' }],
    end: 'no-token',
  },
  {
    name: 'an empty token is none',
    config: byPath,
    pages: [{ rows: 1, body: { next: '' } }],
    requests: [{}],
    end: 'no-token',
  },
  {
    name: 'empty pages with tokens go on',
    config: byPath,
    pages: [
      { rows: 0, body: { next: 'a' } },
      { rows: 2, body: {} },
    ],
    requests: [{}, { token: 'a' }],
    end: 'no-token',
  },
  {
    name: 'a number stays a number',
    config: byPath,
    pages: [
      { rows: 1, body: { next: 2 } },
      { rows: 1, body: {} },
    ],
    requests: [{}, { token: 2 }],
    end: 'no-token',
  },
  {
    name: 'the same token again',
    config: byPath,
    pages: [
      { rows: 1, body: { next: 'a' } },
      { rows: 1, body: { next: 'a' } },
    ],
    requests: [{}, { token: 'a' }],
    end: 'repeated-token',
  },
  {
    name: 'headers both ways',
    config: byHeader,
    pages: [{ rows: 1, headers: { 'x-next': 'h' } }, { rows: 1 }],
    requests: [{}, { 'X-Page': 'h' }],
    end: 'no-token',
  },
  {
    name: 'a flag that says no',
    config: { ...byPath, hasNextFlagJsonPath: '$.more' },
    pages: [
      { rows: 1, body: { next: 'a', more: 'yes' } },
      { rows: 1, body: { next: 'b', more: 0 } },
    ],
    requests: [{}, { token: 'a' }],
    end: 'flag-false',
  },
  {
    name: 'a flag that is missing',
    config: { ...byPath, hasNextFlagJsonPath: '$.more' },
    pages: [{ rows: 1, body: { next: 'a' } }],
    requests: [{}],
    end: 'flag-false',
  },
]);

pagingContract(persistentToken, [
  {
    name: 'starts with the stored token',
    config: byPath,
    cursor: 'c',
    pages: [
      { rows: 1, body: { next: 'd' } },
      { rows: 0, body: { next: 'e' } },
    ],
    requests: [{ token: 'c' }, { token: 'd' }],
    end: 'empty-page',
    token: 'e',
  },
  {
    name: 'null at the tip keeps the token',
    config: byPath,
    cursor: 'c',
    pages: [{ rows: 2, body: { next: null } }],
    requests: [{ token: 'c' }],
    end: 'no-token',
    token: 'c',
  },
  {
    name: 'empty and null keeps the token',
    config: byPath,
    cursor: 'c',
    pages: [{ rows: 0, body: {} }],
    requests: [{ token: 'c' }],
    end: 'empty-page',
    token: 'c',
  },
  {
    name: 'the same token at the tip',
    config: byPath,
    cursor: 'c',
    pages: [{ rows: 2, body: { next: 'c' } }],
    requests: [{ token: 'c' }],
    end: 'repeated-token',
    token: 'c',
  },
  {
    name: 'a flag that says no still stores the token',
    config: { ...byPath, hasNextFlagJsonPath: '$.more' },
    cursor: 'c',
    pages: [{ rows: 2, body: { next: 'd', more: false } }],
    requests: [{ token: 'c' }],
    end: 'flag-false',
    token: 'd',
  },
]);

test('each strategy is registered under its own name', () => {
  for (const [name, strategy] of Object.entries(pagingStrategies)) expect(strategy.name).toBe(name);
});

describe('the guard', () => {
  const go = (token?: string, clamped = false): PagingStep => ({
    kind: 'next',
    request: firstRequest,
    state: { ...firstState, token, clamped },
  });
  const page = (digest: string, rows = 2) => ({ rows, digest });

  test('holds one repeated page, ends or refuses at the second', () => {
    const chance = createPagingGuard(true);
    expect([chance(page('a'), go()), chance(page('a'), go()), chance(page('b'), go())]).toEqual([
      'keep',
      'hold',
      'keep',
    ]);
    const short = createPagingGuard(true);
    expect([
      short(page('a'), go(undefined, true)),
      short(page('a'), go(undefined, true)),
      short(page('a'), go(undefined, true)),
    ]).toEqual(['keep', 'hold', 'drop']);
    const ignored = createPagingGuard(true);
    ignored(page('a'), go());
    ignored(page('a'), go());
    expect(() => ignored(page('a'), go())).toThrow(expect.objectContaining({ code: 'PAGING_REPEATED_PAGE' }));
  });

  test('a token that comes back, or is not understood, is refused', () => {
    const cycle = createPagingGuard(false);
    cycle(page('a'), go('1'));
    cycle(page('b'), go('2'));
    expect(() => cycle(page('c'), go('1'))).toThrow(expect.objectContaining({ code: 'PAGING_LOOP' }));
    const deaf = createPagingGuard(false);
    deaf(page('a'), go('1'));
    const again: PagingStep = { kind: 'end', reason: 'repeated-token', state: { ...firstState, token: '1' } };
    expect(() => deaf(page('a'), again)).toThrow(expect.objectContaining({ code: 'PAGING_REPEATED_PAGE' }));
  });

  test('empty pages and pages at all are limited', () => {
    const empty = createPagingGuard(false);
    const pages = (guard: typeof empty, rows: number, count: number) => {
      for (let i = 0; i < count; i++) guard(page(`d${i}`, rows), go(`t${i}`));
    };
    expect(() => pages(empty, 0, 101)).toThrow(expect.objectContaining({ code: 'PAGING_EMPTY_PAGES' }));
    expect(() => pages(createPagingGuard(false), 1, MAX_PAGES)).toThrow(
      expect.objectContaining({ code: 'PAGING_PAGE_CAP' }),
    );
  });
});
