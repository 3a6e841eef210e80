import type { ApiName, RecordStore } from '../ledger.ts';
import type { Settings } from '../settings.ts';
import type { Draft, World } from './draft.ts';
import { createHeap } from './heap.ts';
import { planDay, splitHistory } from './history.ts';
import { createPlanner } from './planner.ts';
import type { Prng } from './random.ts';

export const apiNames = ['jira', 'confluence', 'org'] as const satisfies readonly ApiName[];

interface Pending {
  readonly draft: Draft;
  readonly time: number;
  readonly publishedAt: number;
  readonly id: number;
  readonly order: number;
}

interface TimelineOptions {
  readonly world: World;
  readonly prng: Prng;
  readonly stores: Readonly<Record<ApiName, RecordStore>>;
  readonly settings: () => Settings;
  /** Real time at which the simulator starts, ms. */
  readonly start: number;
  readonly history: { readonly days: number; readonly records: number };
}

/**
 * What happens when. Nothing runs by itself: `advance` plays everything that is due, so that the
 * content depends on seed and start alone, not on when somebody looks.
 *
 * States: running, frozen. While frozen its own time stands still; after `unfreeze` everything still to
 * come is later by the length of the pause, so that delays stay what they were.
 */
export class Timeline {
  readonly #options: TimelineOptions;
  readonly #planner: ReturnType<typeof createPlanner>;
  readonly #pending = createHeap<Pending>(
    (a, b) => a.publishedAt < b.publishedAt || (a.publishedAt === b.publishedAt && a.order < b.order),
  );
  readonly #sequences = [90_000, 89_900, 300];
  readonly #renames = new Map<string, string>();
  #order = 0;
  #nextAction: number;
  #nextRename: number;
  #lastOrgPublish = 0;
  #tiesOwed = 0;
  #shift = 0;
  #frozenAt: number | undefined;

  constructor(options: TimelineOptions) {
    this.#options = options;
    this.#planner = createPlanner(
      { world: options.world, prng: options.prng.fork('plan') },
      options.settings,
    );
    this.#nextAction = options.start + 50;
    this.#nextRename = options.start + 60_000;
    this.#playHistory();
  }

  get frozen(): boolean {
    return this.#frozenAt !== undefined;
  }

  /** Records that are planned but not yet visible. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /** Display names that changed, by account id. */
  get renames(): ReadonlyMap<string, string> {
    return this.#renames;
  }

  rename(accountId: string, displayName: string): void {
    this.#renames.set(accountId, displayName);
  }

  freeze(now: number): void {
    this.advance(now);
    this.#frozenAt ??= now;
  }

  unfreeze(now: number): void {
    if (this.#frozenAt === undefined) return;
    this.#shift += now - this.#frozenAt;
    this.#frozenAt = undefined;
  }

  /** Publishes everything that is due at the given real time. */
  advance(now: number): void {
    if (this.#frozenAt !== undefined) return;
    const worldNow = now - this.#shift;
    this.#planUntil(worldNow);
    this.#publishUntil(worldNow);
    this.#renameUntil(worldNow);
  }

  #planUntil(worldNow: number): void {
    const { settings } = this.#options;
    const { rate, catchUpHours } = settings().world;
    if (rate <= 0) {
      this.#nextAction = Math.max(this.#nextAction, worldNow);
      return;
    }
    this.#nextAction = Math.max(this.#nextAction, worldNow - catchUpHours * 3_600_000);
    while (this.#nextAction <= worldNow) {
      const at = Math.floor(this.#nextAction);
      const room = { jira: 1e9, confluence: 1e9, org: 1e9 };
      const drafts = this.#planner.plan({ api: this.#hungriest(), quiet: false, room });
      for (const pending of this.#schedule(drafts, at)) this.#admit(pending);
      const mean = (Math.max(1, drafts.length) / rate) * 1000;
      this.#nextAction += this.#options.prng.exponential(mean);
    }
  }

  /** The log that is furthest behind its share. */
  #hungriest(): ApiName {
    const { shares } = this.#options.settings().world;
    const load = (api: ApiName) =>
      shares[api] > 0 ? (this.#planner.total(api) + 1) / shares[api] : Number.POSITIVE_INFINITY;
    return apiNames.reduce((best, api) => (load(api) < load(best) ? api : best));
  }

  #publishUntil(worldNow: number): void {
    for (let next = this.#pending.peek(); next && next.publishedAt <= worldNow; next = this.#pending.peek()) {
      this.#pending.pop();
      const moment = { time: next.time + this.#shift, publishedAt: next.publishedAt + this.#shift };
      const { draft, id } = next;
      const identity = draft.uuid === undefined ? { id } : { uuid: draft.uuid };
      this.#options.stores[draft.api].append({ json: draft.render(moment, id), ...moment, ...identity });
    }
  }

  #renameUntil(worldNow: number): void {
    const { settings, world, prng } = this.#options;
    const everyMs = settings().world.renameMinutes * 60_000;
    if (everyMs <= 0) this.#nextRename = worldNow;
    else if (this.#nextRename <= worldNow) {
      const person = prng.fork(`rename ${this.#nextRename}`).pick(world.people.slice(0, 40));
      const changed = `${person.displayName} (away)`;
      if (this.#renames.get(person.accountId) === changed)
        this.#renames.set(person.accountId, person.displayName);
      else this.#renames.set(person.accountId, changed);
      this.#nextRename = Math.max(this.#nextRename + everyMs, worldNow);
    }
  }

  /** Gives the records of one action their times: bursts, ties, whole seconds, late publication. */
  #schedule(drafts: readonly Draft[], start: number): Pending[] {
    const { prng } = this.#options;
    const knobs = this.#options.settings();
    const tied = {
      jira: prng.chance(knobs.jira.tieRate),
      confluence: prng.chance(knobs.confluence.tieRate),
      org: false,
    };
    return drafts.map((draft) => {
      const exact = start + (tied[draft.api] ? 0 : draft.offset);
      const time = draft.wholeSecond ? Math.floor(exact / 1000) * 1000 : exact;
      const publishedAt =
        draft.api === 'org' ? this.#processedAt(Math.max(start, exact)) : this.#visibleAt(draft.api, time);
      return { draft, time, publishedAt, id: 0, order: this.#order++ };
    });
  }

  #visibleAt(api: 'jira' | 'confluence', time: number): number {
    const { prng } = this.#options;
    const knobs = this.#options.settings()[api];
    if (!prng.chance(knobs.lateRate)) return time;
    return (
      time +
      prng.int(knobs.lateMinSeconds * 1000, Math.max(knobs.lateMinSeconds, knobs.lateMaxSeconds) * 1000)
    );
  }

  /** Never earlier than the action itself, so that the stream's order only grows at its end. */
  #processedAt(from: number): number {
    const { prng } = this.#options;
    const { delays, tieRate } = this.#options.settings().org;
    const band = delays[prng.weighted(delays.map((item) => item.share))];
    const delay = band
      ? prng.int(band.minSeconds * 1000, Math.max(band.minSeconds, band.maxSeconds) * 1000)
      : 0;
    if (prng.chance(tieRate)) this.#tiesOwed++;
    const near = this.#lastOrgPublish >= from && this.#lastOrgPublish <= from + 120_000;
    // A tie needs a neighbour; one that is due when none is near is made up for in the next burst.
    if (this.#tiesOwed > 0 && near) this.#tiesOwed--;
    else this.#lastOrgPublish = from + delay;
    return this.#lastOrgPublish;
  }

  /** Ids count up in the order of creation, each sequence by itself, with gaps. */
  #admit(pending: Pending): void {
    const { draft } = pending;
    if (draft.api !== 'jira') {
      this.#pending.push(pending);
      return;
    }
    const sequence = (draft.sequence ?? 0) % this.#options.settings().jira.idSequences;
    const id = (this.#sequences[sequence] ?? 0) + this.#options.prng.int(1, 3);
    this.#sequences[sequence] = id;
    this.#pending.push({ ...pending, id });
  }

  #playHistory(): void {
    const { start, history, prng } = this.#options;
    for (const day of splitHistory(start, history)) {
      const planned: Pending[] = [];
      const actions = [...planDay(day, prng, (request) => this.#planner.plan(request))].sort(
        (a, b) => a.at - b.at,
      );
      for (const { at, drafts } of actions) planned.push(...this.#schedule(drafts, at));
      planned.sort((a, b) => a.time - b.time || a.order - b.order);
      for (const pending of planned) this.#admit(pending);
      this.#publishUntil(day.end);
    }
  }
}
