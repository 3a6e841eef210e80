import { entries, isJsonObject, items, type JsonNode, member, scalarText } from './tree.ts';

export type ResourceKind =
  | 'definition'
  | 'poller'
  | 'dcr'
  | 'table'
  | 'legacy-poller'
  | 'deployment-template'
  | 'other';

const kindByType: Readonly<Record<string, ResourceKind>> = {
  dataconnectordefinitions: 'definition',
  dataconnectors: 'poller',
  datacollectionrules: 'dcr',
  tables: 'table',
};

function isLegacy(node: JsonNode, properties: JsonNode | undefined): boolean {
  return (
    member(properties, 'pollingConfig') !== undefined ||
    scalarText(member(node, 'kind'))?.toLowerCase() === 'apipolling'
  );
}

function kindByShape(properties: JsonNode | undefined): ResourceKind {
  if (member(properties, 'connectorUiConfig')) return 'definition';
  if (member(properties, 'streamDeclarations') || member(properties, 'dataFlows')) return 'dcr';
  if (member(member(properties, 'schema'), 'columns')) return 'table';
  if (member(properties, 'dcrConfig') && member(properties, 'auth')) return 'poller';
  return 'other';
}

/** What a resource is, by its content: file names vary freely, and even `type` is wrong in published tables. */
export function classify(node: JsonNode): ResourceKind {
  if (!isJsonObject(node.value)) return 'other';
  if (Array.isArray(member(node, 'resources')?.value)) return 'deployment-template';
  const properties = member(node, 'properties');
  if (isLegacy(node, properties)) return 'legacy-poller';
  const type = scalarText(member(node, 'type'))?.split('/').at(-1)?.toLowerCase() ?? '';
  return kindByType[type] ?? kindByShape(properties);
}

/** The resources of one file: the root, or the elements of a root array. */
export function resourcesOf(root: JsonNode): JsonNode[] {
  return Array.isArray(root.value) ? items(root) : [root];
}

/** Every object below the node for which `wanted` holds, outermost first; used on deployment templates. */
export function findObjects(node: JsonNode, wanted: (node: JsonNode) => boolean): JsonNode[] {
  if (Array.isArray(node.value)) return items(node).flatMap((item) => findObjects(item, wanted));
  if (!isJsonObject(node.value)) return [];
  if (wanted(node)) return [node];
  return entries(node).flatMap(([, child]) => findObjects(child, wanted));
}
