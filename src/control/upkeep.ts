import type { Clock } from '../core/clock.ts';
import type { Ingest } from '../ingest/api.ts';
import type { DiskWatch } from './disk.ts';
import type { EventLog } from './events.ts';

const diskEveryMs = 10_000;
const pruneEveryMs = 3600_000;
const eventsKept = 10_000;
const compiledQueriesKept = 2_000;

/** Regular housekeeping: disk watermark, old events, inserts that were given up while the disk was full. */
export function createUpkeep(options: {
  readonly clock: Clock;
  readonly disk: DiskWatch;
  readonly events: EventLog;
  readonly ingest: Ingest;
  readonly pruneCompiled: (keep: number) => Promise<void>;
}) {
  const abort = new AbortController();
  let lastPruneMs = options.clock.now();

  async function turn(): Promise<void> {
    const wasPaused = options.disk.state().collectionPaused;
    const { collectionPaused } = await options.disk.check();
    if (wasPaused && !collectionPaused) await options.ingest.retryFailed();
    if (options.clock.now() - lastPruneMs < pruneEveryMs) return;
    lastPruneMs = options.clock.now();
    await options.events.prune(eventsKept);
    await options.pruneCompiled(compiledQueriesKept);
  }

  async function loop(): Promise<void> {
    while (!abort.signal.aborted) {
      await options.clock.sleep(diskEveryMs, abort.signal).catch(() => undefined);
      if (abort.signal.aborted) return;
      await turn().catch((error: unknown) =>
        options.events.emit({
          kind: 'upkeep.failed',
          severity: 'warning',
          message: `Housekeeping failed: ${String(error)}`,
        }),
      );
    }
  }

  const running = loop();
  return {
    close: async () => {
      abort.abort();
      await running;
    },
  };
}
