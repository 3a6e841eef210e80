import type { Draft, Scene } from '../world/draft.ts';
import { apps, pageTitles, topics } from '../world/names.ts';
import type { Person } from '../world/people.ts';
import type { OrgAction } from './catalogue.ts';
import { orgCatalogue } from './catalogue.ts';
import type { OrgContent, OrgItem, OrgRates } from './records.ts';
import { groupItem, locationOf, orgDraft, orgItem, personActor, siteItem, userItem } from './records.ts';

type GroupName = keyof typeof orgCatalogue;

const shares: Readonly<Record<string, readonly GroupName[]>> = {
  signIn: ['Sign-in and accounts'],
  groups: ['Users and groups'],
  access: ['Roles and product access'],
  tokens: ['API tokens and keys'],
  policies: ['Authentication policies, SSO', 'Security policies'],
  rest: ['Apps', 'Domains and directory', 'Bitbucket', 'Analytics'],
  views: ['Jira activity (Guard Premium)', 'Confluence activity'],
};

export const orgMix: Readonly<Record<'standard' | 'premium', Readonly<Record<string, number>>>> = {
  standard: { signIn: 0.45, groups: 0.2, access: 0.12, tokens: 0.08, policies: 0.05, rest: 0.1 },
  premium: {
    views: 0.85,
    signIn: 0.07,
    groups: 0.03,
    access: 0.018,
    tokens: 0.012,
    policies: 0.0075,
    rest: 0.0125,
  },
};

/** Actions that happen far more often than their neighbours. */
const usual: Readonly<Record<string, number>> = {
  user_login: 60,
  user_logout: 10,
  user_login_failed: 8,
  user_added_to_group: 20,
  user_removed_from_group: 8,
  api_token_created: 6,
  user_granted_role: 6,
  jira_issue_viewed: 120,
  confluence_page_viewed: 120,
  jira_issue_updated: 10,
  confluence_page_updated: 10,
};

const pools = new Map(
  Object.entries(shares).map(([share, groups]) => {
    const actions = groups.flatMap((group): readonly OrgAction[] => orgCatalogue[group]);
    return [share, { actions, weights: actions.map(([action]) => usual[action] ?? 1) }] as const;
  }),
);

function activity(scene: Scene, action: string): { context: OrgItem[]; container: OrgItem[] } {
  const { prng, world } = scene;
  if (action.startsWith('jira_')) {
    const key = `${prng.pick(topics).slice(0, 4).toUpperCase()}-${prng.int(1, 4000)}`;
    const issue = { product: 'jira', issueId: String(prng.int(10_000, 60_000)), issueKeyOrId: key };
    return { context: [siteItem(world, issue)], container: [siteItem(world)] };
  }
  const name = prng.pick(topics);
  const space: OrgItem = {
    id: String(prng.int(100_000, 999_999)),
    type: 'space',
    attributes: { name, key: name.slice(0, 4).toUpperCase() },
  };
  const page: OrgItem = {
    id: String(prng.int(1_000_000, 9_999_999)),
    type: 'pages',
    attributes: { title: prng.pick(pageTitles) },
  };
  return { context: [page, space], container: [siteItem(world, { product: 'confluence' })] };
}

function subjects(
  scene: Scene,
  share: string,
  action: string,
  actor: Person,
): { context: OrgItem[]; container: OrgItem[] } {
  const { prng, world } = scene;
  const person = () => userItem(prng.pick(world.people));
  if (share === 'views') return activity(scene, action);
  if (share === 'tokens')
    return {
      context: [{ id: `tok-${prng.hex(6)}`, type: 'unit', attributes: {} }],
      container: [orgItem(world)],
    };
  if (share === 'policies')
    return { context: [orgItem(world, 'AuthenticationPolicy')], container: [orgItem(world)] };
  if (action.startsWith('marketplace_') || action.startsWith('third_party')) {
    const app = prng.pick(apps);
    return {
      context: [
        { id: `app-${app.name.toLowerCase().replaceAll(' ', '-')}`, type: 'apps', attributes: { ...app } },
      ],
      container: [siteItem(world)],
    };
  }
  if (action.includes('invitation')) {
    return {
      context: [
        { id: prng.uuid(), type: 'invited-user', attributes: { email: prng.pick(world.people).email } },
      ],
      container: [orgItem(world)],
    };
  }
  if (share === 'signIn') {
    return prng.chance(0.03)
      ? { context: [], container: [] }
      : { context: [userItem(actor)], container: [orgItem(world)] };
  }
  if (action.includes('group'))
    return { context: [person(), groupItem(prng.pick(world.groups))], container: [siteItem(world)] };
  return { context: [person()], container: [siteItem(world)] };
}

const displayNames = new Map(
  Object.values(orgCatalogue).flatMap((rows: readonly OrgAction[]) =>
    rows.map(([id, name]) => [id, name] as const),
  ),
);

interface OrgEventOptions {
  readonly actor: Person;
  readonly context: readonly OrgItem[];
  readonly container: readonly OrgItem[];
}

export function orgContent(scene: Scene, action: string, options: OrgEventOptions): OrgContent {
  return {
    action,
    actor: personActor(scene, options.actor),
    context: options.context,
    ...(options.container.length > 0 ? { container: options.container } : {}),
    location: locationOf(scene, options.actor),
    ...(scene.prng.chance(0.7)
      ? { message: `${displayNames.get(action) ?? action} by ${options.actor.displayName}` }
      : {}),
  };
}

/** One action of the given share of the mix. */
export function orgAction(scene: Scene, share: string, rates: OrgRates): Draft[] {
  const pool = pools.get(share) ?? pools.get('signIn');
  if (!pool) return [];
  const action = pool.actions[scene.prng.weighted(pool.weights)]?.[0] ?? 'user_login';
  const count = share === 'signIn' || scene.prng.chance(0.8) ? 1 : scene.prng.int(2, 5);
  const actor = scene.prng.pick(scene.world.people);
  return Array.from({ length: count }, (_, index) => {
    const content = orgContent(scene, action, { actor, ...subjects(scene, share, action, actor) });
    return orgDraft(scene, { content, category: share, offset: index * scene.prng.int(2, 40), rates });
  });
}
