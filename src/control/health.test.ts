/** The dead-man's switch as a whole: a connection whose scheduler never runs, in table, alerts, metrics and webhook. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../core/clock.ts';
import { SluiceError } from '../core/errors.ts';
import { startTestEngine, type TestEngine } from '../engine/testing/engine.ts';
import { createMetrics } from '../health/metrics.ts';
import { manualClock } from '../health/testing/manual-clock.ts';
import { createHttpClient } from '../http/client.ts';
import { openState, type State } from '../state/state.ts';
import { createConnectionStates } from './connection-states.ts';
import { createConnectionStore } from './connections.ts';
import { createEventLog } from './events.ts';
import { createHealth, type HealthHub } from './health.ts';
import { registerGauges } from './health-metrics.ts';
import { createHealthSubjects } from './health-subjects.ts';
import { observedRunStore } from './run-observer.ts';
import { createRunStore, type RunStore } from './runs.ts';
import { createSettingStore } from './settings.ts';
import { createWebhook } from './webhook.ts';

const start = Date.UTC(2026, 10, 27, 12);
const minute = 60_000;
const intervalMs = 30 * minute;
const clock = manualClock(start);
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const good = { ok: true, needsPerson: false, throttled: false };
const http = createHttpClient({ clock: systemClock, random: () => 0 });
const metrics = createMetrics();
const received: { event: string; connection: string; message: string }[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (data: Buffer) => {
    body += data;
  });
  request.on('end', () => {
    received.push(JSON.parse(body) as (typeof received)[number]);
    response.end();
  });
});

let lab: TestEngine;
let state: State;
let health: HealthHub;
let runs: RunStore;
let states: ReturnType<typeof createConnectionStates>;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await systemClock.sleep(5);
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  lab = await startTestEngine({ clock: systemClock, random: () => 0.5 });
  state = await openState({ file: ':memory:', clock });
  const { db } = state;
  await db
    .insertInto('definitions')
    .values({
      id: 'Acme',
      hash: '0',
      title: 'Acme',
      origin: 'deployed',
      files_json: '[]',
      created_at: start,
      updated_at: start,
    })
    .execute();
  await db
    .insertInto('connections')
    .values({
      id: 'c1',
      name: 'acme-eu',
      definition_id: 'Acme',
      parameters_json: '{}',
      status: 'active',
      start_at: null,
      options_json: '{}',
      created_at: start,
      updated_at: start,
    })
    .execute();
  const events = createEventLog({ db, clock, logger: silent });
  const settings = createSettingStore(db, clock);
  await settings.update({ webhookUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` });
  const unused = async () => undefined;
  const connections = createConnectionStore({
    db,
    clock,
    secrets: { get: unused, set: unused, list: async () => [], deleteAll: unused } as never,
  });
  runs = observedRunStore(createRunStore(db), metrics, async () => 'acme-eu');
  health = await createHealth({
    state,
    engine: lab.engine,
    clock,
    workspaceId: 'w1',
    events,
    webhook: createWebhook({ settings, http: () => http, events, clock }),
    retentionDays: async () => 90,
    subjects: createHealthSubjects({
      db,
      connections,
      catalogue: {
        get: async () => ({ pollers: [{ kind: 'RestApiPoller' }], dataFlows: [{ table: 'Acme_CL' }] }),
      } as never,
      runs,
      intervalMs: async () => intervalMs,
      waitingUntilMs: () => undefined,
    }),
  });
  registerGauges(metrics, {
    db,
    clock,
    engine: lab.engine,
    ingest: { pendingCount: async () => 0 } as never,
    disk: { state: () => ({ freeBytes: 5, collectionPaused: false }) } as never,
    alerts: health.alerts,
    healthRows: async () => 0,
  });
  states = createConnectionStates({
    connections,
    runs,
    scheduler: undefined as never,
    clock,
    collectionPaused: () => false,
    parkedWindows: async () => [],
    rate: () => undefined,
    alerts: health.alerts,
  });
});

afterAll(async () => {
  await health.close();
  await state.close();
  await lab.close();
  await http.close();
  server.close();
});

/** What the schedule would have done. */
async function poll(id: string, error?: SluiceError): Promise<void> {
  await runs.start(id, 'c1', clock.now());
  await runs.update(id, { received: 7, new_records: 5, duplicates: 2 });
  await runs.update(id, { state: error ? 'failed' : 'succeeded', finished_at: clock.now() });
  await health.onRunEnd('c1', error ? { ...good, ok: false } : good, error);
}

async function pass(ms: number): Promise<void> {
  for (let done = 0; done < ms; done += 10_000) await clock.advance(10_000);
}

async function table(): Promise<unknown[][]> {
  await health.flush();
  const { rows } = await lab.engine.query(
    'SELECT OperationName, Status, Reason, SentinelResourceName FROM sluice.SentinelHealth ORDER BY TimeGenerated, OperationName',
  );
  return rows.map((row) => [...row]);
}

async function connectionState() {
  const row = await state.db.selectFrom('connections').selectAll().executeTakeFirstOrThrow();
  return states.of(row, 0);
}

const fetched = (status: string, reason: string) => ['Data fetch status change', status, reason, 'acme-eu'];
const freshness = (status: string) => ['Data freshness change', status, 'POLL_MISSED', 'acme-eu'];

test('a scheduler that stopped is an alert everywhere, and one that resumes ends it', async () => {
  await poll('r1');
  expect(await table()).toEqual([fetched('Success', '')]);
  await pass(2 * intervalMs);
  expect(await health.alerts()).toEqual([]);
  await pass(minute + 10_000);
  await until(() => received.length === 1);
  expect(received[0]).toMatchObject({ event: 'connection.stale', connection: 'acme-eu' });
  expect(await health.alerts()).toMatchObject([{ connection: 'acme-eu', kind: 'poll', sinceMs: start }]);
  expect(await connectionState()).toMatchObject({
    state: 'failing',
    reason: expect.stringContaining('30 min'),
  });
  expect(await metrics.render()).toContain('sluice_freshness_alert{connection="acme-eu",kind="poll"} 1\n');
  expect(await table()).toEqual([fetched('Success', ''), freshness('Failure')]);

  await pass(10_000);
  await poll('r2');
  await pass(10_000);
  await until(() => received.length === 2);
  expect(received[1]).toMatchObject({ event: 'connection.fresh', connection: 'acme-eu' });
  expect(await health.alerts()).toEqual([]);
  expect((await connectionState()).state).toBe('ok');
  const text = await metrics.render();
  expect(text).toContain('sluice_freshness_alert{connection="acme-eu",kind="poll"} 0\n');
  expect(text).toContain('sluice_records_total{connection="acme-eu",outcome="new"} 10\n');
  expect(text).toContain('sluice_runs_total{connection="acme-eu",result="succeeded"} 2\n');
  expect(await table()).toEqual([
    fetched('Success', ''),
    freshness('Failure'),
    fetched('Success', ''),
    freshness('Success'),
  ]);
});

test('failures are told with their class, and summed up after an hour', async () => {
  const refused = new SluiceError({ code: 'AUTH_REFUSED', message: 'GET https://acme.example: 401' });
  await poll('r3', refused);
  await pass(intervalMs);
  await poll('r4', refused);
  await pass(intervalMs);
  await health.flush();
  const { rows } = await lab.engine.query(
    "SELECT OperationName, Status, Reason, JSONExtractString(ExtendedProperties, 'ErrorCode'), JSONExtractInt(ExtendedProperties, 'FailureSummary', 1, 'Count') FROM sluice.SentinelHealth WHERE Reason = 'AUTH_REFUSED' ORDER BY TimeGenerated",
  );
  expect(rows.map((row) => [...row].map(String))).toEqual([
    ['Data fetch status change', 'Failure', 'AUTH_REFUSED', 'RES40001', '0'],
    ['Data fetch failure summary', 'Informational', 'AUTH_REFUSED', '', '2'],
  ]);
});
