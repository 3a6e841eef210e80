import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contentKey } from '../index.ts';
import type { Bench } from '../testing/harness.ts';
import { basic, gatewayHost, siteHost, startBench, startTime } from '../testing/harness.ts';

interface Page {
  readonly results: readonly Record<string, unknown>[];
  readonly start: number;
  readonly limit: number;
  readonly size: number;
  readonly _links: Readonly<Record<string, string>>;
}

const path = '/wiki/rest/api/audit';
const noor = {
  type: 'user',
  displayName: 'Noor Haddad',
  operations: null,
  accountId: '712020:aa',
  accountType: '',
};
const record = (ms: number, more: object = {}) => ({
  author: noor,
  remoteAddress: '203.0.113.77',
  creationDate: ms,
  summary: 'Space logo uploaded',
  description: '',
  category: 'Spaces',
  sysAdmin: false,
  superAdmin: false,
  affectedObject: { name: 'Treasury', objectType: 'Space' },
  changedValues: [],
  associatedObjects: [],
  ...more,
});

const times = Array.from({ length: 10 }, (_, i) => startTime - 60_000 - (9 - i) * 10_000);
const first = times[0] ?? 0;
const last = times[9] ?? 0;

let bench: Bench;
let gateway: string;
beforeAll(async () => {
  bench = await startBench();
  gateway = `/ex/confluence/${bench.simulator.credentials.cloudId}${path}`;
  bench.simulator.control.publish(
    'confluence',
    times.map((ms) => record(ms)),
  );
});
beforeEach(() => {
  bench.at(0);
  bench.simulator.control.patch({
    confluence: {
      limitClamp: 1000,
      nextStart: 'received',
      echoLimit: 'clamped',
      nextOnLastFullPage: false,
      malformedDates: 'error400',
      retentionNumber: 1,
      retentionUnits: 'YEARS',
    },
    auth: {
      administrator: true,
      apiTokenExpired: false,
      scopedTokenScopes: ['read:audit-log:confluence', 'write:audit-log:confluence'],
    },
    plan: { confluenceFree: false },
  });
});
afterAll(() => bench.close());

const get = (query: string, endpoint = '') =>
  bench.send(`${path}${endpoint}?${query}`, { auth: bench.site, host: siteHost });

describe('parameters', () => {
  const ok = (rows: number) => ({ status: 200, rows });
  const bad = { status: 400 };
  const rows: readonly (readonly [name: string, query: string, expected: object, endpoint?: string])[] = [
    ['none', '', ok(10)],
    ['startDate inclusive', `startDate=${last}`, ok(1)],
    ['startDate one ms later', `startDate=${last + 1}`, ok(0)],
    ['endDate inclusive', `endDate=${first}`, ok(1)],
    ['endDate one ms earlier', `endDate=${first - 1}`, ok(0)],
    ['window of one ms', `startDate=${first}&endDate=${first}`, ok(1)],
    ['seconds are 1970', `startDate=${Math.floor(last / 1000)}`, ok(10)],
    ['float text', `startDate=${last}.3`, bad],
    ['ISO text', 'startDate=2026-11-18T09:00:00Z', bad],
    ['searchString in any text', 'searchString=treasury', ok(10)],
    ['searchString without a hit', 'searchString=payroll', ok(0)],
    ['start', 'start=8', ok(2)],
    ['start past the end', 'start=10', ok(0)],
    ['start negative', 'start=-1', bad],
    ['start no number', 'start=x', bad],
    ['limit', 'limit=4', ok(4)],
    ['limit 0', 'limit=0', ok(0)],
    ['limit negative', 'limit=-1', bad],
    ['unknown parameters are ignored', `end_date=${first}`, ok(10)],
    ['since: default three months', '', ok(10), '/since'],
    ['since: number and units', 'number=65&units=SECONDS', ok(1), '/since'],
    ['since: half days', 'number=1&units=HALF_DAYS', ok(10), '/since'],
    ['since: nanoseconds', 'number=5&units=NANOS', ok(0), '/since'],
    ['since: paging', 'start=9&limit=5', ok(1), '/since'],
    ['since: unknown units', 'units=FORTNIGHTS', bad, '/since'],
    ['since: units of the retention only', 'units=FOREVER', bad, '/since'],
    ['since: number no number', 'number=x', bad, '/since'],
  ];
  for (const [name, query, expected, endpoint] of rows) {
    it(name, async () => {
      const answer = await get(query, endpoint);
      const found = answer.status === 200 ? { rows: answer.json<Page>().size } : {};
      expect({ status: answer.status, ...found }).toEqual(expected);
    });
  }

  it('can ignore dates that are no milliseconds', async () => {
    bench.simulator.control.patch({ confluence: { malformedDates: 'ignore' } });
    expect((await get(`startDate=${last}.3`)).json<Page>().size).toBe(10);
  });
});

describe('envelope', () => {
  it('echoes the page and links relative to the site', async () => {
    const page = (await get(`startDate=${first}&limit=4`)).json<Page>();
    expect(page).toMatchObject({ start: 0, limit: 4, size: 4 });
    expect(page._links).toEqual({
      base: `https://${siteHost}/wiki`,
      context: '/wiki',
      self: `https://${siteHost}/wiki/rest/api/audit?startDate=${first}&limit=4`,
      next: `/rest/api/audit?startDate=${first}&limit=4&start=4`,
    });
    const end = (await get('limit=5&start=5')).json<Page>();
    expect(end).toMatchObject({ start: 5, size: 5 });
    expect(end._links).not.toHaveProperty('next');
  });

  it('may have a next link on a last page that is full', async () => {
    bench.simulator.control.patch({ confluence: { nextOnLastFullPage: true } });
    expect((await get('limit=5&start=5')).json<Page>()._links).toHaveProperty('next');
  });

  it('names this machine in links of plain hosts, unless told to name the vendor', async () => {
    const plain = async () =>
      (await bench.send(`${path}?limit=1`, { auth: bench.site })).json<Page>()._links['base'];
    expect(await plain()).toBe(`${bench.simulator.baseUrl}/wiki`);
    bench.simulator.control.patch({ http: { linkOrigin: 'vendor' } });
    expect(await plain()).toBe(`https://${siteHost}/wiki`);
    bench.simulator.control.patch({ http: { linkOrigin: 'auto' } });
  });

  it('names the site in links of the gateway', async () => {
    const page = (
      await bench.send(`${gateway}?limit=1`, { auth: bench.scoped, host: gatewayHost })
    ).json<Page>();
    expect(page._links['base']).toBe(`https://${siteHost}/wiki`);
    expect(page._links['next']).toMatch(/^\/rest\/api\/audit\?/);
  });

  it('clamps silently and, in the buggy mode, advances by what was asked for', async () => {
    bench.simulator.control.patch({ confluence: { limitClamp: 2 } });
    const page = (await get('limit=1000')).json<Page>();
    expect(page).toMatchObject({ limit: 2, size: 2 });
    expect(page._links['next']).toContain('start=2');
    bench.simulator.control.patch({ confluence: { nextStart: 'requested', echoLimit: 'requested' } });
    const buggy = (await get('limit=5')).json<Page>();
    expect(buggy).toMatchObject({ limit: 5, size: 2 });
    expect(buggy._links['next']).toContain('start=5');
  });

  it('keeps identical records of one millisecond apart and lists newest first', async () => {
    const tied = startTime - 30_000;
    bench.simulator.control.publish('confluence', [record(tied), record(tied), record(tied)]);
    const { results } = (await get(`startDate=${tied}`)).json<Page>();
    expect(results).toHaveLength(3);
    expect(new Set(results.map((row) => contentKey('confluence', row))).size).toBe(1);
    const dates = (await get('')).json<Page>().results.map((row) => Number(row['creationDate']));
    expect(dates).toEqual([...dates].sort((a, b) => b - a));
  });

  it('shows a changed display name on old records, under the same content key', async () => {
    const before = (await get('limit=1&start=5')).json<Page>().results[0];
    bench.simulator.control.rename('712020:aa', 'Noor "N" Haddad-Caro');
    const after = (await get('limit=1&start=5')).json<Page>().results[0];
    expect(after?.['author']).toMatchObject({ displayName: 'Noor "N" Haddad-Caro' });
    expect(contentKey('confluence', after)).toBe(contentKey('confluence', before));
    bench.simulator.control.rename('712020:aa', noor.displayName);
  });
});

describe('writing, retention, export', () => {
  const post = (body: unknown) =>
    bench.send(path, { method: 'POST', auth: bench.site, body: JSON.stringify(body) });

  it('creates records; without an author everything but its type is null, the date defaults to now', async () => {
    const answer = await post({ remoteAddress: '192.0.2.1', summary: 'Note' });
    expect(answer.status).toBe(200);
    const written = answer.json();
    expect(written).toMatchObject({ remoteAddress: '192.0.2.1', creationDate: startTime, summary: 'Note' });
    const author = written['author'] as Record<string, unknown>;
    expect(author['type']).toBe('user');
    expect(Object.entries(author).filter(([key, value]) => key !== 'type' && value !== null)).toEqual([]);
    expect((await get(`startDate=${startTime}`)).json<Page>().results).toEqual([written]);
  });

  it('refuses a record without remoteAddress, a bad date and a body that is no object', async () => {
    expect((await post({ summary: 'Note' })).status).toBe(400);
    expect((await post({ remoteAddress: '', creationDate: 'today' })).status).toBe(400);
    expect((await post([])).status).toBe(400);
  });

  it('needs the write scope on the gateway', async () => {
    const body = JSON.stringify({ remoteAddress: '192.0.2.1', creationDate: 1 });
    const ask = () => bench.send(gateway, { method: 'POST', auth: bench.scoped, body });
    expect((await ask()).status).toBe(200);
    bench.simulator.control.patch({ auth: { scopedTokenScopes: ['read:audit-log:confluence'] } });
    expect((await ask()).json()).toEqual({ code: 401, message: 'Unauthorized; scope does not match' });
  });

  it('reads and sets the retention, one year at most, and slides by it', async () => {
    const put = (body: unknown) =>
      bench.send(`${path}/retention`, { method: 'PUT', auth: bench.site, body: JSON.stringify(body) });
    expect((await get('', '/retention')).json()).toEqual({ number: 1, units: 'YEARS' });
    expect((await put({ number: 2, units: 'YEARS' })).status).toBe(400);
    expect((await put({ number: 1, units: 'FOREVER' })).status).toBe(400);
    expect((await put({ units: 'DAYS' })).status).toBe(400);
    expect((await put({ number: 65, units: 'SECONDS' })).json()).toEqual({ number: 65, units: 'SECONDS' });
    const left = (await get('')).json<Page>().results.map((row) => Number(row['creationDate']));
    expect(Math.min(...left)).toBe(last);
  });

  it('exports the window as CSV or as a zip archive with that CSV', async () => {
    const csv = await get(`endDate=${first}`, '/export');
    expect(csv.headers['content-type']).toBe('text/csv');
    expect(csv.text.trim().split('\r\n').length).toBeGreaterThan(1);
    expect(csv.text).toContain('"Space logo uploaded"');
    const zip = await get(`endDate=${first}&format=zip`, '/export');
    expect(zip.headers['content-type']).toBe('application/zip');
    expect(zip.bytes.readUInt32LE(0)).toBe(0x04034b50);
    const start = 30 + zip.bytes.readUInt16LE(26);
    const packed = zip.bytes.subarray(start, start + zip.bytes.readUInt32LE(18));
    expect(inflateRawSync(packed).toString('utf8')).toBe(csv.text);
    expect(zip.bytes.readUInt32LE(zip.bytes.length - 22)).toBe(0x06054b50);
    expect((await get('format=pdf', '/export')).status).toBe(400);
  });
});

describe('errors and limits', () => {
  it('has the version-1 error shape', async () => {
    const body = (await get('start=-1')).json<{ data: { errors: unknown[] } }>();
    expect(body).toMatchObject({ statusCode: 400, message: expect.any(String) });
    expect(body.data.errors[0]).toEqual({
      message: { key: expect.any(String), translation: expect.any(String) },
    });
  });

  it('refuses credentials, users and plans', async () => {
    const { email, apiToken, scopedToken } = bench.simulator.credentials;
    const status = async (auth: string | undefined, target = path) =>
      (await bench.send(target, { auth })).status;
    expect(await status(undefined)).toBe(401);
    expect(await status(basic(email, 'wrong'))).toBe(401);
    expect(await status(basic(email, scopedToken))).toBe(401);
    expect(await status(basic(email, apiToken), gateway)).toBe(401);
    expect(await status(`Bearer ${scopedToken}`, gateway)).toBe(200);
    bench.simulator.control.patch({ auth: { administrator: false } });
    expect(await status(bench.site)).toBe(403);
    bench.simulator.control.patch({ auth: { administrator: true }, plan: { confluenceFree: true } });
    expect(await status(bench.site)).toBe(403);
  });

  it('knows no other path or method', async () => {
    const status = async (target: string, method: string) =>
      (await bench.send(target, { auth: bench.site, method })).status;
    expect(await status(`${path}/other`, 'GET')).toBe(404);
    expect(await status(path, 'DELETE')).toBe(405);
    expect(await status(`${path}/since`, 'POST')).toBe(405);
    expect(await status(`${path}/retention`, 'DELETE')).toBe(405);
  });

  it('throttles a burst per endpoint', async () => {
    bench.at(5000);
    bench.simulator.control.patch({ confluence: { burst: { perSecond: 1 } } });
    expect((await get('limit=1')).status).toBe(200);
    const answer = await get('limit=1');
    expect(answer.status).toBe(429);
    expect(answer.headers).toMatchObject({
      'retry-after': expect.any(String),
      'x-ratelimit-reset': '2026-11-18T09:01Z',
    });
    expect((await get('limit=1', '/since')).status).toBe(200);
    bench.simulator.control.patch({ confluence: { burst: { perSecond: 100 } } });
  });

  it('tells the cloud id of the site and the resources of an OAuth token', async () => {
    const { cloudId, oauthToken } = bench.simulator.credentials;
    expect((await bench.send('/_edge/tenant_info', { host: siteHost })).json()).toEqual({ cloudId });
    expect((await bench.send('/_edge/tenant_info', { host: gatewayHost })).status).toBe(404);
    const resources = (auth: string) =>
      bench.send('/oauth/token/accessible-resources', { auth, host: gatewayHost });
    expect((await resources(`Bearer ${oauthToken}`)).json<object[]>()[0]).toMatchObject({
      id: cloudId,
      url: `https://${siteHost}`,
    });
    expect((await resources('Bearer wrong')).status).toBe(401);
  });
});
