import type { Actor, Draft, World } from '../world/draft.ts';
import type { Group, Person } from '../world/people.ts';

export interface JiraItem {
  readonly id?: string;
  readonly name: string;
  readonly typeName: string;
  readonly parentId?: string;
  readonly parentName?: string;
}

export interface JiraChange {
  readonly fieldName: string;
  readonly changedFrom?: string;
  readonly changedTo: string;
}

export interface JiraContent {
  readonly summary: string;
  readonly category: string;
  readonly description?: string;
  readonly objectItem?: JiraItem;
  readonly changedValues?: readonly JiraChange[];
  readonly associatedItems?: readonly JiraItem[];
}

/** `2026-11-18T09:14:33.482+0000`: the zone has no colon. */
const jiraTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '+0000');

export const userItem = (world: World, person: Person): JiraItem => ({
  id: person.userKey,
  name: person.userKey,
  typeName: 'USER',
  parentId: '10000',
  parentName: world.directoryName,
});

/** Groups have no id. */
export const groupItem = (world: World, group: Group): JiraItem => ({
  name: group.name,
  typeName: 'GROUP',
  parentId: '10000',
  parentName: world.directoryName,
});

/** Numbers its ids come from: fields and service management count by themselves. */
function sequenceOf(content: JiraContent): number {
  if (content.category === 'fields' || content.category === 'custom field context') return 1;
  return /^(Request type|Customer|Cloud|Custom email)/i.test(content.summary) ? 2 : 0;
}

/** Absent keys are the rule: nothing is null, empty lists are left out, system records name no author. */
function render(content: JiraContent, actor: Actor, id: number, time: number): string {
  const person = actor.person;
  return JSON.stringify({
    id,
    summary: content.summary,
    remoteAddress: person?.ip,
    authorKey: person?.userKey,
    authorAccountId: person?.accountId,
    created: jiraTime(time),
    category: content.category,
    eventSource: actor.app ?? '',
    description: content.description,
    objectItem: content.objectItem,
    changedValues: content.changedValues?.length ? content.changedValues : undefined,
    associatedItems: content.associatedItems?.length ? content.associatedItems : undefined,
  });
}

export function jiraDraft(content: JiraContent, actor: Actor, offset: number): Draft {
  return {
    api: 'jira',
    category: mixOf(content.category),
    offset,
    sequence: sequenceOf(content),
    render: (moment, id) => render(content, actor, id, moment.time),
  };
}

/** Share of the suggested mix that a category counts for. */
export function mixOf(category: string): string {
  if (category === 'user management' || category === 'group management') return 'directory';
  if (category === 'custom field context') return 'fields';
  return ['projects', 'workflows', 'fields', 'permissions'].includes(category) ? category : 'rest';
}

export const jiraMix: Readonly<Record<string, number>> = {
  directory: 0.55,
  projects: 0.15,
  workflows: 0.1,
  fields: 0.1,
  permissions: 0.06,
  rest: 0.04,
};
