import type { Actor, Draft, Scene } from '../world/draft.ts';
import { apps, pageTitles, spacePermissions, topics, wikiPermissions } from '../world/names.ts';
import type { ConfluenceRow } from './catalogue.ts';
import { confluenceCatalogue } from './catalogue.ts';
import type { ConfluenceChange, ConfluenceContent, ConfluenceThing } from './records.ts';
import { change, confluenceDraft, groupThing, userThing } from './records.ts';

type Entry = readonly [category: string, row: ConfluenceRow];

const entries: readonly Entry[] = Object.entries(confluenceCatalogue).flatMap(([category, rows]) =>
  rows.map((row): Entry => [category, row]),
);

const spaceOf = (scene: Scene): ConfluenceThing => ({ name: scene.prng.pick(topics), objectType: 'Space' });

function thing(scene: Scene, objectType: string): ConfluenceThing {
  const { prng, world } = scene;
  if (objectType === 'Group') return groupThing(prng.pick(world.groups));
  if (objectType === 'User') return userThing(prng.pick(world.people));
  if (objectType === 'Space') return spaceOf(scene);
  if (objectType === 'App') return { name: prng.pick(apps).name, objectType };
  // Site-wide settings concern no object.
  if (objectType === 'Global') return { name: '', objectType: '' };
  return { name: `${prng.pick(topics)} ${prng.pick(pageTitles).toLowerCase()}`, objectType };
}

const values: Readonly<Record<string, (scene: Scene) => string>> = {
  Type: ({ prng }) => prng.pick(spacePermissions),
  'Space type': ({ prng }) => prng.pick(['GLOBAL', 'PERSONAL', 'COLLABORATION']),
  'Space status': ({ prng }) => prng.pick(['CURRENT', 'ARCHIVED', 'TRASHED']),
  'Space key': ({ prng }) => prng.pick(topics).slice(0, 4).toUpperCase(),
  Owner: ({ prng, world }) => prng.pick(world.people).accountId,
  'Display name': ({ prng, world }) => prng.pick(world.people).displayName,
  Email: ({ prng, world }) => prng.pick(world.people).email,
  Username: ({ prng, world }) => prng.pick(world.people).accountId,
  Active: () => 'Yes',
  Format: ({ prng }) => prng.pick(['XML', 'HTML', 'PDF', 'CSV']),
  Version: ({ prng }) => `${prng.int(1, 9)}.${prng.int(0, 30)}.${prng.int(0, 9)}`,
  Language: ({ prng }) => prng.pick(['en_US', 'de_DE', 'es_ES']),
  'Retention period': ({ prng }) => `${prng.int(3, 12)} months`,
  'Top bar colour': ({ prng }) => `#${prng.hex(6)}`,
};

const associatedTypes = new Set(['Space', 'User', 'User/Group']);

function detail(scene: Scene, summary: string, name: string): ConfluenceChange {
  const fixed = /^(.+):(.*)→(.*)$/.exec(name);
  if (fixed) return change(fixed[1] ?? '', fixed[2] ?? '', fixed[3] ?? '');
  const make = () => detailValue(scene, summary, name);
  if (/created|added|enabled|installed|export$/.test(summary)) return change(name, '', make());
  return change(name, make(), /removed|deleted|disabled/.test(summary) ? '' : make());
}

function detailValue(scene: Scene, summary: string, name: string): string {
  if (name === 'Type' && summary.startsWith('Global')) return scene.prng.pick(wikiPermissions);
  if (name === 'Type' && summary.startsWith('Content')) return scene.prng.pick(['View', 'Edit']);
  return values[name]?.(scene) ?? `${scene.prng.pick(topics)} ${name.toLowerCase()}`;
}

function associated(scene: Scene, type: string): ConfluenceThing {
  if (type === 'User/Group') return thing(scene, scene.prng.pick(['User', 'Group']));
  return thing(scene, type);
}

function confluenceContent(scene: Scene, [category, row]: Entry): ConfluenceContent {
  const [summary, objectTypes, details] = row;
  const changes = details.filter((name) => !associatedTypes.has(name) && name !== 'superAdmin true');
  return {
    summary,
    category,
    ...(details.includes('superAdmin true')
      ? { superAdmin: true }
      : scene.prng.chance(0.96)
        ? { superAdmin: false }
        : {}),
    ...(scene.prng.chance(0.02) ? { description: `${summary} by request` } : {}),
    affectedObject: thing(scene, scene.prng.pick(objectTypes)),
    changedValues: changes.map((name) => detail(scene, summary, name)),
    associatedObjects: details
      .filter((name) => associatedTypes.has(name))
      .map((type) => associated(scene, type)),
  };
}

function actorOf(scene: Scene, category: string): Actor {
  if (category === 'Users and groups' && scene.prng.chance(0.5)) return {};
  const person = scene.prng.pick(scene.world.people.slice(0, 40));
  return scene.prng.chance(0.04) ? { person, app: scene.prng.pick(apps).name } : { person };
}

/** Granting a role on a space writes one record per permission. */
function permissionBurst(scene: Scene, actor: Actor): Draft[] {
  const affectedObject = groupThing(scene.prng.pick(scene.world.groups));
  const associatedObjects = [spaceOf(scene)];
  let offset = 0;
  return spacePermissions.slice(0, scene.prng.int(2, spacePermissions.length)).map((permission) => {
    offset += scene.prng.int(2, 13);
    const summary = 'Space permission added';
    const common = { summary, category: 'Permissions', superAdmin: false, affectedObject, associatedObjects };
    return confluenceDraft({ ...common, changedValues: [change('Type', '', permission)] }, actor, offset);
  });
}

/** One action of a category; `identicalRate` is the share that is recorded two or three times in the same millisecond. */
export function confluenceAction(scene: Scene, category: string, identicalRate: number): Draft[] {
  const actor = actorOf(scene, category);
  if (category === 'Permissions' && scene.prng.chance(0.3)) return permissionBurst(scene, actor);
  const rows = entries.filter(([name]) => name === category);
  const entry = scene.prng.pick(rows.length > 0 ? rows : entries);
  const content = confluenceContent(scene, entry);
  const copies = scene.prng.chance(identicalRate) ? scene.prng.int(2, 3) : 1;
  return Array.from({ length: copies }, () => confluenceDraft(content, actor, 0));
}
