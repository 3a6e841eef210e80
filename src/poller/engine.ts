/**
 * Brings one poller up to date. Which way depends on the definition: a persistent token is followed (cursor-read.ts);
 * requests with times are read window by window; an endpoint with neither is read once, as a whole.
 */
import type { Checkpoint, Window } from '../core/collect.ts';
import { toSluiceError } from '../core/errors.ts';
import {
  defaultBudgets,
  type PollBudgets,
  type PollOutcome,
  type RunPollerInput,
  type StopReason,
} from './api.ts';
import { addCounts, createContext, noCounts, type PollContext } from './context.ts';
import { readCursor } from './cursor-read.ts';
import { isBounded, usesTime } from './times.ts';
import { canLieInWindow, newerWindowWorks } from './window-failure.ts';
import { readWindow, type WindowResult } from './window-read.ts';
import {
  clipToPassed,
  firstHalf,
  grownLength,
  nextWindow,
  pollLimit,
  requestBounds,
  splitHelps,
  type Timing,
  timingOf,
  wholeSeconds,
} from './windows.ts';

/** Totals of the run so far. The only mutable state; everything delivered before a failure stays counted. */
interface RunTotals {
  counts: PollOutcome['counts'];
  windows: number;
  pages: number;
  exact: boolean;
  checkpoint: Checkpoint;
}

interface Run {
  readonly input: RunPollerInput;
  readonly context: PollContext;
  readonly budgets: PollBudgets;
  readonly timing: Timing;
  /** Frozen for the run, so that it ends. */
  readonly limitMs: number;
  readonly totals: RunTotals;
  /** Windows that are left unread behind the checkpoint, those of this run included. */
  readonly passed: Window[];
}

/**
 * Where reading starts. A first window that an earlier run opened and could not finish keeps its start: "one window back
 * from now" would move on with every failed run and leave a gap.
 */
function startOf({ input, timing, limitMs }: Run): number {
  const { checkpoint, startMs, openWindow } = input;
  return wholeSeconds(checkpoint.windowEndMs ?? startMs ?? openWindow?.startMs ?? limitMs - timing.windowMs);
}

function account(run: Run, result: Pick<WindowResult, 'counts' | 'pages' | 'exact' | 'checkpoint'>): void {
  const { totals } = run;
  totals.counts = addCounts(totals.counts, result.counts);
  totals.pages += result.pages;
  totals.exact &&= result.exact;
  totals.checkpoint = result.checkpoint;
}

function progress({ input, totals, limitMs }: Run, windowEndMs: number, counts = totals.counts): void {
  input.onProgress?.({ windowEndMs, limitMs, counts });
}

interface OneWindow {
  readonly window: Window;
  readonly first: boolean;
  readonly previousReadAtMs: number | undefined;
}

function boundsOf({ timing, passed }: Run, { window, first, previousReadAtMs }: OneWindow): Window {
  const previous = previousReadAtMs === undefined ? {} : { previousReadAtMs };
  const bounds = requestBounds({ window, overlapMs: timing.overlapMs, first, ...previous });
  return clipToPassed(bounds, window.startMs, passed);
}

/** Whether the caller took note of a window that failed, so that reading can go on behind it. */
async function isPassed(run: Run, one: OneWindow, error: unknown): Promise<boolean> {
  const { input, context, limitMs, timing, totals } = run;
  const { window } = one;
  if (!input.onWindowFailed || input.signal?.aborted || !canLieInWindow(error)) return false;
  const checkpoint = { ...totals.checkpoint, windowEndMs: window.endMs };
  const verdict = await input.onWindowFailed({
    window,
    bounds: boundsOf(run, one),
    error,
    checkpoint,
    newerWorks: () => newerWindowWorks(context, { window, limitMs, windowMs: timing.windowMs }),
  });
  if (verdict === 'failed') return false;
  totals.checkpoint = checkpoint;
  run.passed.push(window);
  return true;
}

/** @returns undefined when the window failed and was passed */
async function readOrPass(run: Run, one: OneWindow): Promise<WindowResult | undefined> {
  try {
    return await readOneWindow(run, one);
  } catch (error) {
    if (await isPassed(run, one, error)) return undefined;
    throw error;
  }
}

async function readOneWindow(run: Run, one: OneWindow): Promise<WindowResult> {
  const { input, context, budgets, totals } = run;
  const { window } = one;
  const bounds = boundsOf(run, one);
  await input.onWindow?.(window);
  const result = await readWindow(context, {
    sink: input.sink,
    runId: input.runId,
    bounds,
    before: totals.checkpoint,
    after: { ...totals.checkpoint, windowEndMs: window.endMs },
    budgets,
    splittable: isBounded(context.config.request) && splitHelps(window, bounds),
  });
  account(run, result);
  return result;
}

async function runWindows(run: Run): Promise<StopReason> {
  const { input, context, budgets, timing, limitMs, totals } = run;
  const bounded = isBounded(context.config.request);
  let startMs = startOf(run);
  // Without an upper bound a request reads to the end anyway: one window.
  let lengthMs = bounded ? timing.windowMs : Number.MAX_SAFE_INTEGER;
  let first = input.checkpoint.windowEndMs === undefined;
  let open = input.openWindow;
  let previousReadAtMs: number | undefined;
  for (;;) {
    input.signal?.throwIfAborted();
    const window = nextWindow({ startMs, limitMs, lengthMs, ...(open ? { open } : {}) });
    if (!window) return 'caught-up';
    const readAtMs = context.clock.now();
    const result = await readOrPass(run, { window, first, previousReadAtMs });
    open = undefined;
    if (!result) {
      startMs = window.endMs;
      first = false;
      previousReadAtMs = undefined;
      continue;
    }
    if (result.kind === 'over-budget') {
      const half = firstHalf(window)!;
      lengthMs = half.endMs - half.startMs;
      continue;
    }
    totals.windows += 1;
    startMs = window.endMs;
    first = false;
    previousReadAtMs = readAtMs;
    if (bounded)
      lengthMs = grownLength(window.endMs - window.startMs, result.readPages, budgets.pagesPerWindow);
    progress(run, window.endMs);
    if (!input.untilCaughtUp) return startMs >= limitMs ? 'caught-up' : 'one-window';
  }
}

async function runSnapshot(run: Run): Promise<StopReason> {
  const { input, context, budgets, totals } = run;
  const windowEndMs = wholeSeconds(context.clock.now());
  const result = await readWindow(context, {
    sink: input.sink,
    runId: input.runId,
    before: totals.checkpoint,
    after: { ...totals.checkpoint, windowEndMs },
    budgets,
    splittable: false,
  });
  account(run, result);
  totals.windows += 1;
  progress(run, windowEndMs);
  return 'caught-up';
}

async function runCursor(run: Run): Promise<StopReason> {
  const { input, context, budgets, limitMs, totals } = run;
  const startMs = startOf(run);
  if (input.checkpoint.windowEndMs === undefined)
    await input.onWindow?.({ startMs, endMs: Math.max(startMs, limitMs) });
  const result = await readCursor(context, {
    sink: input.sink,
    runId: input.runId,
    checkpoint: input.checkpoint,
    startMs,
    limitMs,
    ...(input.untilCaughtUp ? {} : { maxPages: budgets.pagesPerWindow }),
    onPage: (page, counts) => progress(run, page.receivedAtMs, counts),
  });
  account(run, result);
  if (result.failure !== undefined) throw result.failure;
  if (!result.tip) return 'page-budget';
  totals.windows += 1;
  return 'caught-up';
}

function outcome(totals: RunTotals, stopReason: StopReason, error?: PollOutcome['error']): PollOutcome {
  return {
    counts: totals.counts,
    windows: totals.windows,
    pages: totals.pages,
    guarantee: totals.exact ? 'exact' : 'at-least-once',
    stopReason,
    checkpoint: totals.checkpoint,
    ...(error ? { error } : {}),
  };
}

function runWith(run: Run): Promise<StopReason> {
  if (run.context.strategy.persistent) return runCursor(run);
  return usesTime(run.context.config.request) ? runWindows(run) : runSnapshot(run);
}

/**
 * Polls until caught up (or for one window), delivering through `input.sink`.
 * Never throws: a failure is in the outcome (`failed`, `error`), beside what was delivered before it; the checkpoint has
 * then not moved past the failed window. After `signal` fires the outcome is `cancelled`.
 */
export async function runPoller(input: RunPollerInput): Promise<PollOutcome> {
  const totals: RunTotals = {
    counts: noCounts,
    windows: 0,
    pages: 0,
    exact: true,
    checkpoint: input.checkpoint,
  };
  if (!input.config.isActive) return outcome(totals, 'inactive');
  try {
    const timing = timingOf(input.config);
    const context = createContext(input);
    const budgets = { ...defaultBudgets, ...input.budgets };
    const limitMs = pollLimit(input.clock.now(), timing.delayMs);
    const stopReason = await runWith({
      input,
      context,
      budgets,
      timing,
      limitMs,
      totals,
      passed: [...(input.passed ?? [])],
    });
    return outcome(totals, stopReason);
  } catch (error) {
    if (input.signal?.aborted) return outcome(totals, 'cancelled');
    return outcome(
      totals,
      'failed',
      toSluiceError(error, { code: 'INTERNAL', hint: 'This is a defect; please report it with the run id.' }),
    );
  }
}
