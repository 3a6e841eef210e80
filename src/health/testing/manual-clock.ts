import type { Clock } from '../../core/clock.ts';

/** Time that stands still until a test moves it; sleepers wake when their time has come. */
export interface ManualClock extends Clock {
  advance(ms: number): Promise<void>;
}

export function manualClock(startMs: number): ManualClock {
  let now = startMs;
  const sleepers = new Set<{ at: number; wake: () => void }>();
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const onAbort = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const wake = () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        };
        const sleeper = { at: now + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', onAbort, { once: true });
      }),
    async advance(ms) {
      now += ms;
      for (const sleeper of [...sleepers].filter((s) => s.at <= now)) {
        sleepers.delete(sleeper);
        sleeper.wake();
      }
      // Lets what was woken run on.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
