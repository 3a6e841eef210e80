import type { Kysely } from 'kysely';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../engine/api.ts';
import type { FreshnessAlert } from '../health/freshness.ts';
import type { Metrics } from '../health/metrics.ts';
import type { Ingest, IngestEvent } from '../ingest/api.ts';
import type { Database } from '../state/schema.ts';
import type { DiskWatch } from './disk.ts';

/** Counts deliveries from the events that the log has too. */
export function createIngestMetrics(metrics: Metrics): (event: IngestEvent) => void {
  const inserts = metrics.counter('sluice_inserts_total', 'Inserts into tables by result.');
  const rows = metrics.counter('sluice_rows_inserted_total', 'Rows delivered to tables.');
  const rejected = metrics.counter(
    'sluice_records_rejected_total',
    'Records that the engine could not parse; they are in the table _Rejected.',
  );
  return (event) => {
    if (event.kind === 'flow-delivered') {
      inserts.add({ table: event.table, result: event.recovered ? 'recovered' : 'delivered' });
      rows.add({ table: event.table }, event.rows);
    }
    if (event.kind === 'flow-retry') inserts.add({ table: event.table, result: 'retried' });
    if (event.kind === 'flow-failed') inserts.add({ table: event.table, result: 'failed' });
    if (event.kind === 'records-rejected') rejected.add({}, event.rejected);
  };
}

/** What is read when the metrics are asked for. */
export function registerGauges(
  metrics: Metrics,
  options: {
    readonly db: Kysely<Database>;
    readonly clock: Clock;
    readonly engine: Engine;
    readonly ingest: Ingest;
    readonly disk: DiskWatch;
    readonly alerts: () => Promise<readonly FreshnessAlert[]>;
    readonly healthRows: () => Promise<number>;
  },
): void {
  const { db, clock } = options;
  const one = (value: number) => [{ labels: {}, value }];

  metrics.countOf('sluice_engine_restarts_total', 'Restarts of the log engine.', async () =>
    one(options.engine.status().restarts),
  );
  metrics.gauge('sluice_engine_up', '1 while the log engine is ready.', async () =>
    one(options.engine.status().state === 'ready' ? 1 : 0),
  );
  metrics.gauge('sluice_outbox_pending', 'Inserts that wait for the engine.', async () =>
    one(await options.ingest.pendingCount()),
  );
  metrics.gauge('sluice_health_rows_pending', 'Rows of the health tables that wait.', async () =>
    one(await options.healthRows()),
  );
  metrics.gauge('sluice_disk_free_bytes', 'Free space of the disk of the data folder.', async () =>
    one(options.disk.state().freeBytes),
  );
  metrics.gauge('sluice_collection_paused', '1 while collection is paused for lack of disk.', async () =>
    one(options.disk.state().collectionPaused ? 1 : 0),
  );
  metrics.gauge(
    'sluice_connection_behind_seconds',
    'How far the end of the last delivered window lies in the past.',
    async () => {
      const rows = await db
        .selectFrom('checkpoints')
        .innerJoin('connections', 'connections.id', 'checkpoints.connection_id')
        .select(['connections.name', 'checkpoints.poller', 'checkpoints.window_end'])
        .where('checkpoints.window_end', 'is not', null)
        .execute();
      return rows.map((row) => ({
        labels: { connection: row.name, poller: row.poller },
        value: Math.max(0, Math.round((clock.now() - (row.window_end ?? 0)) / 1000)),
      }));
    },
  );
  metrics.gauge(
    'sluice_freshness_alert',
    '1 while a poll is missing (kind="poll") or expected data is (kind="data").',
    async () => {
      const names = await db.selectFrom('connections').select(['id', 'name']).execute();
      const alerts = await options.alerts();
      return names.flatMap(({ id, name }) =>
        (['poll', 'data'] as const).map((kind) => ({
          labels: { connection: name, kind },
          value: alerts.some((a) => a.connectionId === id && a.kind === kind) ? 1 : 0,
        })),
      );
    },
  );
}
