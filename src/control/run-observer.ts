import type { Metrics } from '../health/metrics.ts';
import type { RunPatch, RunStore } from './runs.ts';

interface Seen {
  readonly connection: string;
  received: number;
  new_records: number;
  duplicates: number;
}

/** Counts runs, requests and records where they are stored, so that metrics and run history cannot drift apart. */
export function observedRunStore(
  runs: RunStore,
  metrics: Metrics,
  nameOf: (connectionId: string) => Promise<string>,
): RunStore {
  const ended = metrics.counter('sluice_runs_total', 'Runs by how they ended.');
  const requests = metrics.counter('sluice_requests_total', 'Requests to sources by class of status.');
  const records = metrics.counter(
    'sluice_records_total',
    'Records of pages read (received), and what the ledger made of them (new, duplicate).',
  );
  const going = new Map<string, Seen>();

  function note(id: string, patch: RunPatch): void {
    const seen = going.get(id);
    if (!seen) return;
    const { connection } = seen;
    for (const [member, outcome] of members) {
      const value = patch[member];
      if (value === undefined || value <= seen[member]) continue;
      records.add({ connection, outcome }, value - seen[member]);
      seen[member] = value;
    }
    if (patch.state === undefined || patch.state === 'running') return;
    ended.add({ connection, result: patch.state });
    going.delete(id);
  }

  return {
    ...runs,
    async start(id, connectionId, startedAtMs) {
      await runs.start(id, connectionId, startedAtMs);
      going.set(id, { connection: await nameOf(connectionId), received: 0, new_records: 0, duplicates: 0 });
    },
    async update(id, patch) {
      await runs.update(id, patch);
      note(id, patch);
    },
    async addRequest(runId, ordinal, trace) {
      requests.add({ connection: going.get(runId)?.connection ?? '', status: statusClass(trace.status) });
      await runs.addRequest(runId, ordinal, trace);
    },
  };
}

const members = [
  ['received', 'received'],
  ['new_records', 'new'],
  ['duplicates', 'duplicate'],
] as const;

function statusClass(status: number | null): string {
  return status === null ? 'none' : `${Math.floor(status / 100)}xx`;
}
