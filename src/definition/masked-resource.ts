import { isSluiceError } from '../core/errors.ts';
import { resolveTemplate, templateReferences } from '../template/template.ts';
import { mapTexts, templateNode } from './bind.ts';
import { bindScope, type ConnectionParameters } from './bind-scope.ts';
import type { Definition, PollerTemplate } from './model.ts';
import { createReport } from './report.ts';
import { secretNames, secretValues } from './secrets.ts';
import { isJsonObject, items, type JsonNode, member } from './tree.ts';

export const mask = '••••••';

/** Shortest secret that is also looked for inside other texts; shorter ones would mask at random. */
const minSearchedSecret = 4;

/** Of `auth` only identifiers and what says how, never who or with what (CCF §8 row 50). */
function isShownAuth(path: string): boolean {
  return /\.(?:type|authType|\w*id|apiKeyName|apiKeyIdentifier|grantType)$/i.test(path);
}

function isAuth(path: string): boolean {
  return /\.auth(?:\.|\[|$)/i.test(path);
}

/**
 * The connection resource for the grid of connections (`properties.request.apiEndpoint`, `properties.addOnAttributes.x`),
 * names spelled as published. Everything secret is masked: `auth` but for identifiers, each text that names a secret
 * parameter, and each text that contains a secret's value.
 */
export function maskedResource(
  definition: Definition,
  poller: PollerTemplate,
  parameters: ConnectionParameters,
): Record<string, unknown> {
  const names = secretNames(definition);
  const secret = new Set(names.map((name) => name.toLowerCase()));
  const values = secretValues(parameters, names).filter(({ value }) => value.length >= minSearchedSecret);
  const scope = bindScope(definition, parameters, { connectionName: definition.id }, createReport());
  const hides = (text: string) => values.some(({ value }) => text.includes(value));

  function show(text: string, path: string): unknown {
    if (templateReferences(text).parameters.some((name) => secret.has(name.toLowerCase()))) return mask;
    if (isAuth(path) && !isShownAuth(path)) return mask;
    try {
      const value = resolveTemplate(text, scope);
      return hides(JSON.stringify(value)) || (typeof value === 'string' && hides(value)) ? mask : value;
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      return hides(text) ? mask : text;
    }
  }

  const node = templateNode(poller);
  const shown = mapTexts(node.value, node.path, show);
  const resource = isJsonObject(shown) ? shown : {};
  return { ...resource, id: poller.name, name: poller.name };
}

function step(node: JsonNode | undefined, name: string, index: string | undefined): JsonNode | undefined {
  const found = name === '' ? node : member(node, name);
  return index === undefined ? found : items(found)[Number(index)];
}

/** Text at a dotted path such as `properties.sqsUrls[0]`, names compared without regard to case; '' when absent. */
export function gridValue(resource: Readonly<Record<string, unknown>>, path: string): string {
  let node: JsonNode | undefined = { value: resource, file: '', path: '$' };
  for (const part of path.split('.')) {
    const [, name = '', index] = /^([^[]*)(?:\[(\d+)\])?$/.exec(part.trim()) ?? [];
    node = step(node, name, index);
  }
  const value = node?.value;
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
