import { change, confluenceDraft, groupThing, userThing } from '../confluence/records.ts';
import { groupItem, jiraDraft, userItem } from '../jira/records.ts';
import { orgContent } from '../org/actions.ts';
import type { OrgItem, OrgRates } from '../org/records.ts';
import { orgDraft, groupItem as orgGroup, userItem as orgUser, siteItem } from '../org/records.ts';
import type { Draft, Scene } from './draft.ts';
import type { Group, Person } from './people.ts';

/** One thing that happened to people or groups, seen by all three logs. */
interface Happening {
  readonly jira: string;
  readonly wiki: string;
  readonly org: string;
  readonly person?: Person;
  readonly group?: Group;
  readonly field?: readonly [name: string, from: string, to: string];
  readonly offset: number;
}

function jiraSide(scene: Scene, { jira, person, group, field, offset }: Happening): Draft {
  const { world } = scene;
  const object = group ? groupItem(world, group) : person ? userItem(world, person) : undefined;
  const created = jira.endsWith('created');
  const changedValues = field
    ? [
        {
          fieldName: field[0] === 'Active' ? 'Active / Inactive' : field[0],
          ...(created ? {} : { changedFrom: field[1] }),
          changedTo: field[2],
        },
      ]
    : [];
  const content = {
    summary: jira,
    category: group ? 'group management' : 'user management',
    ...(object ? { objectItem: object } : {}),
    changedValues,
    associatedItems: group && person ? [userItem(world, person)] : [],
  };
  return jiraDraft(content, {}, offset);
}

function wikiSide(scene: Scene, { wiki, person, group, field, offset }: Happening): Draft {
  const yesNo = (value: string) => (value === 'Active' ? 'Yes' : value === 'Inactive' ? 'No' : value);
  const content = {
    summary: wiki,
    category: 'Users and groups',
    remoteAddress: scene.prng.chance(0.5) ? '203.0.113.77' : '',
    superAdmin: false,
    affectedObject: group ? groupThing(group) : person ? userThing(person) : { name: '', objectType: '' },
    changedValues: field ? [change(field[0], yesNo(field[1]), yesNo(field[2]))] : [],
    associatedObjects: group && person ? [userThing(person)] : [],
  };
  return confluenceDraft(content, {}, offset);
}

function orgSide(scene: Scene, { org, person, group, offset }: Happening, rates: OrgRates): Draft {
  const context: OrgItem[] = [...(person ? [orgUser(person)] : []), ...(group ? [orgGroup(group)] : [])];
  const actor = scene.prng.pick(scene.world.people.slice(0, 12));
  const content = orgContent(scene, org, { actor, context, container: [siteItem(scene.world)] });
  return orgDraft(scene, { content, category: group ? 'groups' : 'signIn', offset, rates });
}

const added = {
  jira: 'User added to group',
  wiki: 'User added to group',
  org: 'user_added_to_group',
} as const;
const removed = {
  jira: 'User removed from group',
  wiki: 'User removed from group',
  org: 'user_removed_from_group',
} as const;

function membership(scene: Scene): Happening[] {
  const { prng, world } = scene;
  const group = prng.pick(world.groups);
  const kind = prng.chance(0.75) ? added : removed;
  // A directory sync touches 10 to 40 members at times, usually a few.
  const count = prng.chance(0.06) ? prng.int(10, 40) : prng.int(1, 5);
  let offset = 0;
  return Array.from({ length: count }, () => {
    offset += prng.int(2, 30);
    return { ...kind, group, person: prng.pick(world.people), offset };
  });
}

function joining({ prng, world }: Scene): Happening[] {
  const person = prng.pick(world.people);
  const created: Happening = {
    jira: 'User created',
    wiki: 'User created',
    org: 'user_created',
    person,
    field: ['Active', '', 'Active'],
    offset: 0,
  };
  let offset = 0;
  const groups = Array.from({ length: prng.int(1, 4) }, () => {
    offset += prng.int(5, 30);
    return { ...added, group: prng.pick(world.groups), person, offset };
  });
  return [created, ...groups];
}

function leaving({ prng, world }: Scene): Happening[] {
  const person = prng.pick(world.people);
  const field = ['Active', 'Active', 'Inactive'] as const;
  const gone: Happening = {
    jira: 'User updated',
    wiki: 'User deactivated',
    org: 'user_deactivated',
    person,
    field,
    offset: 0,
  };
  return [gone, { ...removed, group: prng.pick(world.groups), person, offset: prng.int(5, 40) }];
}

function groupChange({ prng, world }: Scene): Happening[] {
  const group = prng.pick(world.groups);
  return prng.chance(0.6)
    ? [{ jira: 'Group created', wiki: 'Group created', org: 'group_created', group, offset: 0 }]
    : [{ jira: 'Group deleted', wiki: 'Group deleted', org: 'group_deleted', group, offset: 0 }];
}

function mailChange({ prng, world }: Scene): Happening[] {
  const person = prng.pick(world.people);
  const field = ['Email', person.email, person.email.replace('@', '.new@')] as const;
  return [
    {
      jira: 'User updated',
      wiki: 'User details updated',
      org: 'user_email_changed',
      person,
      field,
      offset: 0,
    },
  ];
}

const kinds = [membership, joining, leaving, groupChange, mailChange] as const;
const weights = [70, 10, 7, 7, 6];

/** A change in the directory: the same people and groups in all three logs, within a few hundred milliseconds. */
export function directoryAction(scene: Scene, rates: OrgRates): Draft[] {
  const happenings = kinds[scene.prng.weighted(weights)]?.(scene) ?? [];
  return happenings.flatMap((happening) => [
    jiraSide(scene, happening),
    wikiSide(scene, { ...happening, offset: happening.offset + scene.prng.int(0, 400) }),
    orgSide(scene, { ...happening, offset: happening.offset + scene.prng.int(0, 900) }, rates),
  ]);
}
