import { randomUUID } from 'node:crypto';
import type { Clock, Random } from '../core/clock.ts';
import { type SluiceError, toSluiceError } from '../core/errors.ts';
import type { HttpClient } from '../http/api.ts';
import type { Ingest } from '../ingest/api.ts';
import type { PollOutcome, PollTrace, RunPollerInput } from '../poller/api.ts';
import { runPoller } from '../poller/engine.ts';
import { type BoundConnection, type BoundPoller, bindConnection } from './bound-connection.ts';
import type { ConnectionStore } from './connections.ts';
import type { DefinitionCatalogue } from './definitions.ts';
import type { EventLog } from './events.ts';
import { type HttpClientPool, httpClientFor } from './http-clients.ts';
import type { RunStore } from './runs.ts';
import type { RunEnd } from './scheduler.ts';

interface RunnerOptions {
  readonly connections: ConnectionStore;
  readonly definitions: DefinitionCatalogue;
  readonly runs: RunStore;
  readonly ingest: Ingest;
  readonly events: EventLog;
  readonly httpClients: HttpClientPool;
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
  ): Promise<{ error?: SluiceError; exact: boolean; cancelled: boolean }> {
    let error: SluiceError | undefined;
    let exact = true;
    let cancelled = false;
    for (const poller of bound.pollers) {
      const before = { ...totals };
      const outcome = await runPoller(
        await pollInput({ runId, bound, poller, http, signal, totals, before }),
      );
      applyOutcome(totals, before, outcome);
      error ??= outcome.error;
      exact &&= outcome.guarantee === 'exact';
      cancelled ||= outcome.stopReason === 'cancelled';
    }
    return { exact, cancelled, ...(error ? { error } : {}) };
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
      onWindow: (window) => options.ingest.openWindow(bound.connection.row.id, poller.config.name, window),
      ...(bound.connection.row.start_at === null ? {} : { startMs: bound.connection.row.start_at }),
      sink: await options.ingest.sinkFor(sinkOptions),
      http: context.http,
      clock,
      random: options.random,
      runId,
      signal: context.signal,
      untilCaughtUp: true,
      secrets: bound.secrets,
      onRequest: (trace) => noteRequest(runId, trace, totals),
      onProgress: (progress) => {
        totals.received = before.received + progress.counts.received;
        totals.new_records = before.new_records + progress.counts.new;
        totals.duplicates = before.duplicates + progress.counts.duplicate;
        totals.windows += 1;
        void saveProgress(runId, totals, bound.connection.row.id);
      },
    };
  }

  function noteRequest(runId: string, trace: PollTrace, totals: Totals): void {
    const ordinal = totals.requests;
    totals.requests += 1;
    runs
      .addRequest(runId, ordinal, {
        method: trace.method,
        url: trace.url,
        status: trace.status ?? null,
        startedAtMs: trace.startedAtMs,
        durationMs: trace.durationMs,
        bytes: trace.bytes,
        records: trace.records,
        error: trace.error ?? null,
      })
      .catch((error: unknown) =>
        events.emit({
          kind: 'run.trace-failed',
          severity: 'warning',
          message: `A request trace could not be stored: ${String(error)}`,
        }),
      );
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
    result: { error?: SluiceError; exact: boolean; cancelled: boolean },
  ): Promise<RunEnd> {
    const { error } = result;
    const state = error ? 'failed' : result.cancelled ? 'cancelled' : 'succeeded';
    await runs.update(runId, {
      ...totals,
      state,
      finished_at: clock.now(),
      guarantee: result.exact ? 'exact' : 'at-least-once',
      error_code: error?.code ?? null,
      error_json: error
        ? JSON.stringify({ message: error.message, ...(error.hint ? { hint: error.hint } : {}) })
        : null,
    });
    await runs.prune(connectionId);
    const end = {
      ok: !error,
      throttled: error?.code === 'THROTTLED',
      needsPerson: error !== undefined && personCodes.has(error.code),
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
      announceStart(connectionId, runId);
      try {
        const result = await attempt(runId, connectionId, signal, totals).catch((error: unknown) => ({
          error: toSluiceError(error, { code: 'RUN_FAILED', hint: 'The log has the details.' }),
          exact: true,
          cancelled: signal.aborted,
        }));
        return await finish(connectionId, runId, totals, result);
      } finally {
        current.delete(connectionId);
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
