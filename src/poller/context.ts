/** What all parts of one poll share: the compiled configuration and the running totals. */
import type { Clock, Random } from '../core/clock.ts';
import type { DeliveryCounts, RecordBytes } from '../core/collect.ts';
import { formatQueryTime } from '../core/dotnet-date.ts';
import { type JsonPath, parseJsonPath } from '../core/json-path.ts';
import { createRedactor, type Redactor } from '../core/redact.ts';
import type { PollerConfig } from '../definition/model.ts';
import type { HttpClient, RequestTrace } from '../http/api.ts';
import { createRateLimiter, type RateLimiter } from '../http/rate-limiter.ts';
import type { PollTrace } from './api.ts';
import { type AppliedAuth, applyAuth } from './auth/registry.ts';
import type { PagingStrategy } from './paging/api.ts';
import { pagingStrategy } from './paging/registry.ts';

export interface PollContext {
  readonly config: PollerConfig;
  readonly auth: AppliedAuth;
  readonly strategy: PagingStrategy;
  readonly eventPaths: readonly JsonPath[];
  readonly keyPaths: readonly JsonPath[];
  readonly eventTimePath: JsonPath | undefined;
  readonly successPath: JsonPath | undefined;
  /** True when equal record keys are one event, so that reading a record again can never hide another. */
  readonly uniqueKeys: boolean;
  readonly redactor: Redactor;
  readonly limiter: RateLimiter;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly traceBodies: boolean;
  readonly onTrace: (trace: PollTrace) => void;
  /** The trace of the request that brought a page's list of records. */
  readonly traceOf: WeakMap<readonly RecordBytes[], PollTrace>;
  readonly onRequestCounts: (trace: PollTrace, counts: DeliveryCounts) => void;
}

export interface ContextInput {
  readonly config: PollerConfig;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly limiter?: RateLimiter;
  /** For jitter; absent = none. */
  readonly random?: Random;
  readonly secrets?: readonly string[];
  readonly traceBodies?: boolean;
  readonly onRequest?: (trace: PollTrace) => void;
  readonly onRequestCounts?: (trace: PollTrace, counts: DeliveryCounts) => void;
}

/** @throws SluiceError for paths, formats and paging blocks that can't work, before anything is sent */
export function createContext(input: ContextInput): PollContext {
  const { config } = input;
  const auth = applyAuth(config.auth);
  const optionalPath = (text: string | undefined) => (text === undefined ? undefined : parseJsonPath(text));
  formatQueryTime(0, config.request.queryTimeFormat);
  for (const path of [config.paging.nextPageTokenJsonPath, config.paging.hasNextFlagJsonPath])
    optionalPath(path);
  return {
    config,
    auth,
    strategy: pagingStrategy(config.paging),
    eventPaths: config.response.eventsJsonPaths.map(parseJsonPath),
    keyPaths: (config.recordKey?.paths ?? []).map(parseJsonPath),
    eventTimePath: optionalPath(config.eventTimePath),
    successPath: optionalPath(config.response.successStatusJsonPath),
    uniqueKeys: config.recordKey?.unique ?? false,
    redactor: createRedactor([...auth.secrets, ...(input.secrets ?? [])]),
    limiter:
      input.limiter ??
      createRateLimiter({
        clock: input.clock,
        random: input.random ?? (() => 0),
        qps: config.request.rateLimitQps,
      }),
    http: input.http,
    clock: input.clock,
    signal: input.signal,
    traceBodies: input.traceBodies ?? false,
    onTrace: input.onRequest ?? (() => {}),
    traceOf: new WeakMap(),
    onRequestCounts: input.onRequestCounts ?? (() => {}),
  };
}

export const noCounts: DeliveryCounts = { received: 0, new: 0, duplicate: 0 };

export function addCounts(a: DeliveryCounts, b: DeliveryCounts): DeliveryCounts {
  return { received: a.received + b.received, new: a.new + b.new, duplicate: a.duplicate + b.duplicate };
}

/** What the poller adds to the trace of a request once its answer is read. */
export interface TraceFindings {
  readonly records: number;
  readonly error?: string;
  readonly warning?: string;
  readonly excerpt?: string;
}

/** Holds back the last trace of a request until its answer is read. */
export function traceRecorder(emit: (trace: PollTrace) => void): {
  onTrace(trace: RequestTrace): void;
  /** The trace as it was emitted. */
  flush(findings: TraceFindings): PollTrace | undefined;
} {
  let held: RequestTrace | undefined;
  const flush = ({ records, error, ...more }: TraceFindings): PollTrace | undefined => {
    if (!held) return undefined;
    const trace: PollTrace = { ...held, ...more, records, error: held.error ?? error };
    held = undefined;
    emit(trace);
    return trace;
  };
  return {
    onTrace(trace) {
      flush({ records: 0 });
      held = trace;
    },
    flush,
  };
}
