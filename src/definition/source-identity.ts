import { createHash } from 'node:crypto';
import { type ConnectionParameters, givenValue } from './bind-scope.ts';
import type { PollerConfig } from './model.ts';
import { secretValues } from './secrets.ts';

/** Shorter secrets are not looked for in the address: they would be found by chance. */
const minSearchedSecret = 6;

/** The address without secrets: a new key must not make a new source. */
function stableEndpoint(
  endpoint: string,
  parameters: ConnectionParameters,
  secretNames: readonly string[],
): string {
  let result = URL.canParse(endpoint) ? new URL(endpoint).href : endpoint;
  for (const { name, value } of secretValues(parameters, secretNames)) {
    if (value.length < minSearchedSecret) continue;
    for (const form of new Set([value, encodeURIComponent(value.replace(/\p{Surrogate}/gu, ''))]))
      result = result.replaceAll(form, `{${name.toLowerCase()}}`);
  }
  return result;
}

/** The same site typed with or without scheme and slash is the same source. */
function plainValue(value: string): string {
  return value
    .trim()
    .replace(/^https?:\/\//i, '')
    .replace(/\/+$/, '');
}

function plainParameters(
  parameters: ConnectionParameters,
  secretNames: readonly string[],
): [string, string | string[]][] {
  const secret = new Set(secretNames.map((name) => name.toLowerCase()));
  return Object.keys(parameters)
    .filter((name) => !secret.has(name.toLowerCase()))
    .map((name): [string, string | string[]] => {
      const value = givenValue(parameters, name) ?? '';
      return [
        name.toLowerCase(),
        typeof value === 'string' ? plainValue(value) : value.map(plainValue).sort(),
      ];
    })
    .filter(([, value]) => value.length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * Identity of a source of records (delivery §3), SHA-256 hex: the same for a connection that is removed and added again,
 * for a new credential and for a new version of the definition; another for another endpoint or other plain parameters.
 */
export function sourceIdentity(
  definitionId: string,
  poller: PollerConfig,
  parameters: ConnectionParameters,
  secretNames: readonly string[],
): string {
  const text = JSON.stringify([
    'source-1',
    definitionId,
    poller.name,
    stableEndpoint(poller.request.apiEndpoint, parameters, secretNames),
    plainParameters(parameters, secretNames),
  ]);
  return createHash('sha256').update(text).digest('hex');
}
