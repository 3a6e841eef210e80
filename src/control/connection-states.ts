import type { Clock } from '../core/clock.ts';
import type { ConnectionRow, RunRow } from '../state/schema.ts';
import type { ConnectionStore } from './connections.ts';
import type { RunStore } from './runs.ts';
import type { Scheduler } from './scheduler.ts';

export type StateName = 'ok' | 'running' | 'catching-up' | 'throttled' | 'failing' | 'paused' | 'new';
export type ConnectorStatus = 'connected' | 'degraded' | 'failing' | 'paused' | 'not-connected';

export interface ConnectionStates {
  of(
    row: ConnectionRow,
    behindMs: number | null,
  ): Promise<{ state: StateName; reason: string; lastRun: RunRow | undefined }>;
  ofDefinition(definitionId: string): Promise<{ status: ConnectorStatus; connections: number }>;
}

/** Further behind than this is catching up rather than polling. */
const catchingUpMs = 30 * 60_000;

function errorOf(run: RunRow): string {
  const error = JSON.parse(run.error_json ?? '{"message":"the run failed"}') as { message: string };
  return error.message;
}

/** One place decides what a connection's state is, so that CLI, API and page agree. */
export function createConnectionStates(options: {
  readonly connections: ConnectionStore;
  readonly runs: RunStore;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly collectionPaused: () => boolean;
}): ConnectionStates {
  async function of(row: ConnectionRow, behindMs: number | null) {
    const recent = await options.runs.list(row.id, 2);
    const lastRun = recent[0];
    const finished = recent.find((r) => r.state !== 'running');
    const answer = (state: StateName, reason: string) => ({ state, reason, lastRun });
    if (row.status === 'paused')
      return answer('paused', 'Paused by a person; resume it to go on where it stopped.');
    if (options.collectionPaused())
      return answer('paused', 'Collection is paused for all connections: the disk is nearly full.');
    if (finished?.state === 'failed' && finished.error_code === 'THROTTLED')
      return answer('throttled', errorOf(finished));
    if (finished?.state === 'failed' && finished.error_code !== 'RUN_INTERRUPTED')
      return answer('failing', errorOf(finished));
    if (lastRun?.state === 'running') {
      return behindMs === null || behindMs > catchingUpMs
        ? answer('catching-up', 'Reading what happened before; newer data follows.')
        : answer('running', 'A run is going on.');
    }
    if (!lastRun) return answer('new', 'The first run has not started yet.');
    return answer('ok', 'The last run succeeded.');
  }

  return {
    of,
    async ofDefinition(definitionId) {
      const rows = (await options.connections.list()).filter((c) => c.definition_id === definitionId);
      const states = await Promise.all(rows.map(async (row) => (await of(row, null)).state));
      return { status: summarise(states), connections: rows.length };
    },
  };
}

function summarise(states: readonly StateName[]): ConnectorStatus {
  if (states.length === 0) return 'not-connected';
  if (states.every((s) => s === 'paused')) return 'paused';
  if (states.every((s) => s === 'failing')) return 'failing';
  if (states.some((s) => s === 'failing' || s === 'throttled')) return 'degraded';
  return 'connected';
}
