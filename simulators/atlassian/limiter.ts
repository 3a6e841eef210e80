import type { Caller } from './auth.ts';
import type { ApiCall, Reply } from './http.ts';
import { jsonReply, minuteText, nextMinute, textReply } from './http.ts';
import type { BurstSettings } from './settings.ts';
import type { Prng } from './world/random.ts';

/** Counts per key in fixed periods of a given length. */
interface PeriodCounter {
  /** Adds `amount` and returns the total of the current period. */
  add(key: string, now: number, amount?: number): number;
}

export function createPeriodCounter(periodMs: number): PeriodCounter {
  const counts = new Map<string, { period: number; count: number }>();
  return {
    add: (key, now, amount = 1) => {
      const period = Math.floor(now / periodMs);
      const before = counts.get(key);
      const count = (before?.period === period ? before.count : 0) + amount;
      counts.set(key, { period, count });
      return count;
    },
  };
}

/** Headers for an ordinary answer, or the refusal. */
export interface Verdict {
  readonly headers: Readonly<Record<string, string>>;
  readonly refusal?: Reply;
}

function throttled(settings: BurstSettings, headers: Readonly<Record<string, string>>): Reply {
  const message = 'Rate limit exceeded.';
  const base =
    settings.body === 'text'
      ? textReply(429, message)
      : jsonReply(429, { errorMessages: [message], errors: {} });
  const body = settings.body === 'empty' ? { status: 429, body: '' } : base;
  return { ...body, headers: { ...body.headers, ...headers } };
}

export interface ProductLimiter {
  check(call: ApiCall, caller: Caller, settings: BurstSettings): Verdict;
  /** Points: one per request and one per object returned. */
  charge(call: ApiCall, caller: Caller, rows: number): void;
}

const hourMs = 3_600_000;

/** Burst limit per tenant, endpoint and method; an hourly points quota for OAuth apps only. */
export function createProductLimiter(prng: Prng): ProductLimiter {
  const seconds = createPeriodCounter(1000);
  const points = createPeriodCounter(hourMs);
  return {
    check: (call, caller, settings) => {
      const { now, method } = call.request;
      const used = seconds.add(`${call.api}/${call.endpoint}/${method}`, now);
      const reset = settings.resetInPast ? now - 120_000 : nextMinute(now);
      const left = settings.perSecond === 0 ? 0 : Math.max(0, settings.perSecond - used);
      const headers: Record<string, string> = {
        'x-ratelimit-limit': String(settings.perSecond),
        'x-ratelimit-remaining': String(left),
      };
      if (settings.perSecond > 0 && used > settings.perSecond) {
        const wait = String(
          prng.int(settings.retryAfterMin, Math.max(settings.retryAfterMin, settings.retryAfterMax)),
        );
        const retry = settings.retryAfter ? { 'retry-after': wait } : {};
        const reason = {
          'x-ratelimit-reset': minuteText(reset),
          'ratelimit-reason': `${call.api}-burst-based`,
        };
        return { headers, refusal: throttled(settings, { ...headers, ...reason, ...retry }) };
      }
      if (!caller.app || settings.pointsQuota === 0) return { headers };
      const spent = points.add(`${call.api}/${caller.user}`, now);
      const rest = Math.max(0, settings.pointsQuota - spent);
      const seconds2 = Math.ceil((hourMs - (now % hourMs)) / 1000);
      headers['beta-ratelimit-policy'] = `"tenant-app-quota";q=${settings.pointsQuota};w=3600`;
      headers['beta-ratelimit'] = `"tenant-app-quota";r=${rest};t=${seconds2}`;
      if (rest < settings.pointsQuota * 0.2) headers['x-ratelimit-nearlimit'] = 'true';
      if (spent <= settings.pointsQuota) return { headers };
      const reason = {
        'x-ratelimit-reset': minuteText(now + seconds2 * 1000),
        'ratelimit-reason': `${call.api}-quota-tenant-based`,
      };
      return {
        headers,
        refusal: throttled(settings, { ...headers, ...reason, 'retry-after': String(seconds2) }),
      };
    },
    charge: (call, caller, rows) => {
      if (caller.app) points.add(`${call.api}/${caller.user}`, call.request.now, rows);
    },
  };
}
