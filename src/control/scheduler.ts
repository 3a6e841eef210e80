import type { Clock, Random } from '../core/clock.ts';

/** How one run ended, as far as the schedule cares. */
export interface RunEnd {
  readonly ok: boolean;
  /** Not worth trying soon without a change by a person (credential, configuration). */
  readonly needsPerson: boolean;
  /** The service asked to wait: no failure, and no success. */
  readonly throttled: boolean;
  /** Not before this time, milliseconds UTC: the service said so, or backing off from it. */
  readonly retryAtMs?: number;
}

export interface SchedulerOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Runs a connection to its end; never rejects. */
  readonly run: (connectionId: string, signal: AbortSignal) => Promise<RunEnd>;
  /** Milliseconds between runs of a connection that is up to date. */
  readonly intervalMs: (connectionId: string) => Promise<number>;
  /** False while collection is paused for all (disk). */
  readonly mayCollect: () => boolean;
  /** Runs at the same time, all connections together. */
  readonly concurrency: number;
}

/**
 * One entry per active connection. States and transitions:
 *
 * - `waiting`: a timer stands until `nextRunAtMs`. Timer fires → `queued`.
 * - `queued`: waits for one of `concurrency` places and for `mayCollect`. Gets one → `running`.
 * - `running`: exactly one run of the connection. Ends → `waiting` (interval after success, back-off after failure, the
 *   service's time after throttling).
 *
 * Invariants: never two runs of one connection; `remove` aborts the run and resolves when it has ended.
 */
interface Entry {
  state: 'waiting' | 'queued' | 'running';
  nextRunAtMs: number;
  failures: number;
  abort: AbortController;
  wake: (() => void) | undefined;
  /** Asked for while a run was going on: run once more at its end. */
  again: boolean;
  loop: Promise<void>;
}

export interface Scheduler {
  /** @param firstRunAtMs default: now */
  add(connectionId: string, firstRunAtMs?: number): void;
  /** Stops scheduling and cancels a run that is going on. */
  remove(connectionId: string): Promise<void>;
  /** Runs now instead of waiting; while a run is going on, once more after it. */
  trigger(connectionId: string): void;
  view(
    connectionId: string,
  ): { readonly state: Entry['state']; readonly nextRunAtMs: number; readonly failures: number } | undefined;
  close(): Promise<void>;
}

const backoffBaseMs = 15_000;
/** A time in the past must not make runs follow each other without rest. */
const shortestRetryMs = 1_000;
const backoffCapMs = 15 * 60_000;

/** Doubling waits with a quarter of jitter, capped; exported for its test. */
export function backoffMs(failures: number, random: Random): number {
  const base = Math.min(backoffCapMs, backoffBaseMs * 2 ** Math.max(0, failures - 1));
  return Math.round(base * (0.75 + random() * 0.5));
}

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { clock, random } = options;
  const entries = new Map<string, Entry>();
  let running = 0;
  const waitingForPlace: (() => void)[] = [];

  async function takePlace(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted && (running >= options.concurrency || !options.mayCollect())) {
      await Promise.race([
        new Promise<void>((resolve) => waitingForPlace.push(resolve)),
        clock.sleep(1_000, signal).catch(() => undefined),
      ]);
    }
    if (signal.aborted) return false;
    running += 1;
    return true;
  }

  function freePlace(): void {
    running -= 1;
    for (const resolve of waitingForPlace.splice(0)) resolve();
  }

  async function waitForTurn(entry: Entry): Promise<void> {
    entry.state = 'waiting';
    const waitMs = entry.nextRunAtMs - clock.now();
    if (waitMs <= 0) return;
    const woken = new AbortController();
    entry.wake = () => woken.abort();
    // Aborted sleeps mean "woken" or "removed"; both are handled by the caller's loop.
    await clock.sleep(waitMs, AbortSignal.any([entry.abort.signal, woken.signal])).catch(() => undefined);
    entry.wake = undefined;
  }

  function nextRunAfter(end: RunEnd, failures: number, intervalMs: number): number {
    const nowMs = clock.now();
    if (end.ok) return nowMs + intervalMs;
    if (end.throttled && end.retryAtMs !== undefined) return Math.max(end.retryAtMs, nowMs + shortestRetryMs);
    const waitMs = Math.max(end.needsPerson ? intervalMs : 0, backoffMs(failures, random));
    return Math.max(end.retryAtMs ?? 0, nowMs + waitMs);
  }

  async function runOnce(id: string, entry: Entry): Promise<void> {
    entry.state = 'running';
    entry.again = false;
    try {
      const end = await options.run(id, entry.abort.signal);
      if (!end.throttled) entry.failures = end.ok ? 0 : entry.failures + 1;
      const interval = await options.intervalMs(id);
      entry.nextRunAtMs = entry.again ? clock.now() : nextRunAfter(end, entry.failures, interval);
    } finally {
      freePlace();
    }
  }

  async function loop(id: string, entry: Entry): Promise<void> {
    while (!entry.abort.signal.aborted) {
      await waitForTurn(entry);
      if (entry.abort.signal.aborted) return;
      entry.state = 'queued';
      if (await takePlace(entry.abort.signal)) await runOnce(id, entry);
    }
  }

  return {
    add(id, firstRunAtMs) {
      if (entries.has(id)) return;
      const entry: Entry = {
        state: 'waiting',
        nextRunAtMs: firstRunAtMs ?? clock.now(),
        failures: 0,
        abort: new AbortController(),
        wake: undefined,
        again: false,
        loop: Promise.resolve(),
      };
      entries.set(id, entry);
      entry.loop = loop(id, entry);
    },
    async remove(id) {
      const entry = entries.get(id);
      if (!entry) return;
      entries.delete(id);
      entry.abort.abort();
      await entry.loop;
    },
    trigger(id) {
      const entry = entries.get(id);
      if (!entry) return;
      if (entry.state === 'running') {
        entry.again = true;
        return;
      }
      entry.nextRunAtMs = clock.now();
      entry.wake?.();
    },
    view(id) {
      const entry = entries.get(id);
      return entry && { state: entry.state, nextRunAtMs: entry.nextRunAtMs, failures: entry.failures };
    },
    async close() {
      await Promise.all([...entries.keys()].map((id) => this.remove(id)));
    },
  };
}
