import { randomUUID } from 'node:crypto';
import type { WindowService } from '../api/services.ts';
import type { Clock } from '../core/clock.ts';
import { SluiceError, toSluiceError } from '../core/errors.ts';
import type { LimiterRegistry } from '../http/rate-limiter.ts';
import type { Ingest } from '../ingest/api.ts';
import { canSplit, type ReadAgainResult, readWindowAgain } from '../poller/window-again.ts';
import { canLieInWindow } from '../poller/window-failure.ts';
import { EDGE_MS, firstHalf } from '../poller/windows.ts';
import {
  changeParkedWindow,
  deleteParkedWindow,
  getParkedWindow,
  insertParkedWindows,
  listParkedWindows,
  reopenRetries,
} from '../state/parked-windows.ts';
import type { ParkedWindowRow } from '../state/schema.ts';
import type { Db, State } from '../state/state.ts';
import { bindConnection } from './bound-connection.ts';
import type { ConnectionStore } from './connections.ts';
import type { DefinitionCatalogue } from './definitions.ts';
import { controlErrors } from './errors.ts';
import type { EventLog, NewEvent } from './events.ts';
import { type HttpClientPool, httpClientFor } from './http-clients.ts';
import { limiterOf } from './throttling.ts';
import { isoTime, isoTimeOrNull } from './time-text.ts';
import { storedError, windowData, windowText } from './window-parking.ts';

interface Options {
  readonly state: State;
  readonly clock: Clock;
  readonly connections: ConnectionStore;
  readonly definitions: DefinitionCatalogue;
  readonly ingest: Ingest;
  readonly events: EventLog;
  readonly httpClients: HttpClientPool;
  readonly limiters: LimiterRegistry;
  /** False while collection is paused for all (disk). */
  readonly mayCollect: () => boolean;
}

export interface ParkedWindows extends WindowService {
  /** Cancels retries that are going on; their windows stay parked. */
  close(): Promise<void>;
}

/** Keys that were last seen before may be gone from the ledger; the sidecars have them (delivery §3). */
const ledgerHorizonMs = 48 * 3_600_000;

/** The API's form of a window. */
function viewOf(row: ParkedWindowRow) {
  const error = JSON.parse(row.error_json) as { message: string; hint?: string };
  return {
    id: row.id,
    connectionId: row.connection_id,
    poller: row.poller,
    start: isoTime(row.start_at),
    end: isoTime(row.end_at),
    state: row.state,
    failures: row.failures,
    error: { code: row.error_code, ...error },
    parkedAt: isoTime(row.parked_at),
    decidedBy: row.decided_by,
    decidedAt: isoTimeOrNull(row.decided_at),
    note: row.note,
  };
}

type WindowErrorCode = Extract<keyof typeof controlErrors, `WINDOW_${string}`>;

function refuse(code: WindowErrorCode, message: string): SluiceError {
  return new SluiceError({ code, message, hint: controlErrors[code].hint });
}

/** What an operator can do with windows that collection has moved past. Every decision is an event. */
export async function createParkedWindows(options: Options): Promise<ParkedWindows> {
  const { state, clock, events } = options;
  const closing = new AbortController();
  const retries = new Set<Promise<unknown>>();
  await reopenRetries(state.db);

  async function find(id: string): Promise<ParkedWindowRow> {
    const row = await getParkedWindow(state.db, id);
    if (!row) throw refuse('WINDOW_NOT_FOUND', `There is no parked window ${id}`);
    return row;
  }

  /** A decision and its event are one act. Refuses when somebody else was faster. */
  async function decide(
    row: ParkedWindowRow,
    change: { readonly patch: Parameters<typeof changeParkedWindow>[2]; readonly event?: NewEvent },
  ): Promise<ParkedWindowRow> {
    await state.transaction(async (trx) => {
      await changeOrRefuse(trx, row, change.patch);
      if (change.event) await events.emit(change.event, trx);
    });
    events.announce({ type: 'connection', data: { connectionId: row.connection_id } });
    return find(row.id);
  }

  async function changeOrRefuse(
    trx: Db,
    row: ParkedWindowRow,
    patch: Parameters<typeof changeParkedWindow>[2],
  ): Promise<void> {
    if (await changeParkedWindow(trx, { id: row.id, from: row.state }, patch)) return;
    throw refuse('WINDOW_STATE_CONFLICT', `The window ${row.id} changed its state meanwhile`);
  }

  function requireState(row: ParkedWindowRow, allowed: readonly ParkedWindowRow['state'][]): void {
    if (allowed.includes(row.state)) return;
    throw refuse('WINDOW_STATE_CONFLICT', `The window ${row.id} is ${row.state}`);
  }

  async function boundPoller(row: ParkedWindowRow) {
    const { definitions } = options;
    const connection = await options.connections.load(await options.connections.find(row.connection_id));
    const bound = await bindConnection({ connection, definitions });
    const poller = bound.pollers.find(({ config }) => config.name === row.poller);
    if (poller) return { bound, poller };
    throw refuse('WINDOW_POLLER_NOT_FOUND', `The definition has no poller ${row.poller} any more`);
  }

  async function readAgain(row: ParkedWindowRow, endMs = row.end_at): Promise<ReadAgainResult> {
    const { ingest } = options;
    const { bound, poller } = await boundPoller(row);
    const { config, sourceIdentity } = poller;
    if (clock.now() - row.request_start_at > ledgerHorizonMs) await ingest.restoreLedger(sourceIdentity);
    const { definition, secrets } = bound;
    return readWindowAgain({
      config,
      sink: await ingest.sinkFor({
        connectionId: row.connection_id,
        definition,
        poller: config,
        sourceIdentity,
      }),
      bounds: { startMs: row.request_start_at, endMs },
      http: httpClientFor(options.httpClients, bound.connection.options),
      limiter: limiterOf(options.limiters, bound, poller),
      clock,
      runId: `window-${row.id}`,
      signal: closing.signal,
      secrets,
    });
  }

  function readEvent(row: ParkedWindowRow, result: ReadAgainResult): NewEvent {
    const exact = result.guarantee === 'exact';
    return {
      kind: 'window.recovered',
      severity: exact ? 'info' : 'warning',
      connectionId: row.connection_id,
      message: `The parked window ${windowText(row)} was read: ${result.counts.new} new record(s), ${result.counts.duplicate} known${exact ? '' : '; at-least-once, because its reads did not agree'}`,
      data: { ...windowData(row), ...result.counts, guarantee: result.guarantee },
    };
  }

  function failedEvent(row: ParkedWindowRow, error: SluiceError): NewEvent {
    return {
      kind: 'window.retry-failed',
      severity: 'warning',
      connectionId: row.connection_id,
      message: `The parked window ${windowText(row)} failed again: ${error.message}`,
      data: { ...windowData(row), code: error.code, hint: error.hint },
    };
  }

  /** Whatever happens, the window does not stay in `retrying`. */
  async function settle(before: ParkedWindowRow, taken: ParkedWindowRow, who: string) {
    try {
      const result = await readAgain(taken);
      const decided = { decided_by: who, decided_at: clock.now() };
      const note = result.guarantee === 'exact' ? before.note : 'at-least-once';
      const patch = { state: 'done' as const, note, ...decided };
      return await decide(taken, { patch, event: readEvent(taken, result) });
    } catch (cause) {
      if (closing.signal.aborted) {
        await decide(taken, { patch: { state: before.state } });
        throw refuse('WINDOW_RETRY_CANCELLED', `The retry of window ${taken.id} was cancelled`);
      }
      const error = toSluiceError(cause, { code: 'RUN_FAILED', hint: controlErrors.RUN_FAILED.hint });
      const failure = { error_code: error.code, error_json: storedError(error) };
      const failures = taken.failures + (canLieInWindow(error) ? 1 : 0);
      const patch = { state: before.state, failures, ...failure };
      return await decide(taken, { patch, event: failedEvent(taken, error) });
    }
  }

  /**
   * Later windows do not reach back behind a parked one, so records that appeared late before its start would be given up
   * with it, and nobody said so. They are looked for now. @returns the code of what went wrong, if anything did
   */
  async function readOverlap(row: ParkedWindowRow): Promise<string | undefined> {
    if (row.request_start_at >= row.start_at) return undefined;
    if (!options.mayCollect()) return 'WINDOW_COLLECTION_PAUSED';
    try {
      await readAgain(row, row.start_at);
      return undefined;
    } catch (cause) {
      return toSluiceError(cause, { code: 'RUN_FAILED' }).code;
    }
  }

  function skipEvent(
    row: ParkedWindowRow,
    decision: { by: string; note: string; overlap?: string },
  ): NewEvent {
    const { by, note, overlap } = decision;
    const late = overlap === undefined ? '' : `; late records before it could not be looked for (${overlap})`;
    return {
      kind: 'window.skipped',
      severity: 'warning',
      connectionId: row.connection_id,
      message: `The parked window ${windowText(row)} was skipped by ${by}: ${note}${late}`,
      data: { ...windowData(row), ...decision },
    };
  }

  async function tracked<T>(work: Promise<T>): Promise<T> {
    retries.add(work);
    try {
      return await work;
    } finally {
      retries.delete(work);
    }
  }

  async function halvesOf(row: ParkedWindowRow): Promise<[ParkedWindowRow, ParkedWindowRow]> {
    const half = firstHalf({ startMs: row.start_at, endMs: row.end_at });
    if (!half) throw refuse('WINDOW_TOO_SHORT', `The window ${windowText(row)} is shorter than two seconds`);
    const { poller } = await boundPoller(row);
    if (!canSplit(poller.config))
      throw refuse('WINDOW_UNBOUNDED', `Requests of poller ${row.poller} have no upper bound`);
    const middle = half.endMs;
    const edge = Math.max(row.request_start_at, middle - EDGE_MS);
    return [
      { ...row, id: randomUUID(), end_at: middle },
      { ...row, id: randomUUID(), start_at: middle, request_start_at: edge },
    ];
  }

  return {
    async list(idOrName) {
      const { id } = await options.connections.find(idOrName);
      return (await listParkedWindows(state.db, id)).map(viewOf);
    },
    async retry(id, who) {
      const row = await find(id);
      requireState(row, ['parked', 'skipped']);
      if (!options.mayCollect())
        throw refuse('WINDOW_COLLECTION_PAUSED', 'Collection is paused: the disk is nearly full');
      const taken = await decide(row, { patch: { state: 'retrying' } });
      return viewOf(await tracked(settle(row, taken, who)));
    },
    async split(id, who) {
      const row = await find(id);
      requireState(row, ['parked']);
      const decided = { decided_by: who, decided_at: clock.now() };
      const halves = (await halvesOf(row)).map((half) => ({ ...half, ...decided }));
      await state.transaction(async (trx) => {
        await changeOrRefuse(trx, row, decided);
        await deleteParkedWindow(trx, row.id);
        await insertParkedWindows(trx, halves);
        await events.emit(
          {
            kind: 'window.split',
            severity: 'info',
            connectionId: row.connection_id,
            message: `The parked window ${windowText(row)} was split by ${who}`,
            data: { ...windowData(row), by: who, into: halves.map(windowData) },
          },
          trx,
        );
      });
      events.announce({ type: 'connection', data: { connectionId: row.connection_id } });
      return halves.map(viewOf);
    },
    async skip(id, who, note) {
      const row = await find(id);
      requireState(row, ['parked']);
      const overlap = await tracked(readOverlap(row));
      const event = skipEvent(row, { by: who, note, ...(overlap === undefined ? {} : { overlap }) });
      const patch = { state: 'skipped' as const, decided_by: who, decided_at: clock.now(), note };
      return viewOf(await decide(row, { patch, event }));
    },
    async close() {
      closing.abort();
      await Promise.allSettled(retries);
    },
  };
}
