import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { Window } from '../core/collect.ts';
import type { SluiceError } from '../core/errors.ts';
import { failpoint } from '../core/failpoint.ts';
import type { FailedWindow } from '../poller/api.ts';
import { putCheckpoint } from '../state/checkpoints.ts';
import {
  clearWindowFailures,
  countWindowFailure,
  insertParkedWindows,
  listParkedWindows,
} from '../state/parked-windows.ts';
import type { ParkedWindowRow, WindowFailureRow } from '../state/schema.ts';
import type { State } from '../state/state.ts';
import type { EventLog } from './events.ts';
import { isoTime } from './time-text.ts';
import type { WebhookMessage } from './webhook.ts';

const beforePark = failpoint('windows.park.before');
const insidePark = failpoint('windows.park.inside');
const afterPark = failpoint('windows.park.after');

/** When a window counts as one that keeps failing (spec CCF §8, row 8): whichever comes first. */
export interface ParkingLimits {
  readonly failures: number;
  /** Since its first failure. */
  readonly ms: number;
}

export const defaultParkingLimits: ParkingLimits = { failures: 12, ms: 24 * 3_600_000 };

export interface PollerOfConnection {
  readonly connectionId: string;
  readonly connectionName: string;
  readonly poller: string;
}

export interface WindowParking {
  /**
   * Counts the failure and, when the window keeps failing and newer ones can be read, parks it: one transaction notes the
   * window and moves the checkpoint behind it, or neither happens.
   */
  failed(of: PollerOfConnection, window: FailedWindow): Promise<'failed' | 'passed'>;
  /** Windows of a poller that collection has moved past and that are still unread. */
  passed(connectionId: string, poller: string): Promise<Window[]>;
  /** Windows of a connection that nobody has read or skipped, in the order of time. */
  undecided(connectionId: string): Promise<ParkedWindowRow[]>;
}

interface ParkingOptions {
  readonly state: State;
  readonly clock: Clock;
  readonly events: EventLog;
  readonly webhook: (message: WebhookMessage) => Promise<void>;
  readonly limits?: Partial<ParkingLimits>;
}

export function createWindowParking(options: ParkingOptions): WindowParking {
  const { state, clock, events } = options;
  const limits = { ...defaultParkingLimits, ...options.limits };

  function isDue(count: WindowFailureRow): boolean {
    return count.failures >= limits.failures || clock.now() - count.first_failed_at >= limits.ms;
  }

  async function park(of: PollerOfConnection, failed: FailedWindow, failures: number): Promise<void> {
    const row = parkedRow(of, failed, { failures, nowMs: clock.now() });
    const message = parkedMessage(of, row);
    beforePark();
    await state.transaction(async (trx) => {
      await insertParkedWindows(trx, [row]);
      insidePark();
      await putCheckpoint(trx, of, { checkpoint: failed.checkpoint, nowMs: clock.now() });
      await clearWindowFailures(trx, of);
      await events.emit(
        {
          kind: 'window.parked',
          severity: 'error',
          connectionId: of.connectionId,
          message,
          data: { ...windowData(row), code: row.error_code, failures },
        },
        trx,
      );
    });
    afterPark();
    events.announce({ type: 'connection', data: { connectionId: of.connectionId } });
    await options.webhook({
      event: 'window.parked',
      connection: of.connectionName,
      code: row.error_code,
      message,
      hint: `Mend the cause, then: sluice connection window-retry ${row.id}`,
    });
  }

  return {
    async failed(of, failed) {
      const count = await state.transaction((trx) =>
        countWindowFailure(trx, of, { window: failed.window, nowMs: clock.now() }),
      );
      if (!isDue(count) || !(await failed.newerWorks())) return 'failed';
      await park(of, failed, count.failures);
      return 'passed';
    },
    async passed(connectionId, poller) {
      const rows = await listParkedWindows(state.db, connectionId, poller);
      return rows
        .filter((row) => row.state !== 'done')
        .map((row) => ({ startMs: row.start_at, endMs: row.end_at }));
    },
    async undecided(connectionId) {
      const rows = await listParkedWindows(state.db, connectionId);
      return rows.filter((row) => row.state === 'parked' || row.state === 'retrying');
    },
  };
}

/** What events say of a window. */
export function windowData(row: ParkedWindowRow) {
  return {
    windowId: row.id,
    poller: row.poller,
    start: isoTime(row.start_at),
    end: isoTime(row.end_at),
  };
}

/** `2026-11-20T12:00:00.000Z to …`, for messages. */
export function windowText(row: Pick<ParkedWindowRow, 'start_at' | 'end_at'>): string {
  return `${isoTime(row.start_at)} to ${isoTime(row.end_at)}`;
}

/** {message, hint?} as it is stored with a window. */
export function storedError(error: SluiceError): string {
  return JSON.stringify({
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  });
}

function parkedMessage(of: PollerOfConnection, row: ParkedWindowRow): string {
  return `${of.connectionName}: the window ${windowText(row)} failed ${row.failures} times in a row and is parked; newer data is collected. Last error: ${row.error_code}`;
}

function parkedRow(
  of: PollerOfConnection,
  { window, bounds, error }: FailedWindow,
  more: { readonly failures: number; readonly nowMs: number },
): ParkedWindowRow {
  return {
    id: randomUUID(),
    connection_id: of.connectionId,
    poller: of.poller,
    start_at: window.startMs,
    end_at: window.endMs,
    request_start_at: bounds.startMs,
    failures: more.failures,
    error_code: error.code,
    error_json: storedError(error),
    parked_at: more.nowMs,
    state: 'parked',
    decided_by: null,
    decided_at: null,
    note: null,
  };
}
