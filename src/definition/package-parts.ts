import { classify, findObjects, resourcesOf } from './classify.ts';
import { type PackageFile, parseFile } from './parse.ts';
import type { Report } from './report.ts';
import { descend, isJsonObject, type JsonNode, member, scalarText } from './tree.ts';

/** The resources of a package in source-file form, sorted by what they are. */
export interface PackageParts {
  readonly definitions: readonly JsonNode[];
  readonly pollers: readonly JsonNode[];
  readonly dcrs: readonly JsonNode[];
  readonly tables: readonly JsonNode[];
  /** Deployment templates: not mixed in, only mined for a definition that is missing. */
  readonly templates: readonly JsonNode[];
}

const notes = {
  'legacy-poller': 'a poller of the older generation (APIPolling)',
  'deployment-template': 'a deployment template',
  other: 'no part of a connector',
} as const;

function isDocument(file: string): boolean {
  return /\.(json|jsonc|json5)$/i.test(file);
}

function sortResource(node: JsonNode, parts: Record<keyof PackageParts, JsonNode[]>, report: Report): void {
  const kind = classify(node);
  if (kind === 'definition') parts.definitions.push(node);
  else if (kind === 'poller') parts.pollers.push(node);
  else if (kind === 'dcr') parts.dcrs.push(node);
  else if (kind === 'table') parts.tables.push(node);
  else {
    if (kind === 'deployment-template') parts.templates.push(node);
    report.info('FILE_IGNORED', `${node.file} holds ${notes[kind]} and was left out`, node);
  }
}

/** Recognises the files of a package by content; what is left out is named in an info finding. */
export function readParts(files: readonly PackageFile[], report: Report): PackageParts {
  const parts = { definitions: [], pollers: [], dcrs: [], tables: [], templates: [] } satisfies Record<
    keyof PackageParts,
    JsonNode[]
  >;
  for (const file of files) {
    if (/[\\/]/.test(file.file)) {
      report.info('FILE_IGNORED', `${file.file} lies in a sub-folder and was left out`, { file: file.file });
    } else if (isDocument(file.file)) {
      const root = parseFile(file, report);
      for (const resource of root ? resourcesOf(root) : []) sortResource(resource, parts, report);
    } else if (!/\.(svg|md|txt)$/i.test(file.file)) {
      report.info('FILE_IGNORED', `${file.file} is not a JSON file and was left out`, { file: file.file });
    }
  }
  return parts;
}

function isType(node: JsonNode, type: string): boolean {
  return (
    isJsonObject(node.value) && scalarText(member(node, 'type'))?.split('/').at(-1)?.toLowerCase() === type
  );
}

/** The first definition in a deployment template that has a title of its own, not an expression. */
export function definitionInTemplates(templates: readonly JsonNode[]): JsonNode | undefined {
  const found = templates.flatMap((template) =>
    findObjects(template, (node) => isType(node, 'dataconnectordefinitions')),
  );
  return found.find((node) => {
    const title = scalarText(descend(node, 'properties', 'connectorUiConfig', 'title'));
    return title !== undefined && !title.startsWith('[');
  });
}

/** Table resources inside deployment templates, for the tables that a package itself does not declare. */
export function tablesInTemplates(templates: readonly JsonNode[]): JsonNode[] {
  return templates.flatMap((template) => findObjects(template, (node) => isType(node, 'tables')));
}
