/** Health and audit tables of a real Sluice, across a kill: rows once, with who did what, and what is known of gaps and drift. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/atlassian-run.ts';
import { runSluice } from '../support/cli.ts';
import { catchUp, killLeftovers, type SluiceProcess, startSluice } from '../support/sluice-process.ts';
import { sourcePackage } from '../support/source-package.ts';

const folder = temporaryFolder('health');
const dataFolder = join(folder.path, 'data');
const secret = 'S3cr3t-of-the-test';
let sluice: SluiceProcess;
let server: Server;
let refusing = false;

beforeAll(async () => {
  const occurred = new Date(Date.now() - 60_000).toISOString();
  server = createServer((_, response) => {
    const body = `{"items":[{"id":"a","occurred":"${occurred}","size":1,"surprise":{"x":1}}]}`;
    response.writeHead(refusing ? 401 : 200, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  sluice = await startSluice({ dataFolder });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`;
  await sluice.api.call('POST', '/deploy', {
    files: sourcePackage(endpoint),
    parameters: { apiKey: secret },
    connectionName: 'acme',
    start: '1h',
    options: { delayMinutes: 0 },
  });
  await catchUp(sluice.api, 'acme');
}, 120_000);

afterAll(async () => {
  await killLeftovers(dataFolder);
  server.close();
  folder.remove();
});

async function query(text: string): Promise<unknown[][]> {
  return (await sluice.api.call<{ rows: unknown[][] }>('POST', '/query?format=json', { query: text })).rows;
}

/** Rows are written within seconds of the fact. */
async function eventually(text: string, found: (rows: unknown[][]) => boolean): Promise<unknown[][]> {
  for (;;) {
    const rows = await query(text);
    if (found(rows)) return rows;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Asks for runs until the rows are there: windows have whole seconds, and a run in the same second asks nothing. */
async function runUntil(
  read: () => Promise<unknown[][]>,
  found: (rows: unknown[][]) => boolean,
): Promise<unknown[][]> {
  for (;;) {
    await sluice.api.call('POST', '/connections/acme:run', {});
    const rows = await read();
    if (found(rows)) return rows;
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  }
}

const statusRows =
  "SentinelHealth | where OperationName == 'Data fetch status change' | sort by TimeGenerated asc | project Status, Reason, SentinelResourceName, SentinelResourceKind, Table = tostring(ExtendedProperties.DestinationTable)";
const good = ['Success', '', 'acme', 'RestApiPoller', 'AcmeAudit_CL'];
const refused = ['Failure', 'AUTH_REFUSED', 'acme', 'RestApiPoller', 'AcmeAudit_CL'];

test('a change of status is a row at once, once, also across a kill', async () => {
  expect(await eventually(statusRows, (rows) => rows.length > 0)).toEqual([good]);
  refusing = true;
  await runUntil(
    () => query(statusRows),
    (rows) => rows.length > 1,
  );
  sluice.child.kill('SIGKILL');
  await sluice.exited;
  sluice = await startSluice({ dataFolder });
  refusing = false;
  const rows = await runUntil(
    () => query(statusRows),
    (found) => found.length > 2,
  );
  expect(rows).toEqual([good, refused, good]);
  expect(await query('SentinelHealth | summarize count() == dcount(RecordId)')).toEqual([[true]]);
});

test('changes are audited with who and what, and without secrets', async () => {
  await sluice.api.call('PATCH', '/connections/acme', { options: { pollSeconds: 7 } });
  await sluice.api.call('PATCH', '/settings', { webhookUrl: 'http://127.0.0.1:9/hook/token-in-path' });
  await sluice.api.call('POST', '/tokens', { name: 'ci', role: 'viewer' });
  await expect(sluice.api.call('DELETE', '/connections/nobody')).rejects.toThrow('CONNECTION_NOT_FOUND');
  const rows = await eventually(
    'SentinelAudit | sort by TimeGenerated asc | project OperationName, Status, SentinelResourceName, tostring(ExtendedProperties.CallerName), tostring(ExtendedProperties.CallerIpAddress)',
    (found) => found.length > 4,
  );
  const by = ['local', '127.0.0.1'];
  const provider = 'Microsoft.SecurityInsights';
  expect(rows).toEqual([
    [`${provider}/dataConnectorDefinitions/Write`, 'Success', 'AcmeAudit', ...by],
    [`${provider}/dataConnectors/Write`, 'Success', 'acme', ...by],
    ['Sluice/settings/Write', 'Success', 'settings', ...by],
    ['Sluice/tokens/Write', 'Success', 'ci', ...by],
    [`${provider}/dataConnectors/Delete`, 'Failure', 'nobody', ...by],
  ]);
  const all = JSON.stringify(await query('SentinelAudit'));
  expect(all).toContain('options.pollSeconds');
  expect(all).not.toContain(secret);
  expect(all).not.toContain(secret.slice(-4));
  expect(all).not.toContain('token-in-path');
});

test('gaps and drift say what is known', async () => {
  const from = new Date(Date.now() - 3 * 3600_000).toISOString();
  const gaps = await sluice.api.call<{ bins: { state: string; rows: number }[] }>(
    'GET',
    `/tables/AcmeAudit_CL/gaps?from=${from}&bin=30`,
  );
  expect(gaps.bins[0]).toMatchObject({ state: 'not-collected', rows: 0 });
  expect(gaps.bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(1);
  expect(gaps.bins.map((bin) => bin.state)).toContain('collected-empty');
  const drift = await runSluice(['connector', 'drift', 'AcmeAudit', '--data', dataFolder]);
  expect(drift.code, drift.stderr).toBe(0);
  expect(drift.stdout).toContain('not declared: surprise (object), in 1 records');
  const shown = await runSluice(['table', 'gaps', 'AcmeAudit_CL', '--bin', '60', '--data', dataFolder]);
  expect(shown.code, shown.stderr).toBe(0);
  expect(shown.stdout).toContain('not-collected');
});

test('metrics count what the runs did', async () => {
  const text = await (await fetch(`${sluice.api.url}/metrics`)).text();
  expect(text).toMatch(/^sluice_runs_total\{connection="acme",result="succeeded"\} [1-9]/m);
  expect(text).toMatch(/^sluice_requests_total\{connection="acme",status="2xx"\} [1-9]/m);
  expect(text).toMatch(/^sluice_freshness_alert\{connection="acme",kind="poll"\} 0$/m);
});
