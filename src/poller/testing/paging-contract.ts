/** What every paging strategy must keep. */
import { describe, expect, test } from 'vitest';
import { parseJsonPath } from '../../core/json-path.ts';
import { openJson, readScalar } from '../../core/json-slice.ts';
import type { PagingConfig } from '../../definition/model.ts';
import type { PageRequest, PageView, PagingEnd, PagingStrategy } from '../paging/api.ts';
import { pagingStrategy } from '../paging/registry.ts';

export interface PageSpec {
  readonly rows: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface PagingCase {
  readonly name: string;
  readonly config: Omit<PagingConfig, 'type' | 'pagingQueryParamOnly'>;
  readonly cursor?: string;
  readonly pages: readonly PageSpec[];
  /** Parameters and headers of each request, the first included. */
  readonly requests: readonly Readonly<Record<string, unknown>>[];
  readonly end: PagingEnd;
  /** Persistent types: the token to store. */
  readonly token?: string;
}

export function pageView({ rows, body, headers = {} }: PageSpec): PageView {
  const json = openJson(Buffer.from(JSON.stringify(body ?? {})));
  return {
    rows,
    scalar: (path) => readScalar(json, parseJsonPath(path)),
    header: (name) => headers[name.toLowerCase()],
  };
}

interface Walk {
  readonly requests: PageRequest[];
  readonly end: PagingEnd | undefined;
  readonly token: string | undefined;
  readonly received: number;
}

function walk(strategy: PagingStrategy, config: PagingConfig, given: PagingCase): Walk {
  let { request, state } = strategy.first(config, given.cursor);
  const requests = [request];
  for (const page of given.pages) {
    const step = strategy.next({ page: pageView(page), state: Object.freeze({ ...state }), config });
    state = step.state;
    if (step.kind === 'end')
      return { requests, end: step.reason, token: state.token, received: state.received };
    request = step.request;
    requests.push(request);
  }
  return { requests, end: undefined, token: state.token, received: state.received };
}

export function pagingContract(strategy: PagingStrategy, cases: readonly PagingCase[]): void {
  const configOf = (given: PagingCase): PagingConfig =>
    Object.freeze({ type: strategy.name, pagingQueryParamOnly: false, ...given.config });

  describe(`paging ${strategy.name}`, () => {
    test('has a name and a summary', () => {
      expect(strategy.summary).toMatch(/^[A-Z].*\.$/);
    });

    test.each(cases)('$name', (given) => {
      const result = walk(strategy, configOf(given), given);
      expect(result.requests.map(({ params, headers }) => ({ ...params, ...headers }))).toEqual(
        given.requests,
      );
      expect(result.end).toBe(given.end);
      if (given.token !== undefined) expect(result.token).toBe(given.token);
      expect(result.received).toBe(given.pages.reduce((sum, page) => sum + page.rows, 0));
    });

    test.each(cases)('$name: keeps nothing between reads', (given) => {
      const first = walk(strategy, configOf(given), given);
      for (const other of cases) walk(strategy, configOf(other), other);
      expect(walk(strategy, configOf(given), given)).toEqual(first);
    });

    test.each(cases)('$name: only follow-up requests are continuations', (given) => {
      const [first, ...others] = walk(strategy, configOf(given), given).requests;
      expect(first?.continuation).toBe(given.cursor !== undefined);
      expect(others.every((request) => request.continuation)).toBe(true);
    });

    test('refuses a configuration that lacks what it needs', () => {
      for (const names of strategy.needs) {
        const config = Object.fromEntries(
          strategy.needs.filter((other) => other !== names).map(([name]) => [name, 'x']),
        );
        const incomplete: PagingConfig = { type: strategy.name, pagingQueryParamOnly: false, ...config };
        expect(() => pagingStrategy(incomplete)).toThrow(
          expect.objectContaining({
            code: 'PAGING_CONFIG_INVALID',
            message: expect.stringContaining(names[0]!),
          }),
        );
      }
    });
  });
}
