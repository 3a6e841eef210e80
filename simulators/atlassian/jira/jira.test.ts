import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Bench } from '../testing/harness.ts';
import { basic, gatewayHost, siteHost, startBench, startTime } from '../testing/harness.ts';

interface Page {
  readonly offset: number;
  readonly limit: number;
  readonly total: number;
  readonly records?: readonly Record<string, unknown>[];
}

const path = '/rest/api/3/auditing/record';
const iso = (ms: number) => new Date(ms).toISOString();
const plus = (ms: number) => iso(ms).replace('Z', '%2B0000');
const naive = (ms: number) => iso(ms).slice(0, -1);
const record = (id: number, ms: number, more: object = {}) => ({
  id,
  summary: 'User added to group',
  created: iso(ms).replace('Z', '+0000'),
  category: 'group management',
  eventSource: '',
  objectItem: { name: 'finance-auditors', typeName: 'GROUP', parentId: '10000', parentName: 'IDP Directory' },
  ...more,
});

/** Ten records, ten seconds apart, ending a minute before the start. */
const times = Array.from({ length: 10 }, (_, i) => startTime - 60_000 - (9 - i) * 10_000);
const first = times[0] ?? 0;
const last = times[9] ?? 0;

let bench: Bench;
let gateway: string;
beforeAll(async () => {
  bench = await startBench();
  gateway = `/ex/jira/${bench.simulator.credentials.cloudId}${path}`;
  bench.simulator.control.publish(
    'jira',
    times.map((ms, i) => record(i % 2 ? 300 + i : 90_000 + i, ms)),
  );
});
beforeEach(() => {
  bench.simulator.control.patch({
    jira: {
      totalMode: 'all',
      limitOver: 'clamp',
      naiveDates: 'default',
      plusAsSpace: 'default',
      malformedDates: 'error400',
      emptyRecords: 'array',
    },
    auth: {
      administrator: true,
      apiTokenExpired: false,
      scopedTokenExpired: false,
      failureMode: 'status401',
    },
    plan: { jiraFree: false },
    faults: [],
  });
  bench.simulator.control.clearRequests();
});
afterAll(() => bench.close());

const site = (query: string) => bench.send(`${path}?${query}`, { auth: bench.site, host: siteHost });
const viaGateway = (query: string) =>
  bench.send(`${gateway}?${query}`, { auth: bench.scoped, host: gatewayHost });

describe('parameters', () => {
  const ok = (rows: number) => ({ status: 200, rows });
  const rows: readonly (readonly [name: string, query: () => string, onSite: object, onGateway: object])[] = [
    ['no parameters', () => '', ok(10), ok(10)],
    ['limit', () => 'limit=3', ok(3), ok(3)],
    ['limit 0', () => 'limit=0', ok(0), ok(0)],
    ['limit negative', () => 'limit=-1', { status: 400 }, { status: 400 }],
    ['limit no number', () => 'limit=x', { status: 400 }, { status: 400 }],
    ['offset', () => 'offset=7', ok(3), ok(3)],
    ['offset past the end', () => 'offset=10', ok(0), ok(0)],
    ['offset negative', () => 'offset=-1', { status: 400 }, { status: 400 }],
    ['offset over int32', () => 'offset=2147483648', { status: 400 }, { status: 400 }],
    ['from inclusive', () => `from=${iso(last)}`, ok(1), ok(1)],
    ['from one ms later', () => `from=${iso(last + 1)}`, ok(0), ok(0)],
    ['to inclusive', () => `to=${iso(first)}`, ok(1), ok(1)],
    ['to one ms earlier', () => `to=${iso(first - 1)}`, ok(0), ok(0)],
    ['window', () => `from=${iso(first)}&to=${iso(last)}`, ok(10), ok(10)],
    ['to equal to from', () => `from=${iso(first)}&to=${iso(first)}`, ok(0), ok(0)],
    ['to before from', () => `from=${iso(last)}&to=${iso(first)}`, ok(0), ok(0)],
    ['seconds with Z', () => `from=${iso(first).replace('.000', '')}`, ok(10), ok(10)],
    ['numeric zone, escaped plus', () => `from=${plus(last)}`, ok(1), ok(1)],
    [
      'numeric zone of elsewhere',
      () => `from=${iso(last + 7_200_000).replace('Z', '%2B0200')}`,
      ok(1),
      ok(1),
    ],
    ['microseconds', () => `from=${iso(last).replace('Z', '137Z')}`, ok(1), ok(1)],
    ['date only', () => `from=${iso(first).slice(0, 10)}`, ok(10), ok(10)],
    ['date only, tomorrow', () => `from=${iso(first + 86_400_000).slice(0, 10)}`, ok(0), ok(0)],
    ['without a zone', () => `from=${naive(first)}`, ok(10), ok(0)],
    ['plus lost to a space', () => `from=${iso(first).replace('Z', '+0000')}`, { status: 400 }, ok(0)],
    ['garbage', () => 'from=yesterday', { status: 400 }, { status: 400 }],
    ['epoch milliseconds', () => `to=${first}`, { status: 400 }, { status: 400 }],
    ['month 13', () => 'from=2026-13-01T00:00:00Z', { status: 400 }, { status: 400 }],
  ];
  for (const [name, query, onSite, onGateway] of rows) {
    it(name, async () => {
      for (const [ask, expected] of [[site, onSite] as const, [viaGateway, onGateway] as const]) {
        const answer = await ask(query());
        const found = answer.status === 200 ? { rows: answer.json<Page>().records?.length } : {};
        expect({ status: answer.status, ...found }).toEqual(expected);
      }
    });
  }

  it('clamps a limit above the maximum, echoing the clamped one; knobs refuse or ignore it', async () => {
    expect((await site('limit=5000')).json<Page>().limit).toBe(1000);
    bench.simulator.control.patch({ jira: { limitOver: 'error400' } });
    expect((await site('limit=5000')).status).toBe(400);
    bench.simulator.control.patch({ jira: { limitOver: 'ignore' } });
    expect((await site('limit=5000')).json<Page>().limit).toBe(5000);
  });

  it('finds each filter term as part of any searched field', async () => {
    const rows = async (filter: string) =>
      (await site(`filter=${encodeURIComponent(filter)}`)).json<Page>().records?.length;
    expect(await rows('man ed')).toBe(10);
    expect(await rows('finance GROUP idp')).toBe(10);
    expect(await rows('man nothing-like-it')).toBe(0);
    const { people } = await worldOf();
    const person = people[0];
    const user = { id: person?.userKey, name: person?.userKey, typeName: 'USER' };
    bench.simulator.control.publish('jira', [
      record(7, startTime - 900_000, {
        summary: 'User deleted',
        remoteAddress: '198.51.100.9',
        objectItem: user,
      }),
    ]);
    expect(await rows(person?.accountId ?? '?')).toBe(1);
    expect(await rows(`${person?.userKey}`)).toBe(0);
    expect(await rows('198.51.100.9')).toBe(1);
  });
});

async function worldOf() {
  const { createWorld } = await import('../world/world.ts');
  return createWorld('bench');
}

describe('envelope', () => {
  it('echoes offset and the default limit and counts the whole log in total', async () => {
    const page = (await site(`to=${iso(first)}&offset=0`)).json<Page>();
    expect(Object.keys(page)).toEqual(['offset', 'limit', 'total', 'records']);
    expect(page).toMatchObject({ offset: 0, limit: 1000 });
    expect(page.total).toBe(bench.simulator.control.stats().apis.jira.published);
    const none = (await site('filter=matches-nothing-at-all')).json<Page>();
    expect(none).toMatchObject({ total: page.total, records: [] });
  });

  it('counts the window when the knob says so, and leaves empty records out when that knob says so', async () => {
    bench.simulator.control.patch({ jira: { totalMode: 'filtered', emptyRecords: 'absent' } });
    expect((await site(`from=${iso(last)}`)).json<Page>().total).toBe(1);
    expect((await site(`from=${iso(last + 1)}`)).json<Page>()).not.toHaveProperty('records');
  });

  it('lists newest first, by time and then id, so that ids are not monotonic', async () => {
    const tied = startTime - 30_000;
    bench.simulator.control.publish('jira', [record(12, tied), record(90_500, tied), record(301, tied)]);
    const records = (await site('')).json<Page>().records ?? [];
    expect(records.slice(0, 3).map((r) => r['id'])).toEqual([90_500, 301, 12]);
    const created = records.map((r) => String(r['created']));
    expect(created).toEqual([...created].sort().reverse());
    const ids = records.map((r) => Number(r['id']));
    expect(ids).not.toEqual([...ids].sort((a, b) => b - a));
  });

  it('shifts rows to the next page when a record arrives while paging', async () => {
    const one = (await site('limit=2')).json<Page>().records ?? [];
    bench.simulator.control.publish('jira', [record(90_600, startTime)]);
    const two = (await site('limit=2&offset=2')).json<Page>().records ?? [];
    expect(two[0]).toEqual(one[1]);
  });

  it('serves the version-2 path alike', async () => {
    const answer = await bench.send('/rest/api/2/auditing/record?limit=1', { auth: bench.site });
    expect(answer.json<Page>().records).toHaveLength(1);
  });
});

describe('errors', () => {
  const unauthorized = { code: 401, message: 'Unauthorized' };
  const ask = (target: string, auth: string | undefined, more: object = {}) =>
    bench.send(target, { auth, ...more });

  it('refuses wrong, expired and missing credentials on the site', async () => {
    const { email, apiToken } = bench.simulator.credentials;
    const wrong = [
      undefined,
      basic(email, 'wrong'),
      basic('other@acme-demo.example', apiToken),
      `Bearer ${apiToken}`,
    ];
    for (const auth of wrong) {
      const answer = await ask(path, auth, { host: siteHost });
      expect(answer.status).toBe(401);
      expect(answer.text).toBe('Client must be authenticated to access this resource.');
      expect(answer.headers['www-authenticate']).toBeDefined();
      expect(answer.headers['x-seraph-loginreason']).toBeDefined();
    }
    const json = await ask(path, undefined, { accept: 'application/json' });
    expect(json.json()).toEqual({
      message: 'Client must be authenticated to access this resource.',
      'status-code': 401,
    });
    bench.simulator.control.patch({ auth: { apiTokenExpired: true } });
    expect((await site('')).status).toBe(401);
  });

  it('answers a failed log-in with a redirect or a page when the site does so', async () => {
    bench.simulator.control.patch({ auth: { failureMode: 'redirect302' } });
    const redirect = await ask(path, undefined);
    expect(redirect.status).toBe(302);
    expect(redirect.headers['location']).toContain('/login');
    bench.simulator.control.patch({ auth: { failureMode: 'html200' } });
    const page = await ask(path, undefined);
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html;charset=UTF-8']);
  });

  it('refuses tokens on the wrong host with the gateway body', async () => {
    for (const [target, auth] of [
      [path, bench.scoped],
      [gateway, bench.site],
      [gateway, undefined],
    ] as const) {
      const answer = await ask(target, auth);
      expect(answer.status).toBe(401);
      expect(answer.json()).toEqual(unauthorized);
    }
    bench.simulator.control.patch({ auth: { scopedTokenExpired: true } });
    expect((await viaGateway('')).json()).toEqual(unauthorized);
  });

  it('checks scopes on the gateway; the old path takes the classic scope only', async () => {
    const { oauthToken, scopedToken, cloudId } = bench.simulator.credentials;
    const old = `/ex/jira/${cloudId}/rest/api/2/auditing/record`;
    expect((await ask(gateway, `Bearer ${scopedToken}`)).status).toBe(200);
    expect((await ask(gateway, `Bearer ${oauthToken}`)).status).toBe(200);
    expect((await ask(old, `Bearer ${oauthToken}`)).status).toBe(200);
    const answer = await ask(old, bench.scoped);
    expect([answer.status, answer.json()]).toEqual([
      401,
      { code: 401, message: 'Unauthorized; scope does not match' },
    ]);
    bench.simulator.control.patch({ auth: { scopedTokenScopes: ['read:audit-log:jira'] } });
    expect((await viaGateway('')).status).toBe(401);
    bench.simulator.control.patch({
      auth: { scopedTokenScopes: ['read:audit-log:jira', 'read:user:jira', 'read:audit-log:confluence'] },
    });
  });

  it('refuses users without the permission and sites on Free plans', async () => {
    bench.simulator.control.patch({ auth: { administrator: false } });
    const forbidden = await site('');
    expect(forbidden.status).toBe(403);
    expect(forbidden.json()).toEqual({ errorMessages: [expect.any(String)], errors: {} });
    bench.simulator.control.patch({ auth: { administrator: true }, plan: { jiraFree: true } });
    const free = await site('');
    expect(free.status).toBe(403);
    expect(free.text).toContain('Free plans');
  });

  it('has the error collection for bad parameters', async () => {
    expect((await site('from=yesterday')).json()).toEqual({
      errorMessages: [expect.stringContaining('from')],
      errors: {},
    });
  });

  it('knows no other path, site or method', async () => {
    expect((await ask('/rest/api/3/other', bench.site)).status).toBe(404);
    expect((await ask('/nothing', bench.site, { host: siteHost })).status).toBe(404);
    expect((await ask(path, bench.site, { host: 'other.atlassian.net' })).status).toBe(404);
    expect((await ask(path, bench.site, { host: gatewayHost })).status).toBe(404);
    expect((await ask('/ex/jira/0/rest/api/3/auditing/record', bench.scoped)).status).toBe(404);
    expect((await ask(path, bench.site, { method: 'POST', body: '{}' })).status).toBe(405);
  });
});

describe('rate limits', () => {
  it('shows limit and rest on ordinary answers', async () => {
    bench.at(10_000);
    const answer = await site('limit=1');
    expect(answer.headers).toMatchObject({ 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '99' });
    expect(answer.headers).not.toHaveProperty('x-ratelimit-nearlimit');
  });

  it('throttles a burst with Retry-After, a minute-precise reset and the reason; the next second is free', async () => {
    bench.at(20_000);
    bench.simulator.control.patch({ jira: { burst: { perSecond: 3 } } });
    const answers = [
      await site('limit=1'),
      await site('limit=1'),
      await site('limit=1'),
      await site('limit=1'),
    ];
    expect(answers.map((a) => a.status)).toEqual([200, 200, 200, 429]);
    const headers = answers[3]?.headers ?? {};
    expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(5);
    expect(headers).toMatchObject({
      'x-ratelimit-reset': '2026-11-18T09:01Z',
      'ratelimit-reason': 'jira-burst-based',
    });
    bench.at(21_000);
    expect((await site('limit=1')).status).toBe(200);
  });

  it('can leave Retry-After out, name a past reset and vary the body', async () => {
    bench.at(30_000);
    bench.simulator.control.patch({
      jira: { burst: { perSecond: 1, retryAfter: false, resetInPast: true, body: 'empty' } },
    });
    await site('limit=1');
    const answer = await site('limit=1');
    expect(answer.status).toBe(429);
    expect(answer.headers).not.toHaveProperty('retry-after');
    expect(answer.headers['x-ratelimit-reset']).toBe('2026-11-18T08:58Z');
    expect(answer.text).toBe('');
    bench.simulator.control.patch({
      jira: { burst: { perSecond: 100, retryAfter: true, resetInPast: false, body: 'errors' } },
    });
  });

  it('charges points to OAuth apps only', async () => {
    bench.at(40_000);
    bench.simulator.control.patch({ jira: { burst: { pointsQuota: 12 } } });
    const bearer = { auth: `Bearer ${bench.simulator.credentials.oauthToken}` };
    const one = await bench.send(`${gateway}?limit=10`, bearer);
    expect(one.headers['beta-ratelimit-policy']).toBe('"tenant-app-quota";q=12;w=3600');
    await bench.send(`${gateway}?limit=1`, bearer);
    const answer = await bench.send(`${gateway}?limit=1`, bearer);
    expect(answer.status).toBe(429);
    expect(answer.headers['ratelimit-reason']).toBe('jira-quota-tenant-based');
    expect((await viaGateway('limit=1')).status).toBe(200);
    bench.simulator.control.patch({ jira: { burst: { pointsQuota: 100_100 } } });
  });
});

describe('retention', () => {
  it('slides with the clock', async () => {
    bench.at(180 * 86_400_000 - 60_000 + 1);
    const page = (await site('')).json<Page>();
    const left = page.records?.map((r) => Date.parse(String(r['created']).replace('+0000', 'Z'))) ?? [];
    expect(Math.min(...left)).toBe(startTime - 30_000);
    expect(page.total).toBe(left.length);
    bench.at(0);
  });
});
