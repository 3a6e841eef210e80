/** One connection with everything real but the schedule and the transform compiler. The folder outlives a restart. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sourcePackage } from '../../../test/support/source-package.ts';
import { createLocalArchive } from '../../archive/local/store.ts';
import type { Clock } from '../../core/clock.ts';
import { loadDefinition } from '../../definition/load.ts';
import type { Engine } from '../../engine/api.ts';
import { createLimiterRegistry } from '../../http/rate-limiter.ts';
import { createIngest } from '../../ingest/ingest.ts';
import { createFakeKql } from '../../ingest/testing/fake-kql.ts';
import { seededRandom } from '../../ingest/testing/fixtures.ts';
import { archivedRecords } from '../../ingest/testing/lab.ts';
import { createSecretStore } from '../../state/secrets.ts';
import { openState } from '../../state/state.ts';
import { createConnectionStore } from '../connections.ts';
import { createDefinitionCatalogue } from '../definitions.ts';
import { createEventLog } from '../events.ts';
import { closeHttpClients, createHttpClientPool } from '../http-clients.ts';
import { createParkedWindows } from '../parked-windows.ts';
import { createRunner } from '../runner.ts';
import { createRunStore } from '../runs.ts';
import { createWindowParking, type ParkingLimits } from '../window-parking.ts';
import type { PoisonService } from './poison-service.ts';

export const t0 = Date.UTC(2026, 10, 20, 12);
export const minute = 60_000;

/** Time moves when a test says so; sleeps are short. */
export function handClock(startMs: number): Clock & { advance(ms: number): void } {
  let now = startMs;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const timer = setTimeout(resolve, Math.min(ms, 10));
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
      }),
  };
}

const transform = 'source | project TimeGenerated = occurred, Id = id, Size = size';
const kql = () =>
  createFakeKql({
    [transform]: {
      columns: [
        { name: 'TimeGenerated', type: 'datetime', sql: 'occurred' },
        { name: 'Id', type: 'string', sql: 'id' },
        { name: 'Size', type: 'long', sql: 'size' },
      ],
    },
  });

type HandClock = ReturnType<typeof handClock>;

/** A record each 20 s and, where ids do not tell them apart, an identical twin at each full minute. */
export function publish(service: PoisonService, toMs: number, twins: boolean): void {
  for (let at = t0; at < toMs; at += 20_000) {
    const record = { id: `e${(at - t0) / 1000}`, occurred: new Date(at).toISOString(), size: 1 };
    service.records.push(record);
    if (twins && at % minute === 0) service.records.push({ ...record });
  }
}

/** Window after window, five minutes each, with a run at the end of each. */
export async function runFor(lab: ParkingLab, clock: HandClock, minutes: number): Promise<void> {
  for (let i = 0; i < minutes; i += 5) {
    await lab.run();
    clock.advance(5 * minute);
  }
}

export interface ParkingLabOptions {
  readonly folder: string;
  readonly engine: Engine;
  readonly endpoint: string;
  readonly clock: Clock;
  /** Whether the records' `id` is known to identify them; else their digest does. */
  readonly unique: boolean;
  readonly limits?: Partial<ParkingLimits>;
}

export type ParkingLab = Awaited<ReturnType<typeof openParkingLab>>;

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const unique = [
  { endpointPath: '/events$', eventsJsonPath: '$.items', recordKey: { paths: ['$.id'], unique: true } },
];

export async function openParkingLab(options: ParkingLabOptions) {
  const { folder, engine, clock } = options;
  mkdirSync(folder, { recursive: true });
  const random = seededRandom(7);
  const state = await openState({ file: join(folder, 'state.db'), clock });
  const { db } = state;
  const archive = createLocalArchive(join(folder, 'archive'));
  const events = createEventLog({ db, clock, logger: silent });
  const secrets = createSecretStore({ db, key: Buffer.alloc(32, 1), clock });
  const connections = createConnectionStore({ db, secrets, clock });
  const definitions = createDefinitionCatalogue({ db, clock, overlays: options.unique ? unique : [] });
  const ingest = createIngest({
    state,
    archive,
    engine,
    kql: kql(),
    clock,
    random,
    workspaceId: '7b9d1c52-0d3e-4b7a-9a44-6a1f0c9f2f10',
    // Small batches, so that a failing window has delivered part of itself.
    limits: { batchRecords: 5 },
  });
  const httpClients = createHttpClientPool({ clock, random, env: {} });
  const limiters = createLimiterRegistry({ clock, random });
  const told: string[] = [];
  const webhook = async ({ event }: { event: string }) => void told.push(event);
  const parking = createWindowParking({
    state,
    clock,
    events,
    webhook,
    ...(options.limits ? { limits: options.limits } : {}),
  });
  const shared = { connections, definitions, ingest, events, httpClients, limiters, clock };
  const runs = createRunStore(db);
  const runner = createRunner({ ...shared, runs, parking, random, onEnd: async () => undefined });
  const windows = await createParkedWindows({ ...shared, state, mayCollect: () => true });
  const definition = loadDefinition(
    sourcePackage(options.endpoint, {
      transformKql: transform,
      paging: { pagingType: 'NextPageToken', nextPageTokenJsonPath: '$.next', nextPageParaName: 'page' },
    }),
  );
  await definitions.store(definition, 'deployed');
  await ingest.ensureTables(await ingest.prepare(definition));
  const connection =
    (await connections.list())[0] ??
    (await connections.create({
      definition,
      name: 'acme',
      parameters: { apiKey: 'secret-of-the-test' },
      options: { delayMinutes: 0, overlapMinutes: 2, queryWindowMinutes: 5 },
      startMs: t0,
    }));
  await ingest.start();

  return {
    state,
    ingest,
    runs,
    windows,
    parking,
    events,
    connection,
    told,
    run: () => runner.run(connection.id, new AbortController().signal),
    checkpointMs: async () =>
      (await db.selectFrom('checkpoints').select('window_end').executeTakeFirst())?.window_end ?? undefined,
    archived: () => archivedRecords(archive),
    eventKinds: async () => (await events.recent(100)).map((event) => event.kind).reverse(),
    async close() {
      await windows.close();
      await ingest.close();
      await closeHttpClients(httpClients);
      await state.close();
    },
  };
}
