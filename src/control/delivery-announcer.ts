import type { Clock } from '../core/clock.ts';
import type { EventLog } from './events.ts';

/** Long enough for a burst of segments to be one announcement, and for cached answers to be older than it. */
const settleMs = 1_200;

export interface DeliveryAnnouncer {
  /** Rows of the connection reached their table. */
  delivered(connectionId: string): void;
  /** Rises with each delivery; cached answers of an older count may be stale. */
  readonly count: () => number;
  close(): void;
}

/** Tells open pages, a little later, that tables have new rows: status and graphs then ask again. */
export function createDeliveryAnnouncer(options: {
  readonly clock: Clock;
  readonly events: EventLog;
}): DeliveryAnnouncer {
  const closed = new AbortController();
  const waiting = new Set<string>();
  let count = 0;

  async function announceLater(): Promise<void> {
    await options.clock.sleep(settleMs, closed.signal);
    const connections = [...waiting];
    waiting.clear();
    for (const connectionId of connections)
      options.events.announce({ type: 'connection', data: { connectionId } });
  }

  return {
    delivered(connectionId) {
      count += 1;
      const first = waiting.size === 0;
      waiting.add(connectionId);
      // The sleep is cut short at close, when nobody listens any more.
      if (first) announceLater().catch(() => waiting.clear());
    },
    count: () => count,
    close: () => closed.abort(),
  };
}
