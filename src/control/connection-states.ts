import type { Clock } from '../core/clock.ts';
import type { FreshnessAlert } from '../health/freshness.ts';
import type { RateView } from '../http/rate-limiter.ts';
import type { ConnectionRow, ParkedWindowRow, RunRow } from '../state/schema.ts';
import type { ConnectionStore } from './connections.ts';
import type { RunStore } from './runs.ts';
import type { Scheduler } from './scheduler.ts';
import { holdText, throttledText } from './throttling.ts';
import { windowText } from './window-parking.ts';

export type StateName =
  | 'ok'
  | 'running'
  | 'catching-up'
  | 'throttled'
  | 'degraded'
  | 'failing'
  | 'paused'
  | 'new';
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
  /** Windows of a connection that wait for a decision. */
  readonly parkedWindows: (connectionId: string) => Promise<readonly ParkedWindowRow[]>;
  readonly rate: (connectionId: string) => RateView | undefined;
  /** Standing freshness alerts. */
  readonly alerts: () => Promise<readonly Pick<FreshnessAlert, 'connectionId' | 'message'>[]>;
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
    const held = lastRun?.state === 'running' ? holdText(options.rate(row.id)) : undefined;
    if (held !== undefined) return answer('throttled', held);
    if (finished?.state === 'throttled') return answer('throttled', throttledText(finished));
    if (finished?.state === 'failed' && finished.error_code !== 'RUN_INTERRUPTED')
      return answer('failing', errorOf(finished));
    const alert = (await options.alerts()).find((a) => a.connectionId === row.id);
    if (alert) return answer('failing', alert.message);
    const parked = await options.parkedWindows(row.id);
    if (parked[0]) return answer('degraded', parkedReason(parked[0], parked.length - 1));
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

function parkedReason(first: ParkedWindowRow, more: number): string {
  const others = more === 0 ? '' : ` (and ${more} more)`;
  return `Newer data is collected, but the window ${windowText(first)} is parked${others}: ${first.error_code}. Retry, split or skip it.`;
}

function summarise(states: readonly StateName[]): ConnectorStatus {
  if (states.length === 0) return 'not-connected';
  if (states.every((s) => s === 'paused')) return 'paused';
  if (states.every((s) => s === 'failing')) return 'failing';
  if (states.some((s) => s === 'failing' || s === 'throttled' || s === 'degraded')) return 'degraded';
  return 'connected';
}
