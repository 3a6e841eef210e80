import type { Clock } from '../core/clock.ts';

/** Spaces calls evenly; shared by all requests of one connection. */
export interface RateLimiter {
  /** Resolves when the next call may start; rejects with the signal's reason. */
  take(signal?: AbortSignal): Promise<void>;
}

/** @param qps calls per second, fractions allowed; 0, negative or undefined = no limit (spec CCF §8 #42) */
export function createRateLimiter(qps: number | undefined, clock: Clock): RateLimiter {
  if (qps === undefined || !(qps > 0)) return { take: async () => {} };
  const gapMs = 1000 / qps;
  let nextMs = 0;
  return {
    async take(signal) {
      const now = clock.now();
      const at = Math.max(now, nextMs);
      nextMs = at + gapMs;
      if (at > now) await clock.sleep(Math.ceil(at - now), signal);
    },
  };
}
