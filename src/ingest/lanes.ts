import type { Clock, Random } from '../core/clock.ts';
import type { SluiceError } from '../core/errors.ts';
import type { IngestLimits } from './api.ts';

interface Lane {
  /** Definite failures in a row. */
  failures: number;
  /** Failures in a row that say nothing about the flow: the engine was away. */
  outages: number;
  notBeforeMs: number;
}

/** Codes that say that the engine was away or full, not that the flow is wrong. */
const outageCodes = new Set([
  'ENGINE_UNAVAILABLE',
  'ENGINE_GONE',
  'ENGINE_STOPPED',
  'ENGINE_START',
  'ENGINE_LOCKED',
  'ENGINE_DISK_FULL',
  'QUERY_CANCELLED',
]);

/**
 * Back-off per transform. A flow that fails `attempts` times in a row is given up, row by row; the row after it gets two
 * tries, so that a flow that stays broken does not hold the outbox for hours. A statement without an answer counts half:
 * a row that kills the engine each time must end too.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #options: { readonly clock: Clock; readonly random: Random; readonly limits: IngestLimits };

  constructor(options: { readonly clock: Clock; readonly random: Random; readonly limits: IngestLimits }) {
    this.#options = options;
  }

  /** Transforms that must wait now. */
  held(): string[] {
    const now = this.#options.clock.now();
    return [...this.#lanes].filter(([, lane]) => lane.notBeforeMs > now).map(([id]) => id);
  }

  /** Milliseconds until the first held transform is due; undefined when none is held. */
  nextDueMs(): number | undefined {
    const now = this.#options.clock.now();
    const waits = [...this.#lanes.values()].map((lane) => lane.notBeforeMs - now).filter((ms) => ms > 0);
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  succeeded(id: string): void {
    this.#lanes.delete(id);
  }

  failed(id: string, error: SluiceError): { readonly giveUp: boolean; readonly failures: number } {
    const { clock, random, limits } = this.#options;
    const lane = this.#lanes.get(id) ?? { failures: 0, outages: 0, notBeforeMs: 0 };
    this.#lanes.set(id, lane);
    if (outageCodes.has(error.code)) lane.outages += 1;
    else lane.failures += error.code === 'ENGINE_UNCONFIRMED' ? 0.5 : 1;
    const step = Math.max(1, Math.ceil(lane.failures) + lane.outages);
    const backOffMs = Math.min(limits.retryMaxMs, limits.retryBaseMs * 2 ** Math.min(step - 1, 20));
    // Half fixed, half random, so that lanes that failed together do not come back together.
    lane.notBeforeMs = clock.now() + backOffMs * (0.5 + random() / 2);
    const giveUp = lane.failures >= limits.attempts;
    const failures = Math.ceil(lane.failures);
    if (giveUp) {
      lane.failures = Math.max(0, limits.attempts - 2);
      lane.notBeforeMs = clock.now() + limits.retryBaseMs;
    }
    return { giveUp, failures };
  }
}
