import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../core/clock.ts';
import { SluiceError } from '../core/errors.ts';
import { createHttpClient } from '../http/client.ts';
import { openState, type State } from '../state/state.ts';
import { createConnectionStore } from './connections.ts';
import { createEventLog, type EventLog } from './events.ts';
import { createFailureWatch } from './failure-watch.ts';
import { createSettingStore } from './settings.ts';
import { createWebhook } from './webhook.ts';

const failed = { ok: false, needsPerson: false, throttled: false };
const refused = { ok: false, needsPerson: true, throttled: false };
const good = { ok: true, needsPerson: false, throttled: false };
const error = new SluiceError({
  code: 'AUTH_REFUSED',
  message: 'GET http://acme.example: 401',
  hint: 'Check the credential.',
});
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

const http = createHttpClient({ clock: systemClock, random: () => 0 });
const received: { event: string; connection: string; code?: string }[] = [];
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
let state: State;
let events: EventLog;
let watch: ReturnType<typeof createFailureWatch>;

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(async () => {
  server.close();
  await http.close();
});

beforeEach(async () => {
  received.length = 0;
  state = await openState({ file: ':memory:', clock: systemClock });
  const { db } = state;
  const now = systemClock.now();
  await db
    .insertInto('definitions')
    .values({
      id: 'Acme',
      hash: '0',
      title: 'Acme',
      origin: 'deployed',
      files_json: '[]',
      created_at: now,
      updated_at: now,
    })
    .execute();
  await db
    .insertInto('connections')
    .values({
      id: 'c1',
      name: 'acme',
      definition_id: 'Acme',
      parameters_json: '{}',
      status: 'active',
      start_at: null,
      options_json: '{}',
      created_at: now,
      updated_at: now,
    })
    .execute();
  const settings = createSettingStore(db, systemClock);
  await settings.update({ webhookUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` });
  events = createEventLog({ db, clock: systemClock, logger: silent });
  const secrets = {
    set: async () => undefined,
    get: async () => undefined,
    list: async () => [],
    delete: async () => undefined,
    deleteAll: async () => undefined,
  };
  const webhook = createWebhook({ settings, http: () => http, events, clock: systemClock });
  watch = createFailureWatch({
    connections: createConnectionStore({ db, secrets, clock: systemClock }),
    events,
    webhook,
  });
  return () => state.close();
});

test('three failures in a row are one alarm, and the next success is one recovery', async () => {
  for (let i = 0; i < 5; i += 1) await watch('c1', failed, error);
  expect(received.map((m) => m.event)).toEqual(['connection.failing']);
  await watch('c1', good, undefined);
  await watch('c1', good, undefined);
  expect(received.map((m) => m.event)).toEqual(['connection.failing', 'connection.recovered']);
});

test('a refused credential is an alarm at once, with its code', async () => {
  await watch('c1', refused, error);
  expect(received).toEqual([
    expect.objectContaining({ event: 'connection.failing', connection: 'acme', code: 'AUTH_REFUSED' }),
  ]);
});

test('throttling is no failure', async () => {
  for (let i = 0; i < 5; i += 1) await watch('c1', { ...failed, throttled: true }, error);
  expect(received).toEqual([]);
});

test('a webhook that cannot be delivered is an event, not an error', async () => {
  const settings = createSettingStore(state.db, systemClock);
  await settings.update({ webhookUrl: 'http://127.0.0.1:9/secret-hook' });
  const fast = createHttpClient({
    clock: { now: () => systemClock.now(), sleep: async () => undefined },
    random: () => 0,
  });
  const webhook = createWebhook({ settings, http: () => fast, events, clock: systemClock });
  await webhook({ event: 'connection.failing', connection: 'acme', message: 'stopped' });
  await fast.close();
  const [event] = await events.recent(1);
  expect(event).toMatchObject({ kind: 'webhook.failed', severity: 'warning' });
  expect(JSON.stringify(event)).not.toContain('secret-hook');
});
