import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SettingsPatch } from './index.ts';
import { contentKey, SettingsError, startAtlassianSimulator } from './index.ts';
import type { Answer, Bench } from './testing/harness.ts';
import { siteHost, startBench, startTime } from './testing/harness.ts';

type Json = Readonly<Record<string, unknown>>;
type Row = { readonly key: string };

const counted = (keys: readonly string[]) => {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
};

async function readPages(
  bench: Bench,
  base: string,
  auth: string,
  step: { param: string; rows: string; limit: number },
): Promise<Json[]> {
  const all: Json[] = [];
  for (;;) {
    const page = (
      await bench.send(`${base}?limit=${step.limit}&${step.param}=${all.length}`, { auth })
    ).json();
    const rows = page[step.rows] as Json[];
    all.push(...rows);
    if (rows.length === 0) return all;
  }
}

async function readStream(bench: Bench): Promise<Json[]> {
  const all: Json[] = [];
  let query = 'sortOrder=asc&limit=500';
  for (;;) {
    const answer = await bench.send(
      `/admin/v1/orgs/${bench.simulator.credentials.orgId}/events-stream?${query}`,
      { auth: bench.org },
    );
    const page = answer.json<{ data: Json[]; meta: { next: string } }>();
    all.push(...page.data);
    if (page.data.length === 0) return all;
    query = `cursor=${page.meta.next}&limit=500`;
  }
}

describe('ledger', () => {
  it('is what a full read of the frozen logs returns, as multisets', async () => {
    const bench = await startBench({
      history: { days: 5, records: 2500 },
      settings: { world: { rate: 20, renameMinutes: 1 } },
    });
    bench.at(120_000);
    bench.simulator.control.freeze();
    bench.at(200_000);
    const read = {
      jira: await readPages(bench, '/rest/api/3/auditing/record', bench.site, {
        param: 'offset',
        rows: 'records',
        limit: 700,
      }),
      confluence: await readPages(bench, '/wiki/rest/api/audit', bench.site, {
        param: 'start',
        rows: 'results',
        limit: 700,
      }),
      org: await readStream(bench),
    };
    for (const api of ['jira', 'confluence', 'org'] as const) {
      const lines = (await bench.send(`/_control/ledger?api=${api}`)).text.trim().split('\n');
      const ledger = lines.map((line) => (JSON.parse(line) as Row).key);
      expect(ledger.length).toBeGreaterThan(2500);
      expect(counted(read[api].map((record) => contentKey(api, record)))).toEqual(counted(ledger));
    }
    await bench.close();
  });
});

describe('control endpoint', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench({ controlToken: 'let-me-in' });
  });
  afterAll(() => bench.close());
  const ask = async (path: string, method = 'GET', body?: unknown): Promise<Answer> => {
    const { request } = await import('node:http');
    const url = new URL(`${bench.simulator.baseUrl}/_control/${path}`);
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, headers: { 'x-control-token': 'let-me-in' } }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const bytes = Buffer.concat(parts);
          const text = bytes.toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            bytes,
            text,
            json: <T>() => JSON.parse(text) as T,
          });
        });
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  };

  it('asks for the token and is not there on vendor host names', async () => {
    expect((await bench.send('/_control/stats')).status).toBe(401);
    expect((await bench.send('/_control/stats', { host: siteHost })).status).toBe(404);
    expect((await ask('stats')).json()).toMatchObject({ frozen: false, now: startTime });
    expect((await ask('nothing')).status).toBe(404);
  });

  it('freezes, advances, renames, publishes and shows the ledger of a range', async () => {
    expect((await ask('freeze', 'POST')).json()).toMatchObject({ frozen: true });
    expect((await ask('unfreeze', 'POST')).json()).toMatchObject({ frozen: false });
    const records = [1, 2, 3].map((id) => ({
      id,
      summary: 'x',
      created: `2026-11-18T08:00:0${id}.000+0000`,
      category: 'c',
      eventSource: '',
    }));
    expect((await ask('publish', 'POST', { api: 'jira', records })).json()).toEqual({ published: 3 });
    const range = `from=${Date.UTC(2026, 10, 18, 8, 0, 2)}&to=${Date.UTC(2026, 10, 18, 8, 0, 2)}`;
    const line = (await ask(`ledger?api=jira&${range}`)).json();
    expect(line).toEqual({
      key: '2|2026-11-18T08:00:02.000+0000',
      time: Date.UTC(2026, 10, 18, 8, 0, 2),
      publishedAt: startTime,
      record: records[1],
    });
    expect((await ask('advance', 'POST', { ms: 5000 })).json()).toMatchObject({ now: startTime + 5000 });
    expect((await ask('rename', 'POST', { accountId: 'a', displayName: 'b' })).status).toBe(200);
    for (const [path, body] of [
      ['publish', { api: 'x' }],
      ['publish', { api: 'org', records: [{}] }],
      ['advance', { ms: -1 }],
      ['rename', {}],
    ] as const) {
      expect((await ask(path, 'POST', body)).status).toBe(400);
    }
    expect((await ask('ledger?api=x')).status).toBe(400);
  });

  it('reads and changes knobs; unknown ones and bad values are refused by name', async () => {
    expect((await ask('settings', 'PATCH', { jira: { maxLimit: 50 } })).json()).toMatchObject({
      jira: { maxLimit: 50 },
    });
    expect((await ask('settings')).json()).toMatchObject({ jira: { maxLimit: 50, lateRate: 0.02 } });
    const unknown = await ask('settings', 'PATCH', { jira: { maxLimitt: 50 } });
    expect([unknown.status, unknown.text]).toEqual([400, expect.stringContaining('maxLimitt')]);
    expect((await ask('settings', 'PATCH', { org: { tieRate: 2 } })).text).toContain('org.tieRate');
    await expect(
      startBench({ settings: { jira: { nope: 1 } } as unknown as SettingsPatch }),
    ).rejects.toBeInstanceOf(SettingsError);
  });

  it('logs requests by API and status without their credentials', async () => {
    await ask('requests', 'DELETE');
    await bench.send('/rest/api/3/auditing/record?limit=1', { auth: bench.site });
    await bench.send('/rest/api/3/auditing/record?limit=1');
    const log = (await ask('requests')).text;
    expect(JSON.parse(log)).toMatchObject([
      { api: 'jira', endpoint: 'record', status: 200, rows: 1, query: 'limit=1' },
      { status: 401, rows: 0 },
    ]);
    expect(log).not.toContain(bench.site.slice(6));
    expect((await ask('stats')).json()).toMatchObject({ apis: { jira: { requests: { 200: 1, 401: 1 } } } });
  });
});

describe('injected faults', () => {
  let bench: Bench;
  const jira = '/rest/api/3/auditing/record';
  beforeAll(async () => {
    bench = await startBench({ history: { days: 1, records: 300 } });
    bench.simulator.control.freeze();
  });
  afterEach(() => {
    bench.simulator.control.patch({ faults: [] });
  });
  afterAll(() => bench.close());
  const inject = (faults: SettingsPatch['faults']) => bench.simulator.control.patch({ faults: faults ?? [] });
  const get = (path: string) =>
    bench.send(path, { auth: path.startsWith('/admin') ? bench.org : bench.site });

  it('answers 429 and 5xx as told', async () => {
    inject([
      { kind: 'status429', count: 1, resetInPast: true },
      { kind: 'status5xx', count: 1, status: 502, retryAfter: 7 },
    ]);
    const [first, second, third] = [await get(jira), await get(jira), await get(jira)];
    expect([first.status, second.status, third.status]).toEqual([429, 502, 200]);
    expect(first.headers).not.toHaveProperty('retry-after');
    expect(Date.parse(String(first.headers['x-ratelimit-reset']))).toBeLessThan(startTime);
    expect(second.headers['retry-after']).toBe('7');
  });

  it('answers with pages, redirects, errors under 200, wrong types and bytes that are no JSON', async () => {
    const once = async (kind: NonNullable<SettingsPatch['faults']>[number]['kind']) => {
      inject([{ kind, count: 1 }]);
      return get(`${jira}?limit=50`);
    };
    expect((await once('html200')).headers['content-type']).toContain('text/html');
    expect((await once('login302')).status).toBe(302);
    expect((await once('error200')).json()).toMatchObject({ errorMessages: [expect.any(String)] });
    const typed = await once('wrongContentType');
    expect([typed.headers['content-type'], typed.json<{ records: unknown[] }>().records.length]).toEqual([
      'text/plain',
      50,
    ]);
    const garbled = await once('garbled');
    expect(
      () => garbled.json<unknown>() && new TextDecoder('utf-8', { fatal: true }).decode(garbled.bytes),
    ).toThrow();
  });

  it('breaks connections', async () => {
    inject([{ kind: 'truncated', count: 1 }]);
    await expect(get(`${jira}?limit=50`)).rejects.toThrow(/aborted|reset|hang up/i);
    inject([{ kind: 'reset', count: 1 }]);
    await expect(get(jira)).rejects.toThrow(/reset|hang up/i);
    inject([{ kind: 'timeout' }]);
    await expect(
      fetch(bench.simulator.baseUrl + jira, {
        headers: { authorization: bench.site },
        signal: AbortSignal.timeout(150),
      }),
    ).rejects.toThrow(/abort|timeout/i);
    inject([]);
    expect((await get(jira)).status).toBe(200);
  });

  it('repeats and expires cursors, on requests with a cursor only', async () => {
    const stream = `/admin/v1/orgs/${bench.simulator.credentials.orgId}/events-stream`;
    inject([{ kind: 'repeatToken' }]);
    const { next } = (await get(`${stream}?limit=5`)).json<{ meta: { next: string } }>().meta;
    expect((await get(`${stream}?limit=5&cursor=${next}`)).json()).toMatchObject({ meta: { next } });
    inject([{ kind: 'expiredCursor', api: 'org', endpoint: 'events-stream' }]);
    expect((await get(`${stream}?limit=5`)).status).toBe(200);
    expect((await get(`${stream}?limit=5&cursor=${next}`)).text).toContain('ADMIN-400-1');
  });

  it('clamps silently while Confluence links advance by the requested limit', async () => {
    inject([{ kind: 'silentClamp', rows: 20 }]);
    const page = (await get('/wiki/rest/api/audit?limit=100')).json<{
      size: number;
      limit: number;
      _links: { next: string };
    }>();
    expect(page).toMatchObject({
      size: 20,
      limit: 100,
      _links: { next: expect.stringContaining('start=100') },
    });
    expect((await get(`${jira}?limit=100`)).json()).toMatchObject({ limit: 100, records: { length: 20 } });
  });

  it('removes rows while paging; the ledger remembers them', async () => {
    inject([{ kind: 'removeRows', rows: 2, count: 1 }]);
    const ids = async (query: string) =>
      (await get(`${jira}?${query}`))
        .json<{ records: Json[] }>()
        .records.map((row) => contentKey('jira', row));
    const before = await ids('limit=30');
    const shifted = await ids('limit=10&offset=10');
    expect(shifted[0]).toBe(before[12]);
    const removed = [...bench.simulator.control.ledger('jira')].filter(
      (entry) => entry.removedAt !== undefined,
    );
    expect(removed.map((entry) => entry.key).sort()).toEqual(before.slice(0, 2).sort());
  });

  it('honours rate, skip and later pages, the same way for the same seed', async () => {
    inject([{ kind: 'status5xx', skip: 1, laterPagesOnly: true, count: 1 }]);
    const statuses: number[] = [];
    for (const offset of [0, 0, 10, 0, 20, 30])
      statuses.push((await get(`${jira}?limit=1&offset=${offset}`)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 503, 200]);
    inject([{ kind: 'status5xx', rate: 0.3 }]);
    let failed = 0;
    for (let i = 0; i < 60; i++) {
      bench.at(i * 1000);
      if ((await get(`${jira}?limit=1`)).status === 503) failed++;
    }
    expect(failed).toBeGreaterThan(5);
    expect(failed).toBeLessThan(35);
  });
});

describe('HTTPS', () => {
  it('verifies with the written authority for the vendor host names, and keeps it over restarts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'atlassian-tls-'));
    const start = () => startAtlassianSimulator({ folder, history: { days: 0, records: 0 } });
    const simulator = await start();
    const ca = readFileSync(simulator.caFile ?? '');
    const { port } = new URL(simulator.httpsUrl ?? '');
    const status = (host: string, authority: Buffer | undefined) =>
      new Promise<number | string>((resolve) => {
        const options = {
          hostname: '127.0.0.1',
          port,
          path: '/_edge/tenant_info',
          servername: host,
          headers: { host },
          ...(authority ? { ca: authority } : {}),
        };
        const request = httpsRequest({ ...options, agent: false }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        request.end();
      });
    expect(await status(siteHost, ca)).toBe(200);
    expect(await status('api.atlassian.com', ca)).toBe(404);
    expect(await status('localhost', ca)).toBe(200);
    expect(await status('evil.example', ca)).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(await status(siteHost, undefined)).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY/);
    await simulator.close();
    const again = await start();
    expect(readFileSync(again.caFile ?? '')).toEqual(ca);
    await again.close();
    rmSync(folder, { recursive: true, force: true });
  });
});

describe('as a process', () => {
  it('prints its addresses when ready and ends with its parent', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'atlassian-main-'));
    const main = fileURLToPath(new URL('./main.ts', import.meta.url));
    const args = [
      '--import',
      'tsx',
      main,
      '--folder',
      folder,
      '--days',
      '1',
      '--records',
      '50',
      '--no-https',
      '--settings',
      '{"jira":{"maxLimit":7}}',
    ];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    const first = await new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve));
    const ready = JSON.parse(first) as {
      ready: boolean;
      baseUrl: string;
      controlUrl: string;
      credentials: { email: string };
    };
    expect(ready).toMatchObject({ ready: true, credentials: { siteHost } });
    const settings = (await (await fetch(`${ready.controlUrl}/settings`)).json()) as {
      jira: { maxLimit: number };
    };
    expect(settings.jira.maxLimit).toBe(7);
    child.stdin.end();
    expect(await exited).toBe(0);
    rmSync(folder, { recursive: true, force: true });
  });
});
