import type { Clock } from '../core/clock.ts';

interface Entry {
  failures: number;
  blockedUntil: number;
}

const freeAttempts = 3;
const forgetAfterMs = 15 * 60_000;
const maxEntries = 10_000;

/**
 * Growing delay after failed sign-ins, per key (address, or name).
 * An attempt counts as failed from its beginning until `succeed`, so that parallel guesses gain nothing.
 */
export class SignInLimit {
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Clock;
  readonly #maxDelayMs: number;

  constructor(clock: Clock, maxDelayMs: number) {
    this.#clock = clock;
    this.#maxDelayMs = maxDelayMs;
  }

  /** Seconds to wait before the next attempt may start; 0 = may start now. */
  waitSeconds(key: string): number {
    const entry = this.#entries.get(key);
    return entry ? Math.max(0, Math.ceil((entry.blockedUntil - this.#clock.now()) / 1000)) : 0;
  }

  /** Counts an attempt as failed until told otherwise. */
  begin(key: string): void {
    const now = this.#clock.now();
    const old = this.#entries.get(key);
    const fresh = old && now - old.blockedUntil < forgetAfterMs ? old : { failures: 0, blockedUntil: 0 };
    const failures = fresh.failures + 1;
    const over = failures - freeAttempts;
    const delay = over < 0 ? 0 : Math.min(this.#maxDelayMs, 1000 * 2 ** Math.min(over, 20));
    this.#entries.delete(key);
    this.#entries.set(key, { failures, blockedUntil: now + delay });
    this.#trim();
  }

  succeed(key: string): void {
    this.#entries.delete(key);
  }

  #trim(): void {
    if (this.#entries.size <= maxEntries) return;
    const oldest = this.#entries.keys().next().value;
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
