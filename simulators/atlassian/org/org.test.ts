import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, Bench } from '../testing/harness.ts';
import { basic, gatewayHost, startBench, startTime } from '../testing/harness.ts';

interface Event {
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface Page {
  readonly data: readonly Event[];
  readonly meta: { readonly next?: string | null; readonly page_size: number } & Readonly<
    Record<string, unknown>
  >;
  readonly links: { readonly self?: string; readonly next?: string };
}

const iso = (ms: number) => new Date(ms).toISOString();
const event = (id: string, time: number, processedAt: number, more: object = {}) => ({
  id,
  type: 'events',
  attributes: {
    time: iso(time),
    processedAt: iso(processedAt),
    action: 'user_login',
    actor: { id: 'actor-1', name: 'Ines Caro' },
    context: [],
    location: { ip: '198.51.100.24', countryName: 'Spain', city: 'Madrid' },
    ...more,
  },
});

/** e3 happened three hours before it was processed; e4 and e5 were processed in the same millisecond. */
const t = (seconds: number) => startTime - 600_000 + seconds * 1000;
const events = [
  event('e1', t(0), t(1)),
  event('e2', t(10), t(11), { action: 'jira_issue_viewed', actor: { id: 'actor-2' } }),
  event('e3', t(20) - 10_800_000, t(21)),
  event('e5', t(30), t(32), {
    action: 'confluence_page_viewed',
    location: { ip: '203.0.113.9', countryName: 'Germany', city: 'Leipzig' },
  }),
  event('e4', t(31), t(32)),
];

let bench: Bench;
let base: string;
let minute = 0;
beforeAll(async () => {
  bench = await startBench();
  base = `/admin/v1/orgs/${bench.simulator.credentials.orgId}`;
  bench.simulator.control.publish('org', events);
});
beforeEach(() => {
  // A fresh minute for the limiters.
  bench.at(++minute * 60_000);
  bench.simulator.control.patch({
    org: {
      tipMode: 'cursor',
      streamClock: 'time',
      pageSizeEcho: 'default',
      nextIn: 'both',
      cursorTtlSeconds: 0,
      limitOver: 'clamp',
      retryAfter: false,
      searchPerMinute: 100,
    },
    auth: { orgKeyExpired: false, orgKeyScopes: [], orgAdministrator: true },
    plan: { guard: 'standard', noGuardAnswer: 'status403' },
    faults: [],
  });
});
afterAll(() => bench.close());

const get = (path: string, auth: string | undefined = bench.org) =>
  bench.send(`${base}/${path}`, { auth, host: gatewayHost });
const ids = (answer: Answer) =>
  answer
    .json<Page>()
    .data.map((row) => row.id)
    .join(' ');
const codeOf = (answer: Answer) => answer.json<{ errors: { code: string }[] }>().errors[0]?.code;

describe('events-stream parameters', () => {
  const rows: readonly (readonly [name: string, query: () => string, expected: string | number])[] = [
    ['ascending by processing time, ties by id', () => '', 'e1 e2 e3 e4 e5'],
    ['sortOrder asc', () => 'sortOrder=asc', 'e1 e2 e3 e4 e5'],
    ['sortOrder desc', () => 'sortOrder=desc', 'e5 e4 e3 e2 e1'],
    ['sortOrder unknown', () => 'sortOrder=up', 400],
    ['limit', () => 'limit=2', 'e1 e2'],
    ['limit 0', () => 'limit=0', 400],
    ['limit no number', () => 'limit=x', 400],
    ['from inclusive, by event time', () => `from=${t(10)}`, 'e2 e4 e5'],
    ['from one ms later', () => `from=${t(10) + 1}`, 'e4 e5'],
    ['to inclusive', () => `to=${t(10)}`, 'e1 e2 e3'],
    ['to one ms earlier', () => `to=${t(10) - 1}`, 'e1 e3'],
    ['from older than the retention', () => 'from=1', 'e1 e2 e3 e4 e5'],
    ['from as ISO text', () => 'from=2026-11-18T09:00:00Z', 400],
    ['to no number', () => 'to=x', 400],
    ['unknown cursor', () => 'cursor=abc', 400],
  ];
  for (const [name, query, expected] of rows) {
    it(name, async () => {
      const answer = await get(`events-stream?${query()}`);
      expect(answer.status === 200 ? ids(answer) : answer.status).toBe(expected);
    });
  }

  it('can compare from and to with the processing time', async () => {
    bench.simulator.control.patch({ org: { streamClock: 'processedAt' } });
    expect(ids(await get(`events-stream?from=${t(11)}`))).toBe('e2 e3 e4 e5');
    expect(ids(await get(`events-stream?to=${t(21)}`))).toBe('e1 e2 e3');
  });

  it('caps the limit at 500, or refuses or ignores it by knob', async () => {
    bench.simulator.control.patch({ org: { pageSizeEcho: 'requested' } });
    expect((await get('events-stream?limit=900')).json<Page>().meta.page_size).toBe(500);
    bench.simulator.control.patch({ org: { limitOver: 'error400' } });
    expect(codeOf(await get('events-stream?limit=900'))).toBe('ADMIN-400-4');
    bench.simulator.control.patch({ org: { limitOver: 'ignore' } });
    expect((await get('events-stream?limit=900')).json<Page>().meta.page_size).toBe(900);
  });
});

describe('events-stream paging', () => {
  it('walks page by page, also through a tie, and then polls for new events', async () => {
    const seen: string[] = [];
    let query = 'sortOrder=asc&limit=2';
    for (let i = 0; i < 4; i++) {
      const page = (await get(`events-stream?${query}`)).json<Page>();
      seen.push(...page.data.map((row) => row.id));
      query = `cursor=${page.meta.next}&limit=2`;
    }
    expect(seen).toEqual(['e1', 'e2', 'e3', 'e4', 'e5']);
    const own = await startBench();
    own.simulator.control.publish('org', events);
    const poll = async (text: string) => {
      const answer = await own.send(
        `/admin/v1/orgs/${own.simulator.credentials.orgId}/events-stream?${text}`,
        { auth: own.org },
      );
      return { ids: ids(answer), next: answer.json<Page>().meta.next };
    };
    const tip = await poll('');
    own.simulator.control.publish('org', [event('e6', t(5) - 3_600_000, startTime)]);
    expect((await poll(`cursor=${tip.next}`)).ids).toBe('e6');
    await own.close();
  });

  it('walks down the same way', async () => {
    const page = (await get('events-stream?sortOrder=desc&limit=2')).json<Page>();
    const rest = await get(`events-stream?cursor=${page.meta.next}&limit=10`);
    expect(`${page.data.map((row) => row.id).join(' ')} ${ids(rest)}`).toBe('e5 e4 e3 e2 e1');
  });

  it('carries order and bounds in the cursor and ignores other parameters beside it', async () => {
    const page = (await get(`events-stream?to=${t(10)}&limit=1`)).json<Page>();
    const rest = await get(
      `events-stream?cursor=${page.meta.next}&sortOrder=desc&from=${t(10)}&to=${t(900)}`,
    );
    expect(ids(rest)).toBe('e2 e3');
  });

  it('has the three kinds of tip', async () => {
    const tip = async () => (await get('events-stream')).json<Page>();
    const last = await tip();
    const afterTip = async () => (await get(`events-stream?cursor=${last.meta.next}`)).json<Page>();
    expect(await afterTip()).toMatchObject({
      data: [],
      meta: { next: expect.any(String) },
      links: { next: expect.any(String) },
    });
    bench.simulator.control.patch({ org: { tipMode: 'null' } });
    expect((await tip()).meta.next).not.toBeNull();
    expect(await afterTip()).toEqual({
      data: [],
      meta: {
        next: null,
        prev: null,
        page_size: 200,
        total: 0,
        start_index: null,
        end_index: null,
        current: null,
        attributes: null,
      },
      links: {},
    });
    bench.simulator.control.patch({ org: { tipMode: 'nullEarly' } });
    expect(await tip()).toMatchObject({ meta: { next: null } });
    expect((await get('events-stream?limit=2')).json<Page>().meta.next).not.toBeNull();
  });

  it('refuses cursors that are changed, foreign or expired', async () => {
    const { next } = (await get('events-stream?limit=1')).json<Page>().meta;
    const changed = `${next?.slice(0, 10)}${next?.[10] === 'A' ? 'B' : 'A'}${next?.slice(11)}`;
    expect(codeOf(await get(`events-stream?cursor=${changed}`))).toBe('ADMIN-400-1');
    expect(codeOf(await get(`events?cursor=${next}`))).toBe('ADMIN-400-1');
    bench.simulator.control.patch({ org: { cursorTtlSeconds: 60 } });
    bench.at(minute * 60_000 + 59_000);
    expect((await get(`events-stream?cursor=${next}`)).status).toBe(200);
    bench.at(++minute * 60_000 + 1000);
    expect(codeOf(await get(`events-stream?cursor=${next}`))).toBe('ADMIN-400-1');
  });

  it('says the page size by knob and puts the next cursor in meta, links or both', async () => {
    const page = async () => (await get('events-stream?limit=2')).json<Page>();
    const both = await page();
    expect(both.meta.page_size).toBe(200);
    const url = new URL(both.links.next ?? '');
    expect(`${url.origin}${url.pathname}`).toBe(`https://api.atlassian.com${base}/events-stream`);
    expect(url.searchParams.get('cursor')).toBe(both.meta.next);
    bench.simulator.control.patch({ org: { pageSizeEcho: 'requested', nextIn: 'meta' } });
    expect(await page()).toMatchObject({ meta: { page_size: 2 } });
    expect((await page()).links).not.toHaveProperty('next');
    bench.simulator.control.patch({ org: { nextIn: 'links' } });
    expect((await page()).meta).not.toHaveProperty('next');
    expect((await page()).links.next).toContain('cursor=');
  });
});

describe('events (search)', () => {
  const rows: readonly (readonly [name: string, query: () => string, expected: string | number])[] = [
    ['newest first by event time', () => '', 'e4 e5 e2 e1 e3'],
    ['from inclusive', () => `from=${t(30)}`, 'e4 e5'],
    ['to inclusive', () => `to=${t(0)}`, 'e1 e3'],
    ['to one ms earlier', () => `to=${t(0) - 1}`, 'e3'],
    ['q', () => 'q=leipzig', 'e5'],
    ['action', () => 'action=jira_issue_viewed', 'e2'],
    ['actor', () => 'actor=actor-2', 'e2'],
    ['actor repeated', () => 'actor=actor-2&actor=actor-1', 'e4 e5 e2 e1 e3'],
    ['ip', () => 'ip=203.0.113.9', 'e5'],
    ['product', () => 'product=jira', 'e2'],
    ['product repeated', () => 'product=jira&product=confluence', 'e5 e2'],
    [
      'location',
      () => `location=${encodeURIComponent('[{"city":"Leipzig","countryName":"Germany"}]')}`,
      'e5',
    ],
    ['location no list', () => 'location=Leipzig', 400],
    ['from as ISO text', () => 'from=2026-11-18T09:00:00Z', 400],
    ['limit', () => 'limit=2', 'e4 e5'],
    ['limit 0', () => 'limit=0', 400],
  ];
  for (const [name, query, expected] of rows) {
    it(name, async () => {
      const answer = await get(`events?${query()}`);
      expect(answer.status === 200 ? ids(answer) : answer.status).toBe(expected);
    });
  }

  it('pages with a cursor that keeps window and filters, and ends with null', async () => {
    const page = (await get(`events?limit=1&product=jira&product=confluence&to=${t(30)}`)).json<Page>();
    const rest = (await get(`events?limit=1&cursor=${page.meta.next}`)).json<Page>();
    expect([page.data[0]?.id, rest.data[0]?.id, rest.meta.next]).toEqual(['e5', 'e2', null]);
    expect(rest.links).not.toHaveProperty('next');
  });

  it('never shows the processing time', async () => {
    const page = (await get('events')).json<Page>();
    expect(page.data.every((row) => !('processedAt' in row.attributes))).toBe(true);
    expect(
      (await get('events-stream')).json<Page>().data.every((row) => 'processedAt' in row.attributes),
    ).toBe(true);
  });
});

describe('single events and actions', () => {
  it('finds an event by id', async () => {
    expect((await get('events/e3')).json<{ data: Event }>().data.id).toBe('e3');
    const missing = await get('events/none');
    expect([missing.status, codeOf(missing)]).toEqual([404, 'ADMIN-404-4']);
  });

  it('lists the catalogue of actions', async () => {
    const { data } = (await get('event-actions')).json<{ data: { id: string; attributes: object }[] }>();
    expect(data.length).toBeGreaterThanOrEqual(175);
    expect(new Set(data.map((row) => row.id)).size).toBe(data.length);
    expect(data.find((row) => row.id === 'user_login')).toEqual({
      id: 'user_login',
      type: 'eventActions',
      attributes: { displayName: 'Logged in to account', groupDisplayName: 'Sign-in and accounts' },
    });
  });
});

describe('errors', () => {
  it('refuses everything but the organization key with the gateway body', async () => {
    const { email, apiToken, orgApiKey, oauthToken } = bench.simulator.credentials;
    for (const auth of [
      basic(email, apiToken),
      `Bearer ${apiToken}`,
      `Bearer ${oauthToken}`,
      basic('', orgApiKey),
      'Bearer wrong',
    ]) {
      const answer = await get('events-stream', auth);
      expect([answer.status, answer.json()]).toEqual([401, { code: 401, message: 'Unauthorized' }]);
    }
    expect((await bench.send(`${base}/events-stream`)).status).toBe(401);
    bench.simulator.control.patch({ auth: { orgKeyExpired: true } });
    expect((await get('events-stream')).status).toBe(401);
  });

  it('accepts a new key after the old one was replaced', async () => {
    bench.simulator.control.patch({ auth: { orgApiKey: 'second-key' } });
    expect((await get('events-stream')).status).toBe(401);
    expect((await get('events-stream', 'Bearer second-key')).status).toBe(200);
    bench.simulator.control.patch({ auth: { orgApiKey: bench.simulator.credentials.orgApiKey } });
  });

  it('checks the scope of a scoped key', async () => {
    bench.simulator.control.patch({ auth: { orgKeyScopes: ['read:orgs:admin'] } });
    expect((await get('events-stream')).status).toBe(401);
    bench.simulator.control.patch({ auth: { orgKeyScopes: ['read:events:admin'] } });
    expect((await get('events-stream')).status).toBe(200);
  });

  it('refuses without Guard or the role, or shows an empty log', async () => {
    bench.simulator.control.patch({ plan: { guard: 'none' } });
    expect(codeOf(await get('events-stream'))).toBe('ADMIN-403-3');
    bench.simulator.control.patch({ plan: { noGuardAnswer: 'status401' } });
    expect((await get('events-stream')).status).toBe(401);
    bench.simulator.control.patch({ plan: { noGuardAnswer: 'empty' } });
    expect(ids(await get('events-stream'))).toBe('');
    expect(ids(await get('events'))).toBe('');
    bench.simulator.control.patch({ plan: { guard: 'standard' }, auth: { orgAdministrator: false } });
    expect(codeOf(await get('events'))).toBe('ADMIN-403-3');
  });

  it('has a code for each kind of error', async () => {
    const { orgId } = bench.simulator.credentials;
    const ask = (path: string, method = 'GET') => bench.send(path, { auth: bench.org, method });
    const table: readonly (readonly [string, Answer])[] = [
      ['ADMIN-400-3', await get('events-stream?from=x')],
      ['ADMIN-400-1', await get('events?cursor=x')],
      ['ADMIN-404-2', await ask(`/admin/v1/orgs/${orgId.replace(/^./, 'z')}/events`)],
      ['ADMIN-404-1', await get('nothing')],
      ['ADMIN-405-1', await ask(`${base}/events`, 'POST')],
    ];
    for (const [code, answer] of table) {
      const error = answer.json<{ errors: object[] }>().errors[0];
      expect(error).toEqual({
        id: expect.any(String),
        status: String(answer.status),
        code,
        title: expect.any(String),
        detail: expect.any(String),
      });
      expect(answer.status).toBe(Number(code.split('-')[1]));
    }
  });
});

describe('rate limits', () => {
  it('allows ten searches a minute and says the rest with minute precision', async () => {
    bench.simulator.control.patch({ org: { searchPerMinute: 10 } });
    const answers: Answer[] = [];
    for (let i = 0; i < 11; i++) answers.push(await get('events?limit=1'));
    expect(answers.map((answer) => answer.status)).toEqual([...Array<number>(10).fill(200), 429]);
    expect(answers[0]?.headers).toMatchObject({ 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '9' });
    const next = new Date(startTime + (minute + 1) * 60_000).toISOString();
    expect(answers[10]?.headers['x-ratelimit-reset']).toBe(`${next.slice(0, 16)}Z`);
    expect(answers[10]?.headers).not.toHaveProperty('retry-after');
    expect(answers[10] && codeOf(answers[10])).toBe('ADMIN-429-1');
    expect((await get('events/e1')).status).toBe(429);
    expect((await get('events-stream')).status).toBe(200);
    bench.simulator.control.patch({ org: { retryAfter: true } });
    expect((await get('events')).headers['retry-after']).toBe('60');
    bench.at(++minute * 60_000);
    expect((await get('events')).status).toBe(200);
  });

  it('allows sixty polls of the stream a minute', async () => {
    for (let i = 0; i < 60; i++) expect((await get('events-stream?limit=1')).status).toBe(200);
    expect((await get('events-stream?limit=1')).status).toBe(429);
  });
});

describe('retention', () => {
  it('slides with the clock, for every endpoint', async () => {
    bench.at(180 * 86_400_000 - 600_000 + 5000);
    expect(ids(await get('events-stream'))).toBe('e2 e4 e5');
    expect(ids(await get('events'))).toBe('e4 e5 e2');
    expect(codeOf(await get('events/e1'))).toBe('ADMIN-404-4');
  });
});
