import type { Caller } from '../auth.ts';
import type { ApiCall } from '../http.ts';
import { minuteText, nextMinute } from '../http.ts';
import type { Verdict } from '../limiter.ts';
import { createPeriodCounter } from '../limiter.ts';
import type { Settings } from '../settings.ts';
import { adminError } from './errors.ts';

export interface OrgLimiter {
  check(call: ApiCall, caller: Caller, settings: Settings['org']): Verdict;
}

/**
 * Requests per minute of the clock: the search by user and by path, everything else by path.
 * Every answer says limit, rest and the start of the next minute, without seconds.
 */
export function createOrgLimiter(): OrgLimiter {
  const minutes = createPeriodCounter(60_000);
  return {
    check: (call, caller, settings) => {
      const { now, path } = call.request;
      const search = call.endpoint === 'events' || call.endpoint === 'event';
      const limit = search ? settings.searchPerMinute : settings.streamPerMinute;
      const used = Math.max(
        minutes.add(`path ${path}`, now),
        search ? minutes.add(`user ${caller.user}`, now) : 0,
      );
      const reset = nextMinute(now);
      const headers: Record<string, string> = {
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(Math.max(0, limit - used)),
        'x-ratelimit-reset': minuteText(reset),
      };
      if (limit === 0 || used <= limit) return { headers };
      const retry = settings.retryAfter
        ? { 'retry-after': String(Math.max(1, Math.ceil((reset - now) / 1000))) }
        : {};
      return {
        headers,
        refusal: adminError('ADMIN-429-1', 'Too many requests in this minute.', { ...headers, ...retry }),
      };
    },
  };
}
