import { templateReferences } from '../template/template.ts';
import { entries, type JsonNode, memberPath, walkTexts } from './tree.ts';

/** Filled by the runtime, never by the user (CCF §1.5, §1.6). */
const reservedNames: ReadonlySet<string> = new Set([
  'location',
  'workspace',
  'workspace-location',
  'innerworkspace',
  'workspaceresourceid',
  'workspacename',
  'subscription',
  'resourcegroupname',
  'datacollectionendpoint',
  'datacollectionendpointid',
  'datacollectionruleimmutableid',
  'dcrconfig',
  'guidvalue',
  'connectordefinitionname',
  'graphqueriestablename',
]);

export function isReservedName(name: string): boolean {
  return reservedNames.has(name.toLowerCase());
}

/** Members of a connection that have no effect on polling: broken expressions there do not matter. */
function isUnimportant(path: string, root: string): boolean {
  const local = path.slice(root.length).toLowerCase();
  if (/^\.(name|id|location|apiversion|etag|type|dependson|tags|copy)\b/.test(local)) return true;
  if (/^\.properties\.(datatype|connectordefinitionname)\b/.test(local)) return true;
  return /^\.properties\.dcrconfig\.(?!streamname)/.test(local);
}

export interface TemplateUse {
  /** Name as first written. */
  readonly name: string;
  /** Used below `auth` or in a header: taken as a secret when no field declares it. */
  readonly credential: boolean;
  readonly node: JsonNode;
}

/** The item of a comma separated list, from which the packaging tool makes one connection each (CCF §1.5). */
export const fanOutName = 'commaSeparatedArray';

/** Calls `visit` for every text of a connection resource that matters for polling. */
export function walkPollerTexts(resource: JsonNode, visit: (text: string, node: JsonNode) => void): void {
  for (const [name, child] of entries(resource)) {
    if (isUnimportant(memberPath('', name), '')) continue;
    walkTexts(child, (text, node) => {
      if (!isUnimportant(node.path, resource.path)) visit(text, node);
    });
  }
}

/** Names that the texts of a connection need from the user, reserved ones left out. */
export function templateUses(resource: JsonNode): TemplateUse[] {
  const uses = new Map<string, TemplateUse>();
  walkPollerTexts(resource, (text, node) => {
    const local = node.path.slice(resource.path.length).toLowerCase();
    const credential = /\.properties\.auth\b|\.headers\b/.test(local);
    for (const name of templateReferences(text).parameters) {
      const key = name.toLowerCase();
      if (isReservedName(name) || key === fanOutName.toLowerCase()) continue;
      const known = uses.get(key);
      if (!known) uses.set(key, { name, credential, node });
      else if (credential && !known.credential) uses.set(key, { ...known, credential });
    }
  });
  return [...uses.values()];
}
