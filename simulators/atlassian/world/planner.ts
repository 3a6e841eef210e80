import { confluenceAction } from '../confluence/actions.ts';
import { confluenceMix } from '../confluence/records.ts';
import { jiraAction } from '../jira/actions.ts';
import { jiraMix } from '../jira/records.ts';
import type { ApiName } from '../ledger.ts';
import { orgAction, orgMix } from '../org/actions.ts';
import type { Settings } from '../settings.ts';
import { directoryAction } from './directory.ts';
import type { Draft, Scene } from './draft.ts';

interface Tally {
  total: number;
  readonly byCategory: Map<string, number>;
}

export interface PlanRequest {
  readonly api: ApiName;
  /** Night or weekend: the issue tracker sees directory events only. */
  readonly quiet: boolean;
  /** Records each log may still take. */
  readonly room: Readonly<Record<ApiName, number>>;
}

/** Chooses the next action so that every log keeps its suggested mix; one action may write to all three. */
interface Planner {
  plan(request: PlanRequest): Draft[];
  total(api: ApiName): number;
}

export function createPlanner(scene: Scene, settings: () => Settings): Planner {
  const tallies: Readonly<Record<ApiName, Tally>> = {
    jira: { total: 0, byCategory: new Map() },
    confluence: { total: 0, byCategory: new Map() },
    org: { total: 0, byCategory: new Map() },
  };
  const mixOf = (api: ApiName): Readonly<Record<string, number>> => {
    if (api === 'jira') return jiraMix;
    if (api === 'confluence') return confluenceMix;
    return settings().plan.guard === 'premium' ? orgMix.premium : orgMix.standard;
  };
  const deficit = (api: ApiName, category: string) => {
    const tally = tallies[api];
    return (mixOf(api)[category] ?? 0) * (tally.total + 20) - (tally.byCategory.get(category) ?? 0);
  };
  const choose = (api: ApiName) => {
    const categories = Object.keys(mixOf(api));
    const weights = categories.map((category) => Math.max(0, deficit(api, category)) + 0.01);
    return categories[scene.prng.weighted(weights)] ?? '';
  };
  const act = (api: ApiName, quiet: boolean): Draft[] => {
    const knobs = settings();
    const category = api === 'jira' && quiet ? 'directory' : choose(api);
    if (category === 'directory') return directoryAction(scene, knobs.org);
    if (api === 'jira') return jiraAction(scene, category);
    if (category === 'Users and groups' && scene.prng.chance(0.6)) return directoryAction(scene, knobs.org);
    if (api === 'confluence') return confluenceAction(scene, category, knobs.confluence.identicalRate);
    if (category === 'groups' && scene.prng.chance(0.5)) return directoryAction(scene, knobs.org);
    return orgAction(scene, category, knobs.org);
  };
  const wanted = (draft: Draft, request: PlanRequest) =>
    draft.api === request.api || deficit(draft.api, draft.category) > 0;
  const count = (draft: Draft) => {
    const tally = tallies[draft.api];
    tally.total++;
    tally.byCategory.set(draft.category, (tally.byCategory.get(draft.category) ?? 0) + 1);
  };
  return {
    total: (api) => tallies[api].total,
    plan: (request) => {
      const room = { ...request.room };
      const wantedApis = new Map<string, boolean>();
      const drafts: Draft[] = [];
      for (const draft of act(request.api, request.quiet)) {
        // Decided once per action and log: a log takes the whole burst or nothing of it.
        const side = `${draft.api}/${draft.category}`;
        const take = wantedApis.get(side) ?? wanted(draft, request);
        wantedApis.set(side, take);
        if (!take || room[draft.api] <= 0) continue;
        room[draft.api]--;
        count(draft);
        drafts.push(draft);
      }
      return drafts;
    },
  };
}
