/** A service that throttles is a state of a connection, not a failure: nothing is lost, and it is known when it goes on. */

import type { LimiterRegistry, RateLimiter, RateView } from '../http/rate-limiter.ts';
import { applyAuth } from '../poller/auth/registry.ts';
import type { RunRow } from '../state/schema.ts';
import type { BoundConnection, BoundPoller } from './bound-connection.ts';
import { runErrorOf } from './runs.ts';
import { isoTimeOrNull } from './time-text.ts';

/** The limiter of a poller: one budget for all connections with the same host and credential. */
export function limiterOf(
  limiters: LimiterRegistry,
  bound: BoundConnection,
  { config }: BoundPoller,
): RateLimiter {
  const { secrets } = applyAuth(config.auth);
  return limiters.limiterFor({
    lane: bound.connection.row.id,
    url: config.request.apiEndpoint,
    // A credential may also stand in headers or parameters of the definition's own.
    credential: secrets.length > 0 ? secrets : bound.secrets,
    qps: config.request.rateLimitQps,
  });
}

/** When a connection whose last run ended throttled goes on; undefined for every other end. Milliseconds UTC. */
export function goesOnAt(run: RunRow | undefined): number | undefined {
  if (run?.state !== 'throttled') return undefined;
  const { retryAt } = runErrorOf(run) ?? {};
  return retryAt === undefined ? undefined : Date.parse(retryAt);
}

/** Why a connection is throttled, in one sentence. */
export function throttledText(run: RunRow): string {
  const { message, retryAt } = runErrorOf(run) ?? { message: 'the service throttles' };
  return retryAt === undefined ? message : `Goes on at ${retryAt}. ${message}`;
}

const askedToWait: ReadonlySet<RateView['reason']> = new Set(['retry-after', 'reset', 'back-off']);

/** Why a run that is going on stands still, when the service asked it to. */
export function holdText(rate: RateView | undefined): string | undefined {
  if (!rate || rate.waitingUntilMs === null || !askedToWait.has(rate.reason)) return undefined;
  return `The service throttles; the run goes on at ${isoTimeOrNull(rate.waitingUntilMs)}.`;
}

/** The API's form. */
export function rateDto(rate: RateView) {
  return {
    allowedPerMinute: rate.allowedPerMinute,
    waitingUntil: isoTimeOrNull(rate.waitingUntilMs),
    reason: rate.reason,
  };
}
