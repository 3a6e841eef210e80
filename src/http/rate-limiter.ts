/** Makes requests wait for their turn, as limit-state.ts says. */
import { createHash } from 'node:crypto';
import type { Clock, Random } from '../core/clock.ts';
import {
  allowedPerMinute,
  freshLimit,
  type LimitReason,
  type LimitRequest,
  type LimitState,
  nextStart,
  type RequestEnd,
  requestEnded,
  requestStarted,
} from './limit-state.ts';

const DEFAULT_RESERVE = 0.1;
/** A service and credential that nobody asks for so long is forgotten. */
const IDLE_MS = 24 * 3_600_000;

/** The service does not let the next request start within the wait that the caller may spend. */
export class WaitTooLong extends Error {
  readonly untilMs: number;
  readonly reason: LimitReason;

  constructor(untilMs: number, reason: LimitReason) {
    super(`the next request may start at ${new Date(untilMs).toISOString()} (${reason})`);
    this.untilMs = untilMs;
    this.reason = reason;
  }
}

export type LimitedAnswer = Pick<RequestEnd, 'startedAtMs' | 'status' | 'headers'>;

/** One connection's turn-taking at one service. Each `take` that resolves must be followed by one `note`. */
export interface RateLimiter {
  /**
   * Resolves when the next request may start. Rejects with the signal's reason, or with `WaitTooLong` when the service
   * holds it back for longer than `maxWaitMs` (the connection's own static limit is always waited for).
   */
  take(signal?: AbortSignal, maxWaitMs?: number): Promise<void>;
  /** What became of the request. @returns until when the service holds back the next one, if its answer said or meant so */
  note(answer: LimitedAnswer): { readonly untilMs: number; readonly reason: LimitReason } | undefined;
}

/** For people: what holds a connection back now. Null = nothing. */
export interface RateView {
  readonly allowedPerMinute: number | null;
  readonly waitingUntilMs: number | null;
  readonly reason: LimitReason | null;
}

interface Waiter extends LimitRequest {
  readonly arrivedAtMs: number;
  readonly maxWaitMs: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

interface SharedLimit {
  state: LimitState;
  /** In the order of arrival. */
  waiters: Waiter[];
  /** Ends the sleep until the next turn. */
  timer: AbortController | undefined;
  /** What each lane last asked for, for its view. */
  readonly asked: Map<string, LimitRequest>;
  usedAtMs: number;
}

interface Tools {
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Lets everybody start whose time has come, oldest first, refuses those who would wait too long, and sleeps until the next
 * one's time. Called at each event, so that nobody sleeps past a change.
 */
function giveTurns(shared: SharedLimit, { clock, random }: Tools): void {
  shared.timer?.abort();
  shared.timer = undefined;
  const nowMs = clock.now();
  let wakeAtMs = Number.POSITIVE_INFINITY;
  shared.waiters = shared.waiters.filter((waiter) => {
    const { atMs, reason } = nextStart(shared.state, waiter, nowMs);
    if (atMs <= nowMs) {
      shared.state = requestStarted(shared.state, waiter, nowMs);
      waiter.resolve();
      return false;
    }
    if (reason !== undefined && reason !== 'own-limit' && atMs - waiter.arrivedAtMs > waiter.maxWaitMs) {
      waiter.reject(new WaitTooLong(atMs, reason));
      return false;
    }
    wakeAtMs = Math.min(wakeAtMs, atMs);
    return true;
  });
  if (shared.waiters.length === 0) return;
  const timer = new AbortController();
  shared.timer = timer;
  clock.sleep(Math.ceil(wakeAtMs - nowMs), timer.signal).then(
    () => {
      if (shared.timer === timer) giveTurns(shared, { clock, random });
    },
    // Aborted: a newer event has taken over.
    () => undefined,
  );
}

function waitForTurn(
  shared: SharedLimit,
  tools: Tools,
  {
    signal,
    ...request
  }: LimitRequest & { readonly maxWaitMs: number; readonly signal: AbortSignal | undefined },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      shared.waiters = shared.waiters.filter((w) => w !== waiter);
      giveTurns(shared, tools);
      reject(signal?.reason);
    };
    const waiter: Waiter = {
      ...request,
      arrivedAtMs: tools.clock.now(),
      resolve: () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      },
      reject: (reason) => {
        signal?.removeEventListener('abort', leave);
        reject(reason);
      },
    };
    signal?.addEventListener('abort', leave, { once: true });
    shared.waiters.push(waiter);
    giveTurns(shared, tools);
  });
}

function limiterOn(shared: SharedLimit, tools: Tools, request: LimitRequest): RateLimiter {
  shared.asked.set(request.lane, request);
  return {
    async take(signal, maxWaitMs = Number.POSITIVE_INFINITY) {
      signal?.throwIfAborted();
      shared.usedAtMs = tools.clock.now();
      await waitForTurn(shared, tools, { ...request, maxWaitMs, signal });
    },
    note(answer) {
      const nowMs = tools.clock.now();
      const before = shared.state.hold;
      shared.state = requestEnded(shared.state, { ...answer, nowMs, random: tools.random });
      giveTurns(shared, tools);
      const { hold } = shared.state;
      const refused = answer.status === 429 || hold !== before;
      return refused && hold && hold.untilMs > nowMs ? hold : undefined;
    },
  };
}

function freshShared(nowMs: number): SharedLimit {
  return { state: freshLimit, waiters: [], timer: undefined, asked: new Map(), usedAtMs: nowMs };
}

/** @param qps calls a second, fractions allowed; 0, negative or undefined = no static limit (spec CCF §8 #42) */
function requestOf(lane: string, qps: number | undefined, reserve = DEFAULT_RESERVE): LimitRequest {
  return { lane, gapMs: qps !== undefined && qps > 0 ? 1000 / qps : 0, reserve };
}

/** A limiter of its own, shared with nobody. */
export function createRateLimiter(options: Tools & { readonly qps?: number | undefined }): RateLimiter {
  return limiterOn(freshShared(options.clock.now()), options, requestOf('own', options.qps));
}

export interface LimiterInput {
  /** Who asks: limiters of one lane keep `qps` together. */
  readonly lane: string;
  /** Any URL of the service; its origin counts. */
  readonly url: string;
  /** What makes up the credential; empty = none. Only a digest is kept. */
  readonly credential: readonly string[];
  readonly qps?: number | undefined;
  /** Share (0 to 1) of a budget that the service tells, left to its other clients. Default 0.1. */
  readonly reserve?: number;
}

export interface LimiterRegistry {
  /** The limiter of a lane; all lanes with the same origin and credential share what the service allows. */
  limiterFor(input: LimiterInput): RateLimiter;
  /** Undefined when the lane has not asked anything yet. */
  view(lane: string): RateView | undefined;
}

function keyOf({ url, credential }: LimiterInput): string {
  const origin = URL.canParse(url) ? new URL(url).origin : url;
  const secret = [...new Set(credential)].sort().join('\0');
  return `${origin} ${createHash('sha256').update(secret).digest('hex')}`;
}

function viewOf({ state, waiters }: SharedLimit, request: LimitRequest, nowMs: number): RateView {
  const rate = allowedPerMinute(state, request);
  const next = nextStart(state, request, nowMs);
  const held =
    next.reason !== undefined &&
    (next.reason !== 'own-limit' || waiters.some((w) => w.lane === request.lane));
  return {
    allowedPerMinute: rate === undefined ? null : Math.round(rate * 10) / 10,
    waitingUntilMs: held ? next.atMs : null,
    reason: held ? (next.reason ?? null) : state.slowed ? 'slowed' : null,
  };
}

/** Limiters of the whole process. */
export function createLimiterRegistry(tools: Tools): LimiterRegistry {
  const all = new Map<string, SharedLimit>();

  function sharedFor(key: string): SharedLimit {
    const nowMs = tools.clock.now();
    for (const [k, s] of all)
      if (k !== key && s.waiters.length === 0 && s.usedAtMs < nowMs - IDLE_MS) all.delete(k);
    const shared = all.get(key) ?? freshShared(nowMs);
    all.set(key, shared);
    return shared;
  }

  return {
    limiterFor: (input) =>
      limiterOn(sharedFor(keyOf(input)), tools, requestOf(input.lane, input.qps, input.reserve)),
    view(lane) {
      const nowMs = tools.clock.now();
      const views = [...all.values()].flatMap((shared) => {
        const request = shared.asked.get(lane);
        return request ? [viewOf(shared, request, nowMs)] : [];
      });
      if (views.length === 0) return undefined;
      const rates = views.flatMap((v) => (v.allowedPerMinute === null ? [] : [v.allowedPerMinute]));
      const worst = views.toSorted((a, b) => (b.waitingUntilMs ?? 0) - (a.waitingUntilMs ?? 0))[0];
      return {
        allowedPerMinute: rates.length === 0 ? null : Math.min(...rates),
        waitingUntilMs: worst?.waitingUntilMs ?? null,
        reason: worst?.reason ?? null,
      };
    },
  };
}
