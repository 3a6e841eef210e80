import type { Diagnostic } from '../core/diagnostics.ts';
import { type ConnectionParameters, givenValue } from './bind-scope.ts';
import type { Definition } from './model.ts';

/** Names of the inputs whose values are kept in the secret store. */
export function secretNames(definition: Definition): string[] {
  return definition.inputs.filter((input) => input.secret).map((input) => input.name);
}

/** Non-empty values of the named parameters, longest first. */
export function secretValues(
  parameters: ConnectionParameters,
  names: readonly string[],
): { name: string; value: string }[] {
  return names
    .flatMap((name) => {
      const given = givenValue(parameters, name);
      return (typeof given === 'string' ? [given] : (given ?? [])).map((value) => ({ name, value }));
    })
    .filter(({ value }) => value !== '')
    .sort((a, b) => b.value.length - a.value.length);
}

/** Messages name settings with their values; a template may have put a secret there. */
export function redactDiagnostics(
  diagnostics: readonly Diagnostic[],
  definition: Definition,
  parameters: ConnectionParameters,
): Diagnostic[] {
  const values = secretValues(parameters, secretNames(definition)).flatMap(({ value }) => [
    value,
    value.trim(),
    value.toUpperCase(),
    value.toLowerCase(),
  ]);
  const shown = (text: string) =>
    values
      .filter((value) => value.length >= 4)
      .reduce((result, value) => result.replaceAll(value, '••••••'), text);
  return diagnostics.map((diagnostic) => ({ ...diagnostic, message: shown(diagnostic.message) }));
}
