import type { Actor, Draft, Scene } from '../world/draft.ts';
import { apps } from '../world/names.ts';
import type { JiraRow } from './catalogue.ts';
import { jiraCatalogue } from './catalogue.ts';
import type { JiraContent } from './records.ts';
import { jiraDraft, jiraMix, mixOf } from './records.ts';
import { jiraChange, jiraObject } from './values.ts';

type Entry = readonly [category: string, row: JiraRow];

const entries: readonly Entry[] = Object.entries(jiraCatalogue).flatMap(([category, rows]) =>
  rows.map((row): Entry => [category, row]),
);
const byMix = new Map(
  Object.keys(jiraMix).map((mix) => [mix, entries.filter(([category]) => mixOf(category) === mix)]),
);
const projectBurst = new Set([
  'Permission scheme added to project',
  'Workflow scheme added to project',
  'Field Configuration scheme added to project',
  'Notification scheme added to project',
  'Project roles changed',
  'Project component created',
  'Project version created',
  'Workflow created',
  'Board created',
]);

function content(scene: Scene, [category, row]: Entry): JiraContent {
  const [summary, typeName, associated, changed] = row;
  const hint =
    typeName === 'SCHEME' ? summary.replace(/ (created|updated|deleted|copied)$/, '').toLowerCase() : '';
  return {
    summary,
    category,
    ...(scene.prng.chance(0.03) ? { description: `${summary} from the administration pages` } : {}),
    objectItem: jiraObject(scene, typeName, hint),
    changedValues: changed.map((field) => jiraChange(scene, summary, field)),
    associatedItems: associated.map((type) => jiraObject(scene, type)),
  };
}

/** An administrator's change, at times through an app, at times by a background task. */
function actorOf(scene: Scene): Actor {
  const person = scene.prng.pick(scene.world.people.slice(0, 24));
  const kind = scene.prng.weighted([86, 8, 6]);
  if (kind === 0) return { person };
  return kind === 1 ? { person, app: scene.prng.pick(apps).name } : {};
}

/** Creating a project writes 10 to 40 records within a few hundred milliseconds. */
function projectCreation(scene: Scene): Draft[] {
  const actor = actorOf(scene);
  const created = entries.find(([, row]) => row[0] === 'Project created') ?? entries[0];
  const followers = entries.filter(([, row]) => projectBurst.has(row[0]));
  const count = scene.prng.int(9, 39);
  let offset = 0;
  const drafts = created ? [jiraDraft(content(scene, created), actor, 0)] : [];
  for (let i = 0; i < count; i++) {
    offset += scene.prng.int(2, 30);
    drafts.push(jiraDraft(content(scene, scene.prng.pick(followers)), actor, offset));
  }
  return drafts;
}

/** One action of the given share of the mix, as one or several records. */
export function jiraAction(scene: Scene, mix: string): Draft[] {
  if (mix === 'projects' && scene.prng.chance(0.08)) return projectCreation(scene);
  const actor = actorOf(scene);
  const entry = scene.prng.pick(byMix.get(mix) ?? entries);
  const count = scene.prng.chance(0.25) ? scene.prng.int(2, 6) : 1;
  let offset = 0;
  return Array.from({ length: count }, (_, index) => {
    if (index > 0) offset += scene.prng.int(2, 30);
    return jiraDraft(content(scene, entry), actor, offset);
  });
}
