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
  /** `CODE: message`, redacted: the answer was taken, but something about it looks wrong. */
  readonly warning?: string;
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

/** A window whose read failed for a reason that can lie in the window itself. */
export interface FailedWindow {
  readonly window: Window;
  /** Bounds of its requests, overlap included. */
  readonly bounds: Window;
  readonly error: SluiceError;
  /** What to store when the window is passed. */
  readonly checkpoint: Checkpoint;
  /** Asks for one page of the newest window: true when only this window is in the way of newer data. */
  readonly newerWorks: () => Promise<boolean>;
}

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
  /** Traces of good answers have an excerpt of the body too; failures always have. */
  readonly traceBodies?: boolean;
  readonly onRequest?: (trace: PollTrace) => void;
  /** What the sink said of the records of a request, once it took them as one page. */
  readonly onRequestCounts?: (trace: PollTrace, counts: DeliveryCounts) => void;
  readonly onProgress?: (progress: PollProgress) => void;
  /** Called before the first request of each window, so that its bounds can be stored and stay frozen. */
  readonly onWindow?: (window: Window) => void | Promise<void>;
  /**
   * Called when a window failed for a reason that can lie in it. `passed` = it is noted for later and `checkpoint` is stored,
   * both in one act: reading goes on behind it. `failed`, or absent: the run ends with the error.
   */
  readonly onWindowFailed?: (failed: FailedWindow) => Promise<'failed' | 'passed'>;
  /** Windows that were passed unread before; requests of later windows do not reach back into them. */
  readonly passed?: readonly Window[];
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
