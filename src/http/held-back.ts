/** Failures that say when it goes on: the service, or what it allows, holds requests back for longer than a call may wait. */
import { HttpError, type HttpErrorCode } from './errors.ts';
import type { LimitReason } from './limit-state.ts';

export interface Hold {
  readonly untilMs: number;
  readonly reason: LimitReason;
}

const becauseOf: Readonly<Record<LimitReason, string>> = {
  'own-limit': 'the rate limit of the connection',
  slowed: 'the service throttled before and the rate grows again slowly',
  budget: 'what the service allows in this period is used, but for the share of other clients',
  'retry-after': 'the service asked to wait',
  reset: 'the service asked to wait',
  'back-off': 'the service throttled without saying for how long',
};

/** The answer's own failure, with the time at which it goes on. */
export function withHold(error: HttpError, { untilMs, reason }: Hold, nowMs: number): HttpError {
  const separator = error.message.indexOf(': ');
  const detail = error.message.slice(separator + 2);
  const waitMs = Math.max(0, untilMs - nowMs);
  const asked = reason === 'retry-after' || reason === 'reset';
  return new HttpError({
    code: error.code as HttpErrorCode,
    request: error.message.slice(0, separator),
    detail: asked ? `${detail}; asks to wait ${Math.ceil(waitMs / 1000)} s` : detail,
    retryable: true,
    retryAfterMs: waitMs,
    ...(error.status === undefined ? {} : { status: error.status }),
  });
}

/** @param shown method and redacted URL of the request that was not sent */
export function notSent(shown: string, { untilMs, reason }: Hold, nowMs: number): HttpError {
  const waitMs = Math.max(0, untilMs - nowMs);
  return new HttpError({
    code: 'THROTTLED',
    request: shown,
    detail: `not sent, it would wait ${Math.ceil(waitMs / 1000)} s: ${becauseOf[reason]}`,
    retryable: true,
    retryAfterMs: waitMs,
  });
}
