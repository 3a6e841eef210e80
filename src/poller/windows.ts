/**
 * Which window comes next: pure. Windows are half-open, whole seconds, contiguous; they end at the limit, never beyond
 * now - delay. Requests reach back by the overlap, so that records that appeared late are still found (spec CCF §3.3.1).
 */
import type { Window } from '../core/collect.ts';
import type { PollerConfig } from '../definition/model.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** Where the definition is silent: late records are the rule, so the window ends in the past and overlaps. */
export const DEFAULT_DELAY_MINUTES = 2;
export const DEFAULT_OVERLAP_MINUTES = 15;
/** Catch-up windows grow no further. */
export const MAX_WINDOW_MS = 31 * 24 * 60 * MINUTE;
/** Kept even where no late records are to be expected: services differ in which bound of a window they include. */
export const EDGE_MS = SECOND;

export interface Timing {
  readonly windowMs: number;
  readonly delayMs: number;
  readonly overlapMs: number;
}

export function timingOf(config: PollerConfig): Timing {
  const delay = config.delayMinutes ?? config.request.queryWindowDelayMinutes ?? DEFAULT_DELAY_MINUTES;
  return {
    windowMs: Math.max(SECOND, wholeSeconds(config.request.queryWindowMinutes * MINUTE)),
    delayMs: Math.max(0, delay * MINUTE),
    overlapMs: Math.max(0, wholeSeconds((config.overlapMinutes ?? DEFAULT_OVERLAP_MINUTES) * MINUTE)),
  };
}

export function wholeSeconds(ms: number): number {
  return Math.floor(ms / SECOND) * SECOND;
}

/** The latest moment that may be read now. */
export function pollLimit(nowMs: number, delayMs: number): number {
  return wholeSeconds(nowMs - delayMs);
}

export interface NextWindowInput {
  readonly startMs: number;
  readonly limitMs: number;
  readonly lengthMs: number;
  /** Bounds that an earlier run froze; used when they still begin at the start and end by the limit. */
  readonly open?: Window;
}

/** Undefined when nothing is left to read. */
export function nextWindow({ startMs, limitMs, lengthMs, open }: NextWindowInput): Window | undefined {
  const start = wholeSeconds(startMs);
  if (start >= limitMs) return undefined;
  if (open && open.startMs === start && open.endMs > start && open.endMs <= limitMs) return open;
  return { startMs: start, endMs: Math.min(start + Math.max(SECOND, wholeSeconds(lengthMs)), limitMs) };
}

/** Length of the window after one that was read within its budget: doubled while the pages used leave room for it. */
export function grownLength(lengthMs: number, pages: number, pagesPerWindow: number): number {
  return pages * 2 <= pagesPerWindow ? Math.min(lengthMs * 2, MAX_WINDOW_MS) : lengthMs;
}

/** The first half of a window; undefined when it is one second long. */
export function firstHalf(window: Window): Window | undefined {
  const length = window.endMs - window.startMs;
  if (length < 2 * SECOND) return undefined;
  return { startMs: window.startMs, endMs: window.startMs + wholeSeconds(length / 2) };
}

export interface RequestBoundsInput {
  readonly window: Window;
  readonly overlapMs: number;
  /** True for the very first window of a connection: nothing was read before it. */
  readonly first: boolean;
  /** When reading of the window before this one began, if in this run. */
  readonly previousReadAtMs?: number;
}

/**
 * Bounds of the requests of a window. The overlap covers records that appear up to `overlapMs` late; where the window
 * before was read long after its end, part of that lateness had already passed and need not be read again.
 */
export function requestBounds({ window, overlapMs, first, previousReadAtMs }: RequestBoundsInput): Window {
  if (first || overlapMs === 0) return window;
  const passed = previousReadAtMs === undefined ? 0 : Math.max(0, previousReadAtMs - window.startMs);
  const back = Math.max(EDGE_MS, wholeSeconds(overlapMs - passed + SECOND - 1));
  return { startMs: window.startMs - Math.min(back, overlapMs), endMs: window.endMs };
}

/**
 * Requests do not reach back into windows that were passed unread: what made those fail would fail this one too. The edge
 * stays; the rest of the overlap is read when the passed window is.
 */
export function clipToPassed(bounds: Window, startMs: number, passed: readonly Window[]): Window {
  const floors = passed.filter(({ endMs }) => endMs <= startMs).map(({ endMs }) => endMs - EDGE_MS);
  return { startMs: Math.max(bounds.startMs, ...floors), endMs: bounds.endMs };
}

/** Splitting helps only while the window, not the overlap, is the larger part of what is read. */
export function splitHelps(window: Window, bounds: Window): boolean {
  const length = window.endMs - window.startMs;
  return length >= 2 * SECOND && length >= window.startMs - bounds.startMs;
}

/** When a poller is due again: one window after what it has, behind the delay. */
export function nextDueMs(config: PollerConfig, windowEndMs: number | undefined, nowMs: number): number {
  const { windowMs, delayMs } = timingOf(config);
  return windowEndMs === undefined ? nowMs : windowEndMs + windowMs + delayMs;
}
