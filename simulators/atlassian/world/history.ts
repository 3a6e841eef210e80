import type { ApiName } from '../ledger.ts';
import type { Draft } from './draft.ts';
import type { PlanRequest } from './planner.ts';
import type { Prng } from './random.ts';

const hourMs = 3_600_000;

/** How busy an hour is: office hours of three continents, little at night and at the weekend. */
export function hourWeight(ms: number): { weight: number; quiet: boolean } {
  const date = new Date(ms);
  const hour = date.getUTCHours();
  const weekend = date.getUTCDay() === 0 || date.getUTCDay() === 6;
  if (weekend) return { weight: 0.05, quiet: true };
  if (hour < 6 || hour >= 21) return { weight: 0.08, quiet: true };
  if (hour < 8 || hour >= 18) return { weight: 0.5, quiet: false };
  return { weight: hour === 12 ? 0.8 : 1.2, quiet: false };
}

interface Day {
  readonly start: number;
  readonly end: number;
  /** Records per log. */
  readonly quota: number;
}

const hoursOf = (start: number) => Array.from({ length: 24 }, (_, hour) => hourWeight(start + hour * hourMs));
const weightOf = (start: number) => hoursOf(start).reduce((sum, hour) => sum + hour.weight, 0);

/** Days before `start`, oldest first; the quotas add up to the wanted number exactly. */
export function splitHistory(
  start: number,
  history: { readonly days: number; readonly records: number },
): Day[] {
  const starts = Array.from(
    { length: history.days },
    (_, index) => start - (history.days - index) * 24 * hourMs,
  );
  const total = starts.reduce((sum, day) => sum + weightOf(day), 0);
  let before = 0;
  return starts.map((dayStart) => {
    const after = before + weightOf(dayStart);
    const quota =
      Math.round((after / total) * history.records) - Math.round((before / total) * history.records);
    before = after;
    return { start: dayStart, end: dayStart + 24 * hourMs, quota };
  });
}

/** Actions of one day until each log has its quota; busy hours get more. */
export function* planDay(
  day: Day,
  prng: Prng,
  plan: (request: PlanRequest) => Draft[],
): Generator<{ readonly at: number; readonly drafts: readonly Draft[] }> {
  const room: Record<ApiName, number> = { jira: day.quota, confluence: day.quota, org: day.quota };
  const hours = hoursOf(day.start);
  const weights = hours.map((hour) => hour.weight);
  for (;;) {
    const api = (Object.keys(room) as ApiName[]).reduce((best, name) =>
      room[name] > room[best] ? name : best,
    );
    if (room[api] <= 0) return;
    const hour = prng.weighted(weights);
    const at = day.start + hour * hourMs + prng.int(0, hourMs - 1);
    const drafts = plan({ api, quiet: hours[hour]?.quiet ?? false, room });
    for (const draft of drafts) room[draft.api]--;
    yield { at, drafts };
  }
}
