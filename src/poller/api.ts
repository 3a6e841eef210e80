/** What the poller takes and gives: the only file of the folder that its callers need besides engine.ts and test-poller.ts. */
import type { Clock, Random } from '../core/clock.ts';
import type { Checkpoint, DeliveryCounts, RecordBytes, RecordSink, Window } from '../core/collect.ts';
import type { SluiceError } from '../core/errors.ts';
import type { PollerConfig } from '../definition/model.ts';
import type { HttpClient, RequestTrace } from '../http/api.ts';
import type { RateLimiter } from '../http/rate-limiter.ts';

/** One request of a run: the trace of the HTTP client plus the records that its page held (0 on errors). */
export interface PollTrace extends RequestTrace {
  readonly records: number;
}

export interface PollProgress {
  /** End of the last delivered window; for cursor pollers the time of the last delivered page. */
  readonly windowEndMs: number;
  /** Where this run stops: now - delay. */
  readonly limitMs: number;
  /** Totals of the run so far. */
  readonly counts: DeliveryCounts;
}

export interface PollBudgets {
  /** Pages of one window before it is split. */
  readonly pagesPerWindow: number;
  /** Record bytes of one window held in memory while an unstable read is verified. */
  readonly bytesPerWindow: number;
}

export const defaultBudgets: PollBudgets = { pagesPerWindow: 50, bytesPerWindow: 64 * 1024 * 1024 };

export interface RunPollerInput {
  readonly config: PollerConfig;
  readonly checkpoint: Checkpoint;
  /** What `onWindow` was last given, while nothing was committed after it: its bounds are used again when they still fit. */
  readonly openWindow?: Window;
  /** Where the first window starts; must stay the same for the connection's life. Absent = one window back. */
  readonly startMs?: number;
  readonly sink: RecordSink;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly runId: string;
  readonly signal?: AbortSignal;
  readonly budgets?: Partial<PollBudgets>;
  /** True: window after window until now - delay. False: one window (cursor pollers: one page budget). */
  readonly untilCaughtUp: boolean;
  /** Shared by everything that calls the same service for the connection; absent = one per run from `rateLimitQps`. */
  readonly limiter?: RateLimiter;
  /** Values that must not appear in errors and traces, besides those in `config.auth`. */
  readonly secrets?: readonly string[];
  readonly onRequest?: (trace: PollTrace) => void;
  readonly onProgress?: (progress: PollProgress) => void;
  /** Called before the first request of each window, so that its bounds can be stored and stay frozen. */
  readonly onWindow?: (window: Window) => void | Promise<void>;
}

/** Why a poll ended. */
export type StopReason =
  /** Read to the limit, or to the tip of the stream. */
  | 'caught-up'
  /** `untilCaughtUp` was false and one window is done. */
  | 'one-window'
  /** `untilCaughtUp` was false and the page budget is used; the cursor is stored. */
  | 'page-budget'
  | 'inactive'
  | 'cancelled'
  | 'failed';

export interface PollOutcome {
  readonly counts: DeliveryCounts;
  /** Windows delivered completely. */
  readonly windows: number;
  /** Pages read, verification reads included. */
  readonly pages: number;
  /** `at-least-once` when a read could not be proved stable. */
  readonly guarantee: 'exact' | 'at-least-once';
  readonly stopReason: StopReason;
  /** Newest checkpoint handed to the sink and committed; the input's when nothing was. */
  readonly checkpoint: Checkpoint;
  /** With `failed`: what failed. Windows delivered before it stay delivered. */
  readonly error?: SluiceError;
}

export interface TestPollerInput {
  readonly config: PollerConfig;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly startMs?: number;
  readonly signal?: AbortSignal;
  readonly secrets?: readonly string[];
  /** Records to return, default 5. */
  readonly sampleSize?: number;
}

export interface TestPollerResult {
  readonly method: string;
  /** Redacted. */
  readonly url: string;
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  readonly durationMs: number;
  readonly records: number;
  readonly sample: readonly RecordBytes[];
  readonly error?: SluiceError;
}
