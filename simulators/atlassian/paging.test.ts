import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bench } from './testing/harness.ts';
import { startBench } from './testing/harness.ts';

interface Stream {
  readonly data: readonly { readonly id: string }[];
  readonly meta: { readonly next: string | null };
}

const seed = 20261127;

describe('paging laws', () => {
  it('pages of any sizes put together are the whole frozen window, in order', async () => {
    const bench = await startBench({
      history: { days: 2, records: 400 },
      settings: { jira: { burst: { perSecond: 0 } } },
    });
    const list = async (query: string) => {
      const answer = await bench.send(`/rest/api/3/auditing/record?${query}`, { auth: bench.site });
      return answer.json<{ records: object[] }>().records;
    };
    const whole = await list('limit=1000');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 170 }), { minLength: 1, maxLength: 6 }),
        async (limits) => {
          const pages: object[] = [];
          for (let i = 0; pages.length < whole.length; i++) {
            const rows = await list(`limit=${limits[i % limits.length]}&offset=${pages.length}`);
            if (rows.length === 0) break;
            pages.push(...rows);
          }
          expect(pages).toEqual(whole);
        },
      ),
      { seed, numRuns: 12 },
    );
    await bench.close();
  });

  /** Follows the stream as a careful reader does: keeps the last cursor that is not null. */
  async function follow(
    bench: Bench,
    steps: readonly (readonly [ms: number, limit: number])[],
  ): Promise<string[]> {
    const path = `/admin/v1/orgs/${bench.simulator.credentials.orgId}/events-stream`;
    const seen: string[] = [];
    let cursor: string | undefined;
    let now = 0;
    const poll = async (limit: number) => {
      const query = cursor === undefined ? `limit=${limit}` : `limit=${limit}&cursor=${cursor}`;
      const page = (await bench.send(`${path}?${query}`, { auth: bench.org })).json<Stream>();
      seen.push(...page.data.map((event) => event.id));
      cursor = page.meta.next ?? cursor;
      return page.data.length;
    };
    for (const [ms, limit] of steps) {
      now += ms;
      bench.at(now);
      await poll(limit);
    }
    bench.simulator.control.freeze();
    while ((await poll(500)) > 0);
    return seen;
  }

  it('a reader of the stream sees each event once, in order, whenever it comes and however much it takes', async () => {
    const step = fc.tuple(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: 1, max: 60 }));
    const tipMode = fc.constantFrom('cursor' as const, 'null' as const);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), tipMode, async (steps, tip) => {
        const shares = { jira: 0, confluence: 0, org: 1 };
        const org = { tipMode: tip, streamPerMinute: 0, tieRate: 0.2 };
        const bench = await startBench({
          history: { days: 1, records: 60 },
          settings: { org, world: { rate: 3, shares } },
        });
        const seen = await follow(bench, steps);
        const published = [...bench.simulator.control.ledger('org')].sort(
          (a, b) => a.publishedAt - b.publishedAt || (a.key < b.key ? -1 : 1),
        );
        expect(seen).toEqual(published.map((entry) => entry.key));
        await bench.close();
      }),
      { seed, numRuns: 15 },
    );
  });
});
