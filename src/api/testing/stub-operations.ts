import { SluiceError } from '../../core/errors.ts';
import type { OperationsService } from '../services.ts';
import { iso, kqlColumns } from './stub-data.ts';

type Listener = Parameters<OperationsService['subscribe']>[0];

export interface StubOperations extends OperationsService {
  emit(event: Parameters<Listener>[0]): void;
  listeners(): number;
}

/** Tables, settings, health and events from memory. */
export function stubOperations(now: () => number, version: string): StubOperations {
  const listeners = new Set<Listener>();
  const started = now();
  let settings = { retentionDays: 90, webhookUrl: null as string | null, diskWatermarkBytes: 2 * 1024 ** 3 };
  const tables = ['Tracker_Audit_CL', 'WikiAuditLogs_CL', 'OrganizationAuditEvents_CL'].map(
    (name, index) => ({
      name,
      columns: kqlColumns,
      rows: 20_000 - index * 4000,
      bytes: 4_200_000 - index * 900_000,
      retentionDays: 90,
      oldest: iso(started - 30 * 86_400_000),
      newest: iso(started - 120_000),
    }),
  );
  return {
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
    listeners: () => listeners.size,
    async health() {
      return {
        status: 'degraded',
        version,
        uptimeSeconds: Math.round((now() - started) / 1000),
        engine: { state: 'ready', pid: 4242, restarts: 0, version: '26.1' },
        disk: {
          freeBytes: 212 * 1024 ** 3,
          totalBytes: 512 * 1024 ** 3,
          watermarkBytes: settings.diskWatermarkBytes,
          collectionPaused: false,
        },
        connections: { ok: 1, failing: 1, paused: 0, running: 0 },
        outbox: { pending: 0, failed: 0 },
        alerts: [
          {
            connection: 'wiki-eu',
            kind: 'poll' as const,
            since: iso(now() - 900_000),
            message: 'wiki-eu should poll every 5 min and does not.',
          },
        ],
        dataFolder: '/var/lib/sluice',
      };
    },
    metrics: async () => '# HELP sluice_up 1 while Sluice runs.\n# TYPE sluice_up gauge\nsluice_up 1\n',
    tables: async () => tables,
    gaps: async (table, from, to, binMinutes = 60) => ({
      table,
      from: from.toISOString(),
      to: to.toISOString(),
      binMinutes,
      pendingInserts: 0,
      bins: [{ at: from.toISOString(), rows: 0, state: 'not-collected' as const }],
      pollers: [],
      withoutWindows: [],
    }),
    rebuild: async () => ({ segments: 3, rows: 1_200, rejected: 0, problems: [] }),
    async setRetention(name, days) {
      const table = tables.find((t) => t.name === name);
      if (!table)
        throw new SluiceError({
          code: 'TABLE_NOT_FOUND',
          message: `There is no table ${name}`,
          hint: 'List the tables with `sluice table list`.',
        });
      table.retentionDays = days;
      return table;
    },
    settings: async () => settings,
    async updateSettings(patch) {
      const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
      settings = { ...settings, ...given };
      return settings;
    },
    async events(limit) {
      const all = [
        {
          id: 2,
          at: iso(now() - 60_000),
          kind: 'connection.failing',
          severity: 'error' as const,
          connectionId: 'c-2',
          message: 'wiki-eu stopped working: 401 Unauthorized',
          data: { runs: 14 },
        },
        {
          id: 1,
          at: iso(now() - 600_000),
          kind: 'server.started',
          severity: 'info' as const,
          connectionId: null,
          message: 'Sluice started',
          data: {},
        },
      ];
      return all.slice(0, limit);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
