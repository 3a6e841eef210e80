import type { Scene } from '../world/draft.ts';
import {
  fieldTypes,
  globalPermissions,
  issueTypes,
  jiraPermissions,
  statuses,
  topics,
} from '../world/names.ts';
import type { Prng } from '../world/random.ts';
import type { JiraChange, JiraItem } from './records.ts';
import { groupItem, userItem } from './records.ts';

const nouns: Readonly<Record<string, string>> = {
  SCHEME: 'scheme',
  WORKFLOW: 'workflow',
  CUSTOM_FIELD: 'field',
  ISSUE_TYPE: 'issue type',
  FILTER: 'filter',
  BOARD: 'board',
  RESOLUTION: 'resolution',
  PROJECT_ROLE: 'role',
  PROJECT_COMPONENT: 'component',
};

/** An object of a type as the log shows it: groups and permissions have no id, workflows use their name. */
export function jiraObject(scene: Scene, typeName: string, hint = ''): JiraItem {
  const { world, prng } = scene;
  if (typeName === 'USER') return userItem(world, prng.pick(world.people));
  if (typeName === 'GROUP') return groupItem(world, prng.pick(world.groups));
  if (typeName === 'PERMISSIONS') return { name: 'Global Permissions', typeName };
  const topic = prng.pick(topics);
  const id = String(10_000 + prng.int(1, 399));
  if (typeName === 'PROJECT')
    return { id, name: `${topic} ${prng.pick(['project', 'board', 'service desk'])}`, typeName };
  if (typeName === 'VERSION')
    return { id, name: `${prng.int(1, 9)}.${prng.int(0, 20)}.${prng.int(0, 9)}`, typeName };
  if (typeName === 'LICENSE') return { id: '0', name: 'Jira (Cloud)', typeName };
  if (typeName === 'SYSTEM') return { id: '0', name: 'Global settings', typeName };
  const name = `${topic} ${hint || (nouns[typeName] ?? 'item')}`;
  if (typeName === 'WORKFLOW') return { id: name, name, typeName };
  if (typeName === 'CUSTOM_FIELD') return { id: `customfield_${id}`, name, typeName };
  return { id, name, typeName };
}

const values: Readonly<Record<string, (scene: Scene) => string>> = {
  'Active / Inactive': ({ prng }) => prng.pick(['Active', 'Inactive']),
  Email: ({ prng, world }) => prng.pick(world.people).email,
  Username: ({ prng, world }) => prng.pick(world.people).userKey,
  Permission: ({ prng }) => prng.pick([...jiraPermissions, ...globalPermissions]),
  Group: ({ prng, world }) => prng.pick(world.groups).name,
  Groups: ({ prng, world }) => prng.pick(world.groups).name,
  Users: ({ prng, world }) => prng.pick(world.people).userKey,
  Type: ({ prng }) => prng.pick(['Group', 'Project Role', 'Reporter', ...fieldTypes]),
  Description: ({ prng }) =>
    prng.pick(['', 'null', `Used by ${prng.pick(topics)}`, 'Do not change without the platform team']),
  Status: ({ prng }) => prng.pick(statuses),
  Transition: ({ prng }) => `${prng.pick(statuses)} → ${prng.pick(statuses)}`,
  'Issue Type': ({ prng }) => prng.pick(issueTypes),
  'Issue Types': ({ prng }) => `${prng.pick(issueTypes)}, ${prng.pick(issueTypes)}`,
  'Associated to issue type(s)': ({ prng }) => prng.pick(issueTypes),
  'Associated to project(s)': ({ prng }) => `${prng.pick(topics)} project`,
  Key: ({ prng }) => prng.pick(topics).slice(0, 4).toUpperCase(),
  'Project lead': ({ prng, world }) => prng.pick(world.people).userKey,
  'Component Lead': ({ prng, world }) => prng.pick(world.people).userKey,
  'Default Assignee': ({ prng }) => prng.pick(['Unassigned', 'Project Lead']),
  'Release date': ({ prng }) => `2026-${String(prng.int(1, 12)).padStart(2, '0')}-15`,
  JQL: ({ prng }) =>
    `project = ${prng.pick(topics).slice(0, 4).toUpperCase()} AND status = "${prng.pick(statuses)}" ORDER BY created DESC`,
  Shares: ({ prng, world }) => prng.pick(world.groups).name,
  isEnabled: ({ prng }) => prng.pick(['true', 'false']),
  tlsEnabled: () => 'true',
  protocol: ({ prng }) => prng.pick(['imaps', 'pop3s']),
  host: () => 'mail.acme-demo.example',
  port: () => '993',
  emailAddress: ({ prng }) => `${prng.pick(topics).toLowerCase()}@desk.acme-demo.example`,
  userName: () => 'desk',
  'User Limit': ({ prng }) => String(prng.pick([100, 250, 500])),
  'License Type': () => 'COMMERCIAL',
  'Maximum attachment size': ({ prng }) => String(prng.int(10, 100) * 1_048_576),
};

const numeric = /(^id|Id)$/;

function jiraValue(scene: Scene, field: string): string {
  const make = values[field];
  if (make) return make(scene);
  if (numeric.test(field)) return String(scene.prng.int(1, 900));
  return `${scene.prng.pick(topics)} ${field.toLowerCase()}`;
}

type Operation = 'create' | 'update' | 'delete';

function operationOf(summary: string): Operation {
  if (/deleted|removed/.test(summary)) return 'delete';
  return /created|added|turned on|^New /.test(summary) ? 'create' : 'update';
}

/** One changed field: `changedFrom` is absent on creation, `changedTo` empty on removal; values are text. */
export function jiraChange(scene: Scene, summary: string, field: string): JiraChange {
  const operation = operationOf(summary);
  if (operation === 'create') return { fieldName: field, changedTo: jiraValue(scene, field) };
  const changedFrom = emptyAtTimes(scene.prng, jiraValue(scene, field));
  return { fieldName: field, changedFrom, changedTo: operation === 'delete' ? '' : jiraValue(scene, field) };
}

const emptyAtTimes = (prng: Prng, value: string) => (prng.chance(0.35) ? '' : value);
