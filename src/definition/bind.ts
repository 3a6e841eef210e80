import { type Diagnostic, hasErrors } from '../core/diagnostics.ts';
import { isSluiceError } from '../core/errors.ts';
import type { TemplateScope } from '../template/scope.ts';
import { resolveTemplate } from '../template/template.ts';
import { type BindOptions, bindScope, type ConnectionParameters } from './bind-scope.ts';
import { deepFreeze } from './freeze.ts';
import type { Definition, PollerConfig, PollerTemplate } from './model.ts';
import { checkKind, normalisePoller } from './normalise/poller.ts';
import { walkPollerTexts } from './references.ts';
import { createReport, type Report } from './report.ts';
import { redactDiagnostics } from './secrets.ts';
import { isJsonObject, type JsonNode, member, memberPath } from './tree.ts';

export interface BoundPollers {
  /** Pollers that can run; one with an error, or whose condition is false, is left out. */
  readonly pollers: readonly PollerConfig[];
  readonly diagnostics: readonly Diagnostic[];
}

export function templateNode(template: PollerTemplate): JsonNode {
  return { value: template.raw, file: template.file, path: template.path };
}

/** Copy of a JSON value with its texts replaced; `replace` gets each text with its path. */
export function mapTexts(
  value: unknown,
  path: string,
  replace: (text: string, path: string) => unknown,
): unknown {
  if (typeof value === 'string') return replace(value, path);
  if (Array.isArray(value))
    return value.map((item: unknown, at) => mapTexts(item, `${path}[${at}]`, replace));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [name, mapTexts(child, memberPath(path, name), replace)]),
  );
}

/** The resource with every text that matters resolved; a text that cannot be resolved is reported and kept. */
function resolveResource(node: JsonNode, scope: TemplateScope, report: Report): JsonNode {
  const matters = new Set<string>();
  walkPollerTexts(node, (_, text) => matters.add(text.path));
  const value = mapTexts(node.value, node.path, (text, path) => {
    if (!matters.has(path)) return text;
    try {
      return resolveTemplate(text, scope);
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      report.raised('error', error, { file: node.file, path });
      return text;
    }
  });
  return { ...node, value };
}

function isSwitchedOff(resource: JsonNode): boolean {
  const condition = member(resource, 'condition')?.value;
  return condition === false || (typeof condition === 'string' && condition.trim().toLowerCase() === 'false');
}

function bindPoller(
  template: PollerTemplate,
  scope: TemplateScope,
  report: Report,
): PollerConfig | undefined {
  const node = templateNode(template);
  const reading = { report, unbound: false };
  if (!checkKind(template.kind, member(node, 'kind') ?? node, reading)) return undefined;
  const own = createReport();
  const resource = resolveResource(node, scope, own);
  if (isSwitchedOff(resource)) {
    report.info('CONDITION_FALSE', `the condition of ${template.name} is not met`, node);
    return undefined;
  }
  for (const diagnostic of own.list) report.copy(diagnostic);
  if (own.list.some((diagnostic) => diagnostic.severity === 'error')) return undefined;
  return normalisePoller(resource, template.name, reading);
}

/**
 * The pollers of a definition with the values of one connection put in (CCF §1.5, §3).
 * Missing values, unresolvable templates and settings that this version does not run are errors in `diagnostics`.
 * The result holds secrets; diagnostics never do.
 */
export function bindPollers(
  definition: Definition,
  parameters: ConnectionParameters,
  options: BindOptions,
): BoundPollers {
  const report = createReport();
  const scope = bindScope(definition, parameters, options, report);
  // Without its values every poller would only repeat in other words that they are missing.
  if (hasErrors(report.list)) return deepFreeze({ pollers: [], diagnostics: report.list });
  const pollers = definition.pollers
    .map((template) => bindPoller(template, scope, report))
    .filter((poller) => poller !== undefined);
  return deepFreeze({ pollers, diagnostics: redactDiagnostics(report.list, definition, parameters) });
}
