/** A service that throttles in the middle of a run: a state that is shown, with the time it goes on; nothing is lost. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/atlassian-run.ts';
import { runSluice } from '../support/cli.ts';
import { catchUp, killLeftovers, type SluiceProcess, startSluice } from '../support/sluice-process.ts';
import { sourcePackage } from '../support/source-package.ts';

const folder = temporaryFolder('throttling');
const dataFolder = join(folder.path, 'data');
const pages = 8;
let sluice: SluiceProcess;
let server: Server;
let storm = true;
let refused = 0;
const occurred = new Date(Date.now() - 60_000).toISOString();

/** Page n of eight, three records each; during the storm nothing from the fifth on. */
function answer(page: number): { status: number; body: string } {
  if (storm && page >= 4) {
    refused += 1;
    return { status: 429, body: '{"message":"slow down"}' };
  }
  const items = [0, 1, 2].map((i) => ({ id: `r${page}-${i}`, occurred, size: 1 }));
  return { status: 200, body: JSON.stringify({ items, next: page + 1 < pages ? String(page + 1) : null }) };
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const page = Number(new URL(request.url ?? '/', 'http://h').searchParams.get('page') ?? '0');
    const { status, body } = answer(page);
    // A reset in the past, as services with minute precision give now and then: not usable.
    response.writeHead(status, {
      'content-type': 'application/json',
      'x-ratelimit-reset': '2026-01-01T00:00Z',
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  sluice = await startSluice({ dataFolder });
}, 120_000);

afterAll(async () => {
  await killLeftovers(dataFolder);
  server.close();
  folder.remove();
});

interface Shown {
  readonly state: string;
  readonly stateReason: string;
  readonly nextRunAt: string | null;
  readonly lastRun: { readonly state: string; readonly error: { readonly code: string } | null } | null;
  readonly rate?: {
    readonly allowedPerMinute: number | null;
    readonly waitingUntil: string | null;
    readonly reason: string;
  };
}

async function throttledConnection(): Promise<Shown> {
  for (;;) {
    const shown = await sluice.api.call<Shown>('GET', '/connections/acme');
    if (shown.state === 'throttled' && shown.lastRun?.state === 'throttled') return shown;
    await sleep(50);
  }
}

test('a storm of 429 ends the run as throttled, is no failure, loses nothing and goes on by itself', async () => {
  const { port } = server.address() as AddressInfo;
  await sluice.api.call('POST', '/deploy', {
    files: sourcePackage(`http://127.0.0.1:${port}/events`, {
      paging: { pagingType: 'NextPageToken', nextPageTokenJsonPath: '$.next', nextPageParaName: 'page' },
    }),
    parameters: { apiKey: 'a-key-of-the-test' },
    connectionName: 'acme',
    start: '1m',
    options: { delayMinutes: 0 },
  });

  const shown = await throttledConnection();
  expect(shown.lastRun?.error?.code).toBe('THROTTLED');
  expect(shown.stateReason).toMatch(/^Goes on at \d{4}-.*Z\. /);
  expect(shown.stateReason).toContain(shown.nextRunAt ?? 'no time');
  expect(shown.rate?.allowedPerMinute).toBeGreaterThanOrEqual(1);
  const { stdout } = await runSluice(['connection', 'show', 'acme', '--data', dataFolder]);
  expect(stdout).toMatch(/^rate +\d.* requests a minute/m);
  expect(stdout).toMatch(/^state +throttled: /m);
  const health = await sluice.api.call<{ connections: { failing: number } }>('GET', '/health');
  expect(health.connections.failing).toBe(0);

  storm = false;
  await catchUp(sluice.api, 'acme');
  expect(refused).toBeGreaterThanOrEqual(2);
  const { rows } = await sluice.api.call<{ rows: unknown[][] }>('POST', '/query?format=json', {
    query: 'AcmeAudit_CL | summarize N = count() by Id | sort by Id asc | project Id, N',
  });
  const all = Array.from({ length: pages }, (_, page) => [0, 1, 2].map((i) => [`r${page}-${i}`, 1]));
  expect(rows).toEqual(all.flat());
  const events = await sluice.api.call<{ items: { kind: string }[] }>('GET', '/events?limit=50');
  expect(events.items.map((e) => e.kind)).not.toContain('run.failed');
  expect(await sluice.api.call<Shown>('GET', '/connections/acme')).toMatchObject({
    state: expect.not.stringMatching('throttled'),
  });
}, 120_000);
