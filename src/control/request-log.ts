/** Writes the requests of one run to the store while it goes on. */
import type { DeliveryCounts } from '../core/collect.ts';
import type { PollTrace } from '../poller/api.ts';
import type { RequestTrace } from './request-store.ts';

export interface RequestLog {
  note(trace: PollTrace, poller: string): void;
  /** What became of the records of a noted request; comes late, or never. */
  counted(trace: PollTrace, counts: DeliveryCounts): void;
  /** Resolves when everything noted is stored. */
  settled(): Promise<void>;
}

interface Options {
  readonly add: (ordinal: number, trace: RequestTrace) => Promise<void>;
  /** A trace that can't be stored must not end the run. */
  readonly onError: (error: unknown) => void;
  /** Called once for each kind of warning. */
  readonly onWarning: (warning: string, poller: string) => void;
}

function toStored(t: PollTrace, poller: string, counts: DeliveryCounts | undefined): RequestTrace {
  return {
    method: t.method,
    url: t.url,
    status: t.status ?? null,
    startedAtMs: t.startedAtMs,
    durationMs: t.durationMs,
    bytes: t.bytes,
    records: t.records,
    error: t.error ?? null,
    poller,
    attempt: t.attempt,
    requestHeaders: t.requestHeaders ?? {},
    responseHeaders: t.responseHeaders ?? {},
    newRecords: counts?.new ?? null,
    duplicates: counts?.duplicate ?? null,
    warning: t.warning ?? null,
    excerpt: t.excerpt ?? null,
  };
}

/**
 * The latest request waits in memory until the next one, so that the counts of its records, which follow at once in most
 * cases, need no second write.
 */
export function createRequestLog(options: Options): RequestLog {
  let ordinal = 0;
  let held: { trace: PollTrace; poller: string; counts?: DeliveryCounts } | undefined;
  let written: Promise<void> = Promise.resolve();
  const warned = new Set<string>();

  function flush(): void {
    if (!held) return;
    const { trace, poller, counts } = held;
    const position = ordinal;
    ordinal += 1;
    held = undefined;
    written = written
      .then(() => options.add(position, toStored(trace, poller, counts)))
      .catch(options.onError);
  }

  return {
    note(trace, poller) {
      flush();
      held = { trace, poller };
      const kind = `${poller} ${trace.warning?.split(':', 1)[0]}`;
      if (trace.warning === undefined || warned.has(kind)) return;
      warned.add(kind);
      options.onWarning(trace.warning, poller);
    },
    counted(trace, counts) {
      if (held?.trace === trace) held = { ...held, counts };
    },
    async settled() {
      flush();
      await written;
    },
  };
}
