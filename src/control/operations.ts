import type { OperationsService } from '../api/services.ts';
import type { Clock } from '../core/clock.ts';
import type { Engine } from '../engine/api.ts';
import { quoteIdentifier, quoteString } from '../engine/sql-text.ts';
import type { FreshnessAlert } from '../health/freshness.ts';
import type { Ingest } from '../ingest/api.ts';
import type { ConnectionStates } from './connection-states.ts';
import type { ConnectionStore } from './connections.ts';
import type { DiskWatch } from './disk.ts';
import type { EventLog } from './events.ts';
import type { SettingStore } from './settings.ts';
import { isoTime } from './time-text.ts';

interface Options {
  readonly version: string;
  readonly clock: Clock;
  readonly startedAtMs: number;
  readonly dataFolder: string;
  readonly engine: Engine;
  readonly ingest: Ingest;
  readonly disk: DiskWatch;
  readonly settings: SettingStore;
  readonly events: EventLog;
  readonly connections: ConnectionStore;
  readonly states: ConnectionStates;
  readonly failedInserts: () => Promise<number>;
  readonly alerts: () => Promise<readonly FreshnessAlert[]>;
  readonly gaps: OperationsService['gaps'];
  /** Prometheus text. */
  readonly renderMetrics: () => Promise<string>;
}

export function createOperations(options: Options): OperationsService {
  const { engine } = options;

  async function tableFacts(name: string) {
    const [parts, times] = await Promise.all([
      engine.query(
        `SELECT sum(rows), sum(bytes_on_disk) FROM system.parts WHERE database = 'sluice' AND active AND table = ${quoteString(name)}`,
      ),
      engine.query(
        `SELECT toString(min(TimeGenerated)), toString(max(TimeGenerated)), count() FROM sluice.${quoteIdentifier(name)}`,
      ),
    ]);
    const [oldest, newest, count] = times.rows[0] ?? [];
    const empty = Number(count ?? 0) === 0;
    const asIso = (text: unknown) =>
      empty || typeof text !== 'string' ? null : `${text.replace(' ', 'T')}Z`;
    return {
      rows: Number(count ?? 0),
      bytes: Number(parts.rows[0]?.[1] ?? 0),
      oldest: asIso(oldest),
      newest: asIso(newest),
    };
  }

  async function tables() {
    return Promise.all(
      (await engine.tables()).map(async (t) => ({
        name: t.name,
        columns: t.columns.map((c) => ({ name: c.name, type: c.type === 'boolean' ? 'bool' : c.type })),
        retentionDays: t.retentionDays,
        ...(await tableFacts(t.name)),
      })),
    );
  }

  async function connectionCounts() {
    const counts = { ok: 0, failing: 0, paused: 0, running: 0 };
    for (const row of await options.connections.list()) {
      const { state } = await options.states.of(row, null);
      // Throttled goes on by itself, so it is no failure.
      if (state === 'failing' || state === 'degraded') counts.failing += 1;
      else if (state === 'paused') counts.paused += 1;
      else if (state === 'ok' || state === 'new') counts.ok += 1;
      else counts.running += 1;
    }
    return counts;
  }

  return {
    tables,
    metrics: options.renderMetrics,
    gaps: options.gaps,
    async health() {
      const status = engine.status();
      const connections = await connectionCounts();
      const outbox = { pending: await options.ingest.pendingCount(), failed: await options.failedInserts() };
      const disk = options.disk.state();
      const alerts = await options.alerts();
      const failing = status.state === 'stopped' || disk.collectionPaused || outbox.failed > 0;
      const degraded = status.state !== 'ready' || connections.failing > 0 || alerts.length > 0;
      return {
        status: failing ? 'failing' : degraded ? 'degraded' : 'ok',
        version: options.version,
        uptimeSeconds: Math.round((options.clock.now() - options.startedAtMs) / 1000),
        engine: { ...status },
        disk: { ...disk },
        connections,
        outbox,
        alerts: alerts.map(({ connection, kind, sinceMs, message }) => ({
          connection,
          kind,
          since: isoTime(sinceMs),
          message,
        })),
        dataFolder: options.dataFolder,
      };
    },
    async setRetention(table, days) {
      await engine.setRetention(table, days);
      const found = (await tables()).find((t) => t.name === table);
      if (!found) throw new Error(`table ${table} vanished`);
      await options.events.emit({
        kind: 'table.retention',
        severity: 'info',
        message: `Table ${table} keeps ${days} days`,
      });
      return found;
    },
    async rebuild() {
      const { segments, rows, rejected, problems } = await options.ingest.reindex();
      await options.events.emit({
        kind: 'table.rebuild',
        severity: problems.length > 0 ? 'warning' : 'info',
        message: `Tables were rebuilt from the archive: ${segments} segments read, ${rows} rows added, ${problems.length} problems`,
      });
      return { segments, rows, rejected, problems: problems.map((p) => ({ ...p })) };
    },
    settings: async () => ({ ...(await options.settings.get()) }),
    async updateSettings(patch) {
      const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
      const updated = await options.settings.update(given);
      await options.disk.check();
      return { ...updated };
    },
    async events(limit) {
      return (await options.events.recent(limit)).map((e) => ({
        id: e.id,
        at: isoTime(e.at),
        kind: e.kind,
        severity: e.severity,
        connectionId: e.connection_id,
        message: e.message,
        data: JSON.parse(e.data_json) as unknown,
      }));
    },
    subscribe: (listener) => options.events.subscribe(listener),
  };
}
