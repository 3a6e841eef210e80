/** Reads one old window once more, beside live polling: the stored checkpoint stays where it is. */
import type { DeliveryCounts, RecordSink, Window } from '../core/collect.ts';
import { defaultBudgets, type RunPollerInput } from './api.ts';
import { addCounts, createContext, noCounts } from './context.ts';
import { isBounded } from './times.ts';
import { readWindow } from './window-read.ts';
import { EDGE_MS, firstHalf } from './windows.ts';

export interface ReadAgainInput
  extends Pick<
    RunPollerInput,
    | 'config'
    | 'sink'
    | 'http'
    | 'clock'
    | 'runId'
    | 'signal'
    | 'budgets'
    | 'limiter'
    | 'secrets'
    | 'onRequest'
  > {
  /** Bounds of the requests. */
  readonly bounds: Window;
}

export interface ReadAgainResult {
  readonly counts: DeliveryCounts;
  readonly pages: number;
  readonly guarantee: 'exact' | 'at-least-once';
}

function besideLive(sink: RecordSink): RecordSink {
  return { open: (options) => sink.open({ ...options, beside: true }) };
}

/**
 * A complete read of exactly these bounds, counted like the read of a live window, so that the ledger suppresses what an
 * earlier attempt has delivered. One that exceeds its page budget is read in parts, in order, each from one second back.
 * @throws whatever a request or the sink throws; what was delivered before stays delivered
 */
export async function readWindowAgain(input: ReadAgainInput): Promise<ReadAgainResult> {
  const { config, runId, bounds } = input;
  const context = createContext(input);
  const budgets = { ...defaultBudgets, ...input.budgets };
  const sink = besideLive(input.sink);
  let counts = noCounts;
  let pages = 0;
  let exact = true;
  let startMs = bounds.startMs;
  let endMs = bounds.endMs;
  while (startMs < bounds.endMs) {
    input.signal?.throwIfAborted();
    const part = { startMs, endMs };
    const half = isBounded(config.request) ? firstHalf(part) : undefined;
    const back = startMs === bounds.startMs ? 0 : EDGE_MS;
    const result = await readWindow(context, {
      sink,
      runId,
      bounds: { startMs: startMs - back, endMs },
      before: {},
      after: {},
      budgets,
      splittable: half !== undefined,
    });
    counts = addCounts(counts, result.counts);
    pages += result.pages;
    if (result.kind === 'over-budget' && half) {
      endMs = half.endMs;
      continue;
    }
    exact &&= result.exact;
    startMs = endMs;
    endMs = Math.min(bounds.endMs, startMs + (part.endMs - part.startMs));
  }
  return { counts, pages, guarantee: exact ? 'exact' : 'at-least-once' };
}

/** False when requests of the poller have no upper bound: a smaller window would read the same. */
export function canSplit(config: RunPollerInput['config']): boolean {
  return isBounded(config.request);
}
