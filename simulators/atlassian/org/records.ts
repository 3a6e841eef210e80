import type { Draft, Moment, Scene, World } from '../world/draft.ts';
import type { Group, Person } from '../world/people.ts';

export interface OrgItem {
  readonly id: string;
  readonly type: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly links?: Readonly<Record<string, string>>;
}

export interface OrgContent {
  readonly action: string;
  readonly actor: Readonly<Record<string, unknown>>;
  readonly context?: readonly OrgItem[];
  readonly container?: readonly OrgItem[];
  readonly location?: Readonly<Record<string, string>>;
  readonly message?: string;
}

export interface OrgRates {
  readonly noMillisecondsRate: number;
  readonly noLocationRate: number;
  readonly appActorRate: number;
  readonly noContextRate: number;
}

export const userItem = (person: Person): OrgItem => ({
  id: person.accountId,
  type: 'users',
  attributes: { name: person.displayName, email: person.email, accountType: 'atlassian' },
});

export const groupItem = (group: Group): OrgItem => ({
  id: group.uuid,
  type: 'groups',
  attributes: { name: group.name, groupName: group.name },
});

export const siteItem = (world: World, more: Readonly<Record<string, unknown>> = {}): OrgItem => ({
  id: world.siteId,
  type: 'sites',
  attributes: { siteName: world.siteName, siteHostName: `https://${world.siteHost}`, ...more },
  links: { alt: `https://${world.siteHost}` },
});

export const orgItem = (world: World, setting?: string): OrgItem => ({
  id: world.orgId,
  type: 'orgs',
  attributes: setting
    ? { name: world.siteName, settingName: setting, settingValues: ['enforced'] }
    : { name: world.siteName },
});

const authTypes = [
  'session',
  'api-token',
  'container-token',
  'auth-token-for-3LO',
  'auth-token-for-2LO',
  'connect-token',
];

/** A person; at times with the credential that was used, at times on behalf of somebody. */
export function personActor(scene: Scene, person: Person): Readonly<Record<string, unknown>> {
  const { prng, world } = scene;
  const authType = authTypes[prng.weighted([60, 20, 6, 8, 4, 2])] ?? 'session';
  const token =
    authType === 'api-token'
      ? { tokenId: `tok-${prng.hex(6)}`, tokenLabel: prng.pick(['idm-sync', 'reporting', 'backup']) }
      : {};
  const behalf = prng.chance(0.01) ? prng.pick(world.people) : undefined;
  return {
    id: person.accountId,
    name: person.displayName,
    email: person.email,
    ...(prng.chance(0.8) ? { auth: { authType, ...token } } : {}),
    ...(behalf
      ? { onBehalfOf: { id: behalf.accountId, name: behalf.displayName, email: behalf.email } }
      : {}),
    ...(prng.chance(0.1) ? { picture: null } : {}),
    links: { self: `https://api.atlassian.com/users/${person.accountId}/manage/profile` },
  };
}

/** Apps and the system appear with a slug and a text that is no address in `email`. */
function appActor(scene: Scene): Readonly<Record<string, unknown>> {
  const slug = scene.prng.pick(['confluence', 'jira', 'identity-provisioning', 'admin-automation']);
  return {
    id: slug,
    name: slug,
    email: 'Atlassian app',
    auth: { authType: 'container-token' },
    app: { id: `ari:cloud:app/${slug}`, type: 'apps', attributes: { name: slug } },
  };
}

/** Where it happened; single fields may be missing or empty. */
export function locationOf(scene: Scene, person: Person): Readonly<Record<string, string>> {
  const { office } = person;
  const full = {
    ip: person.ip,
    geo: office.geo,
    countryName: office.countryName,
    regionName: office.regionName,
    city: office.city,
  };
  const kind = scene.prng.weighted([90, 5, 5]);
  if (kind === 0) return full;
  return kind === 1 ? { ip: full.ip, countryName: full.countryName } : { ...full, regionName: '', city: '' };
}

/** Event time is written with milliseconds unless it is a whole second of the kind that lacks them. */
const timeText = (ms: number, short: boolean) =>
  short ? new Date(ms).toISOString().replace('.000Z', 'Z') : new Date(ms).toISOString();

function render(
  content: OrgContent,
  orgId: string,
  identity: { uuid: string; short: boolean },
  moment: Moment,
): string {
  const attributes = {
    time: timeText(moment.time, identity.short),
    processedAt: new Date(moment.publishedAt).toISOString(),
    action: content.action,
    actor: content.actor,
    context: content.context,
    container: content.container,
    location: content.location,
  };
  return JSON.stringify({
    id: identity.uuid,
    type: 'events',
    attributes,
    links: { self: `https://api.atlassian.com/admin/v1/orgs/${orgId}/events/${identity.uuid}` },
    message: content.message === undefined ? undefined : { content: content.message, format: 'simple' },
  });
}

/** A draft event with the profile's share of missing parts, app actors and times without milliseconds. */
export function orgDraft(
  scene: Scene,
  event: { content: OrgContent; category: string; offset: number; rates: OrgRates },
): Draft {
  const { prng, world } = scene;
  const { rates } = event;
  const short = prng.chance(rates.noMillisecondsRate);
  const { location, context, ...rest } = event.content;
  const content: OrgContent = {
    ...rest,
    ...(prng.chance(rates.appActorRate) ? { actor: appActor(scene) } : {}),
    ...(location && !prng.chance(rates.noLocationRate) ? { location } : {}),
    ...(prng.chance(rates.noContextRate) ? {} : { context: context ?? [] }),
  };
  const uuid = prng.uuid();
  return {
    api: 'org',
    category: event.category,
    offset: event.offset,
    wholeSecond: short,
    uuid,
    render: (moment) => render(content, world.orgId, { uuid, short }, moment),
  };
}

/** The search endpoint does not show when an event was processed. */
export const withoutProcessedAt = (json: string): string => json.replace(/,"processedAt":"[^"]*"/, '');
