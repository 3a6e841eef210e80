/**
 * When to try again: pure. Header precedence is spec CCF §3.3.4: `Retry-After` (seconds or HTTP date), then
 * `X-RateLimit-Reset`, `X-Rate-Limit-Reset`, `RateLimit-Reset` (epoch, delta seconds, or ISO 8601 also without seconds),
 * then exponential back-off.
 */
import type { Random } from '../core/clock.ts';

/** No service is asked again sooner: reset times with minute precision lie in the past now and then. */
export const FLOOR_MS = 1000;
const MAX_BACKOFF_MS = 60_000;
const RESET_HEADERS = ['x-ratelimit-reset', 'x-rate-limit-reset', 'ratelimit-reset'] as const;

export function isRetryableStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** 1, 2, 4 … seconds, up to a minute, plus up to half of it at random. @param attempt 1 after the first failure */
export function backoffMs(attempt: number, random: Random): number {
  const base = Math.min(1000 * 2 ** (attempt - 1), MAX_BACKOFF_MS);
  return Math.round(base * (1 + random() / 2));
}

/** An ISO or HTTP date; plain numbers and numbers with words are not dates, although Date.parse reads some of them. */
function parseDate(text: string): number | undefined {
  if (!/^[A-Za-z]{3,9},? |^\d{4}-\d{2}-\d{2}T/.test(text)) return undefined;
  // Without a zone it is UTC, not the zone of this machine.
  const ms = Date.parse(/T[\d:.]+$/.test(text) ? `${text}Z` : text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Wait that `Retry-After` asks for, not yet clamped; undefined when absent or unreadable. */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = parseDate(text);
  return date === undefined ? undefined : date - nowMs;
}

/** Wait until a reset header's time: > 10^12 is epoch ms, > 10^9 epoch seconds, else delta seconds. */
export function resetMs(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const number = Number(text);
    if (number > 1e12) return number - nowMs;
    return number > 1e9 ? number * 1000 - nowMs : number * 1000;
  }
  const date = parseDate(text);
  return date === undefined ? undefined : date - nowMs;
}

export interface RetryWait {
  readonly waitMs: number;
  readonly source: 'retry-after' | 'reset' | 'backoff';
}

export interface RetryWaitInput {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Reset headers stand on ordinary answers too, so they count for 429 and 503 alone. */
  readonly status: number | undefined;
  readonly attempt: number;
  readonly nowMs: number;
  readonly random: Random;
}

/** A time in the past, or zero, says nothing usable: then back-off decides. */
export function retryWait({ headers, status, attempt, nowMs, random }: RetryWaitInput): RetryWait {
  const after = retryAfterMs(headers['retry-after'], nowMs);
  if (after !== undefined && after > 0)
    return { waitMs: Math.max(Math.ceil(after), FLOOR_MS), source: 'retry-after' };
  if (status === 429 || status === 503) {
    for (const name of RESET_HEADERS) {
      const reset = resetMs(headers[name], nowMs);
      if (reset !== undefined && reset > 0)
        return { waitMs: Math.max(Math.ceil(reset), FLOOR_MS), source: 'reset' };
    }
  }
  return { waitMs: backoffMs(attempt, random), source: 'backoff' };
}
