import { readFile } from 'node:fs/promises';
import { cliError } from './cli-error.ts';

export type Parameters = Record<string, string | string[]>;

function toValue(name: string, value: unknown, file: string): string | string[] {
  const plain = typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
  if (typeof plain === 'string') return plain;
  if (typeof plain === 'number' || typeof plain === 'boolean') return String(plain);
  if (Array.isArray(plain)) return plain.map(String);
  throw cliError(
    'PARAMETERS_FILE_INVALID',
    `The value of "${name}" in ${file} is neither text, number, boolean nor list`,
  );
}

async function readParametersFile(file: string): Promise<Parameters> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw cliError('INPUT_UNREADABLE', `The parameters file ${file} cannot be read`, undefined, error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    // The parser's message quotes the text, which may hold secrets.
    throw cliError('PARAMETERS_FILE_INVALID', `${file} is not valid JSON`);
  }
  const isArm =
    typeof value === 'object' &&
    value !== null &&
    'parameters' in value &&
    typeof value.parameters === 'object';
  const object = isArm ? (value as { parameters: unknown }).parameters : value;
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    throw cliError('PARAMETERS_FILE_INVALID', `${file} does not hold an object`);
  }
  return Object.fromEntries(Object.entries(object).map(([name, v]) => [name, toValue(name, v, file)]));
}

/**
 * `name=value …` and `@file.json`, later ones win. A name given twice as `name=value` makes a list.
 * Files are plain objects or ARM parameters files.
 */
export async function readParameters(given: readonly string[]): Promise<Parameters> {
  const all: Parameters = {};
  const named: Parameters = {};
  for (const item of given) {
    if (item.startsWith('@')) {
      Object.assign(all, await readParametersFile(item.slice(1)));
      continue;
    }
    const at = item.indexOf('=');
    if (at < 1)
      throw cliError(
        'USAGE',
        `"${item.split(/[:=]/)[0]}" is not name=value`,
        'Write --parameters name=value, or @file.json.',
      );
    const name = item.slice(0, at);
    const value = item.slice(at + 1);
    const old = named[name];
    named[name] = old === undefined ? value : [...(Array.isArray(old) ? old : [old]), value];
  }
  return { ...all, ...named };
}
