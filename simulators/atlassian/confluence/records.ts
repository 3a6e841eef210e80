import type { Actor, Draft } from '../world/draft.ts';
import type { Group, Person } from '../world/people.ts';

export interface ConfluenceThing {
  readonly name: string;
  readonly objectType: string;
}

export interface ConfluenceChange {
  readonly name: string;
  readonly oldValue: string;
  readonly newValue: string;
  readonly hiddenOldValue: string;
  readonly hiddenNewValue: string;
}

export interface ConfluenceContent {
  readonly summary: string;
  readonly category: string;
  readonly description?: string;
  readonly remoteAddress?: string;
  readonly superAdmin?: boolean;
  readonly affectedObject: ConfluenceThing;
  readonly changedValues?: readonly ConfluenceChange[];
  readonly associatedObjects?: readonly ConfluenceThing[];
}

/** Groups carry their id in the name. */
export const groupThing = (group: Group): ConfluenceThing => ({
  name: `${group.name}:${group.uuid}`,
  objectType: 'Group',
});
export const userThing = (person: Person): ConfluenceThing => ({
  name: person.displayName,
  objectType: 'User',
});

export const change = (name: string, oldValue: string, newValue: string): ConfluenceChange => ({
  name,
  oldValue,
  newValue,
  hiddenOldValue: '',
  hiddenNewValue: '',
});

function author(actor: Actor): object {
  const { person } = actor;
  const common = { accountType: actor.app ? 'app' : '', publicName: person?.publicName ?? 'Unknown user' };
  if (!person) {
    // The system has no account; its name is all there is.
    const flags = { externalCollaborator: false, isExternalCollaborator: false };
    return { type: 'user', displayName: 'System', operations: null, ...common, ...flags };
  }
  return {
    type: 'user',
    displayName: person.displayName,
    operations: null,
    username: person.accountId,
    userKey: person.wikiKey,
    accountId: person.accountId,
    ...common,
    externalCollaborator: person.guest,
    isExternalCollaborator: person.guest,
    isGuest: person.guest,
  };
}

/** Unlike the issue tracker, empty values are written as `""` and `[]`. There is no id. */
function render(content: ConfluenceContent, actor: Actor, time: number): string {
  return JSON.stringify({
    author: author(actor),
    remoteAddress: content.remoteAddress ?? actor.person?.ip ?? '',
    creationDate: time,
    summary: content.summary,
    description: content.description ?? '',
    category: content.category,
    sysAdmin: false,
    superAdmin: content.superAdmin,
    affectedObject: content.affectedObject,
    changedValues: content.changedValues ?? [],
    associatedObjects: content.associatedObjects ?? [],
  });
}

export function confluenceDraft(content: ConfluenceContent, actor: Actor, offset: number): Draft {
  return {
    api: 'confluence',
    category: content.category,
    offset,
    render: (moment) => render(content, actor, moment.time),
  };
}

export const confluenceMix: Readonly<Record<string, number>> = {
  'Users and groups': 0.42,
  Permissions: 0.24,
  Spaces: 0.14,
  Pages: 0.05,
  'Public links': 0.03,
  'Page templates': 0.03,
  'Global administration': 0.03,
  Security: 0.015,
  Apps: 0.025,
  'Import/Export': 0.005,
  Analytics: 0.015,
};
