/**
 * What is known about how fast one service may be called with one credential: pure.
 *
 * A request may start when none of these holds it back; the one that ends last is the reason that is shown:
 * - `own-limit`: each lane (a connection) keeps its static gap, all lanes together the gap of the fastest one.
 * - `slowed`: after a 429 without a usable hint the allowed rate is halved (never below one a minute) and grows by a tenth
 *   of what it was per minute from the first good answer on, until it is back; then the slowing ends.
 * - `budget`: the service says how much is left of a period. The first half is free; then requests are spread over what is
 *   left of the period. The reserve is never used: it belongs to other clients of the credential.
 * - `held`: the service said when to come back (`retry-after`, `reset`), or did not (`back-off`, doubling).
 *
 * Events: a request starts (`requestStarted`); its answer, or its failure, comes (`requestEnded`). At least one request can
 * always start in the end: a period's end forgets its budget, a hold has a cap, the slowest rate is one a minute.
 */
import type { Random } from '../core/clock.ts';
import { type Budget, budgetAfterAnswer, budgetAt, budgetOpensAt } from './rate-budget.ts';
import { isRetryableStatus, retryWait } from './retry-timing.ts';

/** A service that asks for more is asked again after this. */
export const MAX_HOLD_MS = 24 * 3_600_000;
/** Slowest rate that 429 answers lead to. */
export const SLOWEST_PER_MINUTE = 1;
const MINUTE_MS = 60_000;
/** Shortest time over which the rate before a 429 is measured. */
const MIN_SPAN_MS = 250;
const MAX_RECENT = 600;
/** A lane that is silent for so long no longer counts for the static limit of all. */
const LANE_IDLE_MS = 10 * MINUTE_MS;

export type LimitReason = 'own-limit' | 'slowed' | 'budget' | 'retry-after' | 'reset' | 'back-off';

interface Lane {
  /** 0 = no static limit. */
  readonly gapMs: number;
  readonly lastStartMs: number;
}

interface Slowed {
  readonly perMinute: number;
  /** Where slowing ends. */
  readonly fullPerMinute: number;
  /** Until when growth is counted; while the service holds, the end of the hold. */
  readonly grownAtMs: number;
}

export interface LimitState {
  readonly lanes: ReadonlyMap<string, Lane>;
  readonly lastStartMs: number | undefined;
  /** Starts of the last minute. */
  readonly recent: readonly number[];
  readonly inFlight: number;
  readonly hold: { readonly untilMs: number; readonly reason: LimitReason } | undefined;
  readonly slowed: Slowed | undefined;
  readonly budget: Budget | undefined;
  /** 429 answers without a usable hint since the last good answer, and when the newest came. */
  readonly strikes: number;
  readonly struckAtMs: number;
}

export const freshLimit: LimitState = {
  lanes: new Map(),
  lastStartMs: undefined,
  recent: [],
  inFlight: 0,
  hold: undefined,
  slowed: undefined,
  budget: undefined,
  strikes: 0,
  struckAtMs: Number.NEGATIVE_INFINITY,
};

export interface LimitRequest {
  readonly lane: string;
  /** Static gap between two starts of the lane; 0 = none. */
  readonly gapMs: number;
  /** Share (0 to 1) of a period's budget that is left to others. */
  readonly reserve: number;
}

export interface NextStart {
  readonly atMs: number;
  readonly reason: LimitReason | undefined;
}

/** Gap that all lanes together keep: the smallest; 0 when one has none. */
function sharedGapMs(state: LimitState, request: LimitRequest): number {
  return Math.min(request.gapMs, ...[...state.lanes.values()].map((lane) => lane.gapMs));
}

/** When the request may start, `nowMs` at the earliest. */
export function nextStart(state: LimitState, request: LimitRequest, nowMs: number): NextStart {
  const since = state.lastStartMs ?? Number.NEGATIVE_INFINITY;
  const own = state.lanes.get(request.lane)?.lastStartMs ?? Number.NEGATIVE_INFINITY;
  const times: [number, LimitReason][] = [
    [Math.max(own + request.gapMs, since + sharedGapMs(state, request)), 'own-limit'],
    [state.slowed ? since + MINUTE_MS / state.slowed.perMinute : 0, 'slowed'],
    [budgetOpensAt({ ...state, reserve: request.reserve, nowMs }), 'budget'],
    [state.hold?.untilMs ?? 0, state.hold?.reason ?? 'back-off'],
  ];
  let next: NextStart = { atMs: nowMs, reason: undefined };
  for (const [atMs, reason] of times) if (atMs > next.atMs) next = { atMs, reason };
  return next;
}

/** A request starts now. */
export function requestStarted(state: LimitState, request: LimitRequest, nowMs: number): LimitState {
  const lanes = new Map([...state.lanes].filter(([, lane]) => lane.lastStartMs > nowMs - LANE_IDLE_MS));
  lanes.set(request.lane, { gapMs: request.gapMs, lastStartMs: nowMs });
  const budget = budgetAt(state.budget, nowMs);
  return {
    ...state,
    lanes,
    lastStartMs: nowMs,
    recent: [...state.recent.filter((at) => at > nowMs - MINUTE_MS), nowMs].slice(-MAX_RECENT),
    inFlight: state.inFlight + 1,
    hold: state.hold && state.hold.untilMs > nowMs ? state.hold : undefined,
    budget: budget && { ...budget, remaining: budget.remaining - 1 },
  };
}

export interface RequestEnd {
  readonly startedAtMs: number;
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly nowMs: number;
  readonly random: Random;
}

/** Calls a minute that were allowed, or made, when the service refused. */
function rateBefore(state: LimitState, nowMs: number): number {
  if (state.slowed) return state.slowed.perMinute;
  const spanMs = Math.max(MIN_SPAN_MS, nowMs - (state.recent[0] ?? nowMs));
  const made = (state.recent.length * MINUTE_MS) / spanMs;
  const gapMs = Math.min(...[...state.lanes.values()].map((lane) => lane.gapMs));
  return Math.max(2 * SLOWEST_PER_MINUTE, gapMs > 0 ? Math.min(made, MINUTE_MS / gapMs) : made);
}

function slowDown(state: LimitState, nowMs: number, holdEndMs: number): Slowed {
  const before = rateBefore(state, nowMs);
  return {
    perMinute: Math.max(SLOWEST_PER_MINUTE, before / 2),
    fullPerMinute: state.slowed?.fullPerMinute ?? before,
    grownAtMs: holdEndMs,
  };
}

function speedUp(slowed: Slowed | undefined, nowMs: number): Slowed | undefined {
  if (!slowed) return undefined;
  const step = Math.max(SLOWEST_PER_MINUTE, slowed.fullPerMinute / 10);
  const perMinute = slowed.perMinute + (step * Math.max(0, nowMs - slowed.grownAtMs)) / MINUTE_MS;
  if (perMinute >= slowed.fullPerMinute) return undefined;
  return { ...slowed, perMinute, grownAtMs: Math.max(nowMs, slowed.grownAtMs) };
}

type Hold = NonNullable<LimitState['hold']>;

function laterHold(a: Hold | undefined, b: Hold): Hold {
  return a && a.untilMs > b.untilMs ? a : b;
}

/** The service said when to come back; the jitter keeps its clients from coming all at once. */
function hinted(state: LimitState, end: RequestEnd, waitMs: number, reason: LimitReason): LimitState {
  const untilMs = end.nowMs + Math.min(waitMs, MAX_HOLD_MS) + Math.round(end.random() * 1000);
  return { ...state, budget: undefined, hold: laterHold(state.hold, { untilMs, reason }) };
}

/** 429 without a usable hint. Several that were on their way together are one event. */
function struck(state: LimitState, end: RequestEnd): LimitState {
  const same = end.startedAtMs <= state.struckAtMs;
  const strikes = same ? state.strikes : state.strikes + 1;
  const { waitMs } = retryWait({ ...end, headers: {}, status: 429, attempt: strikes });
  const hold = laterHold(state.hold, { untilMs: end.nowMs + waitMs, reason: 'back-off' });
  if (same) return { ...state, budget: undefined, hold };
  const slowed = slowDown(state, end.nowMs, hold.untilMs);
  return { ...state, budget: undefined, hold, slowed, strikes, struckAtMs: end.nowMs };
}

/** An answer came, or no answer will come. */
export function requestEnded(before: LimitState, end: RequestEnd): LimitState {
  const { status, headers, nowMs, random } = end;
  const state = { ...before, inFlight: Math.max(0, before.inFlight - 1) };
  if (status === undefined) return state;
  if (isRetryableStatus(status)) {
    const { waitMs, source } = retryWait({ headers, status, attempt: 1, nowMs, random });
    if (source !== 'backoff') return hinted(state, end, waitMs, source);
    if (status === 429) return struck(state, end);
    return state;
  }
  return {
    ...state,
    strikes: 0,
    slowed: speedUp(state.slowed, nowMs),
    budget: budgetAfterAnswer({ ...state, headers, nowMs }),
  };
}

/** Calls a minute that a lane may make now; undefined = no limit is known. */
export function allowedPerMinute(state: LimitState, request: LimitRequest): number | undefined {
  const gapMs = Math.max(request.gapMs, sharedGapMs(state, request));
  const rates = [gapMs > 0 ? MINUTE_MS / gapMs : undefined, state.slowed?.perMinute].filter(
    (rate) => rate !== undefined,
  );
  return rates.length === 0 ? undefined : Math.min(...rates);
}
