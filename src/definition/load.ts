import { templateReferences } from '../template/template.ts';
import { deepFreeze } from './freeze.ts';
import { collectInputs } from './inputs.ts';
import type { Definition, PollerTemplate } from './model.ts';
import { checkKind, normalisePoller } from './normalise/poller.ts';
import { packageHash } from './package-hash.ts';
import { definitionInTemplates, type PackageParts, readParts, tablesInTemplates } from './package-parts.ts';
import { completeUi, inlineLogo } from './page.ts';
import type { PackageFile } from './parse.ts';
import { stablePollerName, uniqueName } from './poller-name.ts';
import { fanOutName, type TemplateUse, templateUses, walkPollerTexts } from './references.ts';
import { createReport, type Report } from './report.ts';
import { checkStreams, readRules, sameName } from './stream-rules.ts';
import { completeTables, readTables } from './table-set.ts';
import { descend, isJsonObject, type JsonNode, member, scalarText } from './tree.ts';
import { readUi, type UiParts } from './ui.ts';

export interface LoadOptions {
  /** Name of the package's folder; the definition's id when nothing else names it. */
  readonly folder?: string;
  /** Files and folders that exist in the package but were not read, to be named in a finding. */
  readonly skipped?: readonly string[];
}

function pickDefinition(parts: PackageParts, report: Report): JsonNode | undefined {
  const [first, second] = parts.definitions;
  if (second)
    report.warning(
      'DEFINITION_AMBIGUOUS',
      'the package has several connector definitions; the first is used',
      second,
    );
  if (first) return first;
  const mined = definitionInTemplates(parts.templates);
  if (mined)
    report.warning('DEFINITION_PARTIAL', 'the definition was taken from a deployment template', mined);
  else
    report.warning(
      'DEFINITION_MISSING',
      'the package has no connector definition; its page is derived from the pollers',
    );
  return mined;
}

function isRestPoller(resource: JsonNode): boolean {
  return (scalarText(member(resource, 'kind'))?.trim() ?? 'RestApiPoller').toLowerCase() === 'restapipoller';
}

function checkTemplates(resource: JsonNode, report: Report): void {
  walkPollerTexts(resource, (text, node) => {
    const { error, parameters } = templateReferences(text);
    if (parameters.some(sameName(fanOutName)))
      report.error(
        'COPY_UNSUPPORTED',
        'one connection for each item of a list is not made by this version',
        node,
      );
    if (error) report.raised('error', error, node);
  });
}

function readPoller(resource: JsonNode, taken: Set<string>, report: Report): PollerTemplate {
  const name = uniqueName(stablePollerName(resource, report), taken);
  const kind = scalarText(member(resource, 'kind'))?.trim() ?? 'RestApiPoller';
  const reading = { report, unbound: true };
  if (checkKind(kind, member(resource, 'kind') ?? resource, reading)) {
    checkTemplates(resource, report);
    normalisePoller(resource, name, reading);
  }
  const raw = isJsonObject(resource.value) ? resource.value : {};
  return { name, kind, file: resource.file, path: resource.path, raw };
}

function lastSegment(text: string | undefined): string | undefined {
  if (text === undefined || /[[{]/.test(text)) return undefined;
  return text.split('/').at(-1)?.trim() || undefined;
}

function definitionId(
  page: UiParts,
  definition: JsonNode | undefined,
  parts: PackageParts,
  folder: string | undefined,
): string {
  const owner = parts.pollers.map((poller) =>
    scalarText(descend(poller, 'properties', 'connectorDefinitionName')),
  );
  const id =
    page.id ??
    lastSegment(scalarText(member(definition, 'name'))) ??
    lastSegment(owner[0]) ??
    folder ??
    'connector';
  return id.replace(/[^A-Za-z0-9_.-]+/g, '-');
}

function uniqueUses(pollers: readonly JsonNode[]): TemplateUse[] {
  const uses = new Map<string, TemplateUse>();
  for (const use of pollers.flatMap(templateUses)) {
    const known = uses.get(use.name.toLowerCase());
    uses.set(
      use.name.toLowerCase(),
      known ? { ...known, credential: known.credential || use.credential } : use,
    );
  }
  return [...uses.values()];
}

/**
 * A connector package in source-file form as an immutable Definition (CCF §1, §2, §3, §7, §8.1).
 * Never throws on what a package holds: findings are in `diagnostics`, and errors among them forbid connecting.
 */
export function loadDefinition(files: readonly PackageFile[], options: LoadOptions = {}): Definition {
  const report = createReport();
  for (const name of options.skipped ?? [])
    report.info('FILE_IGNORED', `${name} was not read`, { file: name });
  const parts = readParts(files, report);
  const definition = pickDefinition(parts, report);
  const page = inlineLogo(readUi(definition, report), files);
  const taken = new Set<string>();
  const pollers = parts.pollers.map((resource) => readPoller(resource, taken, report));
  if (pollers.length === 0)
    report.error('POLLER_MISSING', 'the package has no poller, so nothing can be connected');
  const declared = readTables(parts.tables, report, false);
  const rules = readRules(parts, declared, report);
  checkStreams(rules, parts.pollers.filter(isRestPoller), report);
  const mined = parts.tables.length > 0 ? [] : readTables(tablesInTemplates(parts.templates), report, true);
  const tables = completeTables(declared, rules, mined, report);
  const inputs = collectInputs(page.ui.instructionSteps, uniqueUses(parts.pollers));
  const id = definitionId(page, definition, parts, options.folder);
  return deepFreeze({
    id,
    hash: packageHash(files),
    ui: completeUi(page, id, tables, inputs),
    pollers,
    inputs,
    ...rules,
    tables,
    diagnostics: report.list,
    files: files.map(({ file, text }) => ({ file, text })),
  });
}
