/** When a status row is due: pure (spec CCF §6.1, §6.2). */

export const hourMs = 3600_000;

export interface FetchState {
  readonly status: 'unknown' | 'success' | 'failure';
  /** Code of the failure; '' on success. */
  readonly reason: string;
  readonly since: number;
  readonly lastEmitted: number | null;
  /** When the throttling that goes on began. */
  readonly throttledSince: number | null;
}

export interface Observation {
  readonly ok: boolean;
  /** Code of the failure; '' on success. */
  readonly reason: string;
  /** May pass by itself: told only when it lasts for more than an hour. */
  readonly throttled: boolean;
}

export const unknownState = (nowMs: number): FetchState => ({
  status: 'unknown',
  reason: '',
  since: nowMs,
  lastEmitted: null,
  throttledSince: null,
});

/**
 * The state after an observation, and whether it is told: at once when status or reason changed, else once an hour.
 * Throttling is a failure only after it has lasted an hour; until then what was said before stands, unrepeated.
 */
export function observe(
  state: FetchState,
  observation: Observation,
  nowMs: number,
): { readonly state: FetchState; readonly emit: boolean } {
  const throttledSince = observation.throttled ? (state.throttledSince ?? nowMs) : null;
  if (throttledSince !== null && nowMs - throttledSince <= hourMs)
    return { state: { ...state, throttledSince }, emit: false };
  const status = observation.ok ? 'success' : 'failure';
  const changed = status !== state.status || observation.reason !== state.reason;
  const emit = changed || state.lastEmitted === null || nowMs - state.lastEmitted >= hourMs;
  return {
    state: {
      status,
      reason: observation.reason,
      since: changed ? (throttledSince ?? nowMs) : state.since,
      lastEmitted: emit ? nowMs : state.lastEmitted,
      throttledSince,
    },
    emit,
  };
}

export interface FailureEntry {
  readonly code: string;
  readonly message: string;
  readonly statusCode?: number;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Distinct failures that a summary lists; further ones are counted under the code alone. */
const distinctFailures = 20;

/** Adds a failure to those of the hour. */
export function addFailure(
  failures: readonly FailureEntry[],
  failure: { readonly code: string; readonly message: string; readonly statusCode?: number },
  nowMs: number,
): readonly FailureEntry[] {
  const known = (message: string) => failures.find((f) => f.code === failure.code && f.message === message);
  const others = '(more failures of this kind)';
  const message = known(failure.message) || failures.length < distinctFailures ? failure.message : others;
  const same = known(message);
  if (!same) return [...failures, { ...failure, message, count: 1, firstAt: nowMs, lastAt: nowMs }];
  return failures.map((f) => (f === same ? { ...f, count: f.count + 1, lastAt: nowMs } : f));
}
