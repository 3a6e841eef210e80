/** What `X-RateLimit-Limit`, `-Remaining` and `-Reset` say is left of a period, and what that allows: pure. */
import { FLOOR_MS, resetMs } from './retry-timing.ts';

/** Longest gap made to spread a budget: a run that still may call does not stand still for a period of a day. */
const MAX_SPREAD_MS = 10_000;
/** Reset times given as seconds from now differ by rounding within one period. */
const SAME_PERIOD_MS = 1500;
const MAX_PERIOD_MS = 24 * 3_600_000;
const PREFIXES = ['x-ratelimit-', 'x-rate-limit-', 'ratelimit-'] as const;

export interface Budget {
  readonly limit: number;
  /** Requests on their way are taken off. */
  readonly remaining: number;
  /** Undefined: a new period has begun and no answer has told its end yet. */
  readonly resetAtMs: number | undefined;
}

/** The first number of a header; newer forms list several policies behind it. */
function leadingNumber(text: string | undefined): number | undefined {
  const match = /^\s*(\d+)/.exec(text ?? '');
  return match ? Number(match[1]) : undefined;
}

/** At the end of its period a budget is full again. */
export function budgetAt(budget: Budget | undefined, nowMs: number): Budget | undefined {
  if (budget?.resetAtMs === undefined || budget.resetAtMs > nowMs) return budget;
  return { limit: budget.limit, remaining: budget.limit, resetAtMs: undefined };
}

/** Requests left to others; one of a period is always ours, or nothing could ever be collected. */
function reserved(budget: Budget, reserve: number): number {
  return Math.max(0, Math.min(Math.ceil(budget.limit * reserve), budget.limit - 1));
}

export interface BudgetQuestion {
  readonly budget: Budget | undefined;
  readonly inFlight: number;
  readonly lastStartMs: number | undefined;
  /** Share (0 to 1) of the limit. */
  readonly reserve: number;
  readonly nowMs: number;
}

/** When the budget lets the next request start; a time in the past means at once. */
export function budgetOpensAt({
  budget: known,
  inFlight,
  lastStartMs,
  reserve,
  nowMs,
}: BudgetQuestion): number {
  const budget = budgetAt(known, nowMs);
  if (!budget) return 0;
  const kept = reserved(budget, reserve);
  const usable = budget.remaining - kept;
  if (budget.resetAtMs === undefined) return usable > 0 || inFlight === 0 ? 0 : nowMs + FLOOR_MS;
  if (usable <= 0) return budget.resetAtMs;
  if (usable > (budget.limit - kept) / 2 || lastStartMs === undefined) return 0;
  return lastStartMs + Math.min(MAX_SPREAD_MS, (budget.resetAtMs - lastStartMs) / (usable + 1));
}

export interface BudgetAnswer {
  readonly budget: Budget | undefined;
  /** Requests still on their way. */
  readonly inFlight: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly nowMs: number;
}

/** The budget after a good answer: what it says, less what is on its way. Within a period a budget only shrinks. */
export function budgetAfterAnswer({
  budget: known,
  inFlight,
  headers,
  nowMs,
}: BudgetAnswer): Budget | undefined {
  const budget = budgetAt(known, nowMs);
  const prefix = PREFIXES.find(
    (p) => headers[`${p}remaining`] !== undefined && headers[`${p}reset`] !== undefined,
  );
  const left = prefix && leadingNumber(headers[`${prefix}remaining`]);
  const waitMs = prefix && resetMs(headers[`${prefix}reset`], nowMs);
  if (prefix === undefined || left === undefined || waitMs === undefined || waitMs > MAX_PERIOD_MS)
    return budget?.resetAtMs === undefined ? undefined : budget;
  // A time in the past with nothing left is a period that ends about now.
  if (waitMs <= 0 && left > 0) return undefined;
  const resetAtMs = nowMs + Math.max(Math.ceil(waitMs), FLOOR_MS);
  const remaining = left - inFlight;
  const limit = Math.max(1, leadingNumber(headers[`${prefix}limit`]) ?? Math.max(left, budget?.limit ?? 0));
  const samePeriod =
    budget?.resetAtMs !== undefined && Math.abs(budget.resetAtMs - resetAtMs) < SAME_PERIOD_MS;
  return { limit, remaining: samePeriod ? Math.min(remaining, budget.remaining) : remaining, resetAtMs };
}
