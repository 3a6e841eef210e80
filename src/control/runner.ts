import { randomUUID } from 'node:crypto';
import type { Clock, Random } from '../core/clock.ts';
import { type SluiceError, toSluiceError } from '../core/errors.ts';
import type { HttpClient } from '../http/api.ts';
import { HttpError } from '../http/errors.ts';
import type { LimiterRegistry } from '../http/rate-limiter.ts';
import type { Ingest } from '../ingest/api.ts';
import type { PollOutcome, RunPollerInput } from '../poller/api.ts';
import { runPoller } from '../poller/engine.ts';
import { type BoundConnection, type BoundPoller, bindConnection } from './bound-connection.ts';
import type { ConnectionStore } from './connections.ts';
import type { DefinitionCatalogue } from './definitions.ts';
import type { EventLog } from './events.ts';
import { type HttpClientPool, httpClientFor } from './http-clients.ts';
import { createRequestLog, type RequestLog } from './request-log.ts';
import { type RunStore, runErrorText } from './runs.ts';
import type { RunEnd } from './scheduler.ts';
import { limiterOf } from './throttling.ts';
import type { WindowParking } from './window-parking.ts';

interface RunnerOptions {
  readonly connections: ConnectionStore;
  readonly definitions: DefinitionCatalogue;
  readonly runs: RunStore;
  readonly ingest: Ingest;
  readonly events: EventLog;
  readonly httpClients: HttpClientPool;
  readonly parking: WindowParking;
  readonly limiters: LimiterRegistry;
  readonly clock: Clock;
  readonly random: Random;
  /** Called when a run has ended, with what is known of the connection's fortunes. */
  readonly onEnd: (connectionId: string, end: RunEnd, error: SluiceError | undefined) => Promise<void>;
}

export interface Runner {
  /** Brings a connection up to date; never rejects, failures are in the run. */
  run(connectionId: string, signal: AbortSignal): Promise<RunEnd>;
  /** Id of the run that is going on, or of the next one to start. */
  nextRunId(connectionId: string): Promise<string>;
}

interface Totals {
  requests: number;
  pages: number;
  received: number;
  new_records: number;
  duplicates: number;
  windows: number;
}

interface RunResult {
  readonly error?: SluiceError;
  /** The poller that failed first. */
  readonly poller?: string;
  /** When the service is to be asked again. */
  readonly retryAtMs?: number;
  readonly exact: boolean;
  readonly cancelled: boolean;
}

/** Codes that time alone does not mend: a person has to change a credential or the configuration. */
const personCodes = new Set([
  'AUTH_REFUSED',
  'RESPONSE_REDIRECT',
  'RESPONSE_HTML',
  'HTTP_NOT_FOUND',
  'HTTP_STATUS',
  'HTTP_TLS',
  'JSON_PATH_INVALID',
  'PARAMETERS_MISSING',
  'DEFINITION_NOT_FOUND',
  'CURSOR_REJECTED',
]);

export function createRunner(options: RunnerOptions): Runner {
  const { runs, clock, events } = options;
  const current = new Map<string, string>();
  const waiting = new Map<string, ((id: string) => void)[]>();
  const requestLogs = new Map<string, RequestLog>();

  function announceStart(connectionId: string, runId: string): void {
    current.set(connectionId, runId);
    for (const resolve of waiting.get(connectionId) ?? []) resolve(runId);
    waiting.delete(connectionId);
    events.announce({ type: 'run', data: { connectionId, runId, state: 'running' } });
  }

  /** Polls one after the other; a failed poller does not keep the others from running. */
  async function pollAll(
    runId: string,
    bound: BoundConnection,
    http: HttpClient,
    signal: AbortSignal,
    totals: Totals,
  ): Promise<RunResult> {
    let error: SluiceError | undefined;
    let failed: string | undefined;
    let retryAtMs: number | undefined;
    let exact = true;
    let cancelled = false;
    for (const poller of bound.pollers) {
      const before = { ...totals };
      const outcome = await runPoller(
        await pollInput({ runId, bound, poller, http, signal, totals, before }),
      );
      applyOutcome(totals, before, outcome);
      // A real failure is worth more words than a throttled poller beside it.
      if (outcome.error && (!error || (error.code === 'THROTTLED' && outcome.error.code !== 'THROTTLED'))) {
        failed = poller.config.name;
        error = outcome.error;
        retryAtMs = retryTime(outcome.error);
      }
      exact &&= outcome.guarantee === 'exact';
      cancelled ||= outcome.stopReason === 'cancelled';
    }
    return {
      exact,
      cancelled,
      ...(error ? { error } : {}),
      ...(failed ? { poller: failed } : {}),
      ...(retryAtMs === undefined ? {} : { retryAtMs }),
    };
  }

  function retryTime(error: SluiceError): number | undefined {
    if (!(error instanceof HttpError) || error.retryAfterMs === undefined) return undefined;
    return clock.now() + error.retryAfterMs;
  }

  interface PollContext {
    readonly runId: string;
    readonly bound: BoundConnection;
    readonly poller: BoundPoller;
    readonly http: HttpClient;
    readonly signal: AbortSignal;
    readonly totals: Totals;
    readonly before: Totals;
  }

  async function pollInput(context: PollContext): Promise<RunPollerInput> {
    const position = await options.ingest.checkpoint(
      context.bound.connection.row.id,
      context.poller.config.name,
    );
    const { bound, poller, totals, before, runId } = context;
    const sinkOptions = {
      connectionId: bound.connection.row.id,
      definition: bound.definition,
      poller: poller.config,
      sourceIdentity: poller.sourceIdentity,
    };
    return {
      config: poller.config,
      checkpoint: position.checkpoint,
      ...(position.openWindow ? { openWindow: position.openWindow } : {}),
      passed: await options.parking.passed(bound.connection.row.id, poller.config.name),
      onWindowFailed: (failed) =>
        options.parking.failed(
          {
            connectionId: bound.connection.row.id,
            connectionName: bound.connection.row.name,
            poller: poller.config.name,
          },
          failed,
        ),
      onWindow: (window) => options.ingest.openWindow(bound.connection.row.id, poller.config.name, window),
      ...(bound.connection.row.start_at === null ? {} : { startMs: bound.connection.row.start_at }),
      sink: await options.ingest.sinkFor(sinkOptions),
      http: context.http,
      limiter: limiterOf(options.limiters, bound, poller),
      clock,
      random: options.random,
      runId,
      signal: context.signal,
      untilCaughtUp: true,
      secrets: bound.secrets,
      traceBodies: bound.connection.options.traceBodies ?? false,
      onRequest: (trace) => {
        totals.requests += 1;
        requestLogs.get(runId)?.note(trace, poller.config.name);
      },
      onRequestCounts: (trace, counts) => requestLogs.get(runId)?.counted(trace, counts),
      onProgress: (progress) => {
        totals.received = before.received + progress.counts.received;
        totals.new_records = before.new_records + progress.counts.new;
        totals.duplicates = before.duplicates + progress.counts.duplicate;
        totals.windows += 1;
        void saveProgress(runId, totals, bound.connection.row.id);
      },
    };
  }

  function openLog(runId: string, connectionId: string): void {
    const log = createRequestLog({
      add: (ordinal, trace) => runs.addRequest(runId, ordinal, trace),
      onError: (error) =>
        void events.emit({
          kind: 'run.trace-failed',
          severity: 'warning',
          connectionId,
          message: `A request trace could not be stored: ${String(error)}`,
        }),
      onWarning: (warning, poller) =>
        void events.emit({
          kind: 'run.answer-suspect',
          severity: 'warning',
          connectionId,
          message: `${poller}: ${warning}`,
          data: { runId },
        }),
    });
    requestLogs.set(runId, log);
  }

  async function closeLog(runId: string): Promise<void> {
    await requestLogs.get(runId)?.settled();
    requestLogs.delete(runId);
  }

  async function saveProgress(runId: string, totals: Totals, connectionId: string): Promise<void> {
    await runs.update(runId, { ...totals });
    events.announce({ type: 'run', data: { connectionId, runId, state: 'running' } });
  }

  function applyOutcome(totals: Totals, before: Totals, outcome: PollOutcome): void {
    totals.pages = before.pages + outcome.pages;
    totals.windows = before.windows + outcome.windows;
    totals.received = before.received + outcome.counts.received;
    totals.new_records = before.new_records + outcome.counts.new;
    totals.duplicates = before.duplicates + outcome.counts.duplicate;
  }

  async function attempt(runId: string, connectionId: string, signal: AbortSignal, totals: Totals) {
    const row = await options.connections.find(connectionId);
    const bound = await bindConnection({
      connection: await options.connections.load(row),
      definitions: options.definitions,
    });
    return pollAll(
      runId,
      bound,
      httpClientFor(options.httpClients, bound.connection.options),
      signal,
      totals,
    );
  }

  async function finish(
    connectionId: string,
    runId: string,
    totals: Totals,
    result: RunResult,
  ): Promise<RunEnd> {
    const { error, retryAtMs } = result;
    const throttled = error?.code === 'THROTTLED';
    const ended = result.cancelled ? 'cancelled' : 'succeeded';
    const state = throttled ? 'throttled' : error ? 'failed' : ended;
    await closeLog(runId);
    await runs.update(runId, {
      ...totals,
      state,
      finished_at: clock.now(),
      guarantee: result.exact ? 'exact' : 'at-least-once',
      error_code: error?.code ?? null,
      error_json: error ? runErrorText(error, result) : null,
    });
    await runs.prune(connectionId);
    const end = {
      ok: !error,
      throttled,
      needsPerson: error !== undefined && retryAtMs === undefined && personCodes.has(error.code),
      ...(retryAtMs === undefined ? {} : { retryAtMs }),
    };
    if (!result.cancelled) await options.onEnd(connectionId, end, error);
    events.announce({ type: 'run', data: { connectionId, runId, state } });
    return end;
  }

  return {
    async run(connectionId, signal) {
      const runId = randomUUID();
      const totals: Totals = {
        requests: 0,
        pages: 0,
        received: 0,
        new_records: 0,
        duplicates: 0,
        windows: 0,
      };
      await runs.start(runId, connectionId, clock.now());
      openLog(runId, connectionId);
      announceStart(connectionId, runId);
      try {
        const result: RunResult = await attempt(runId, connectionId, signal, totals).catch(
          (error: unknown) => ({
            error: toSluiceError(error, { code: 'RUN_FAILED', hint: 'The log has the details.' }),
            exact: true,
            cancelled: signal.aborted,
          }),
        );
        return await finish(connectionId, runId, totals, result);
      } finally {
        current.delete(connectionId);
        requestLogs.delete(runId);
      }
    },
    async nextRunId(connectionId) {
      const runId = current.get(connectionId);
      if (runId !== undefined) return runId;
      return new Promise((resolve) =>
        waiting.set(connectionId, [...(waiting.get(connectionId) ?? []), resolve]),
      );
    },
  };
}
