/** Looks at an answer without records: is the data at another place than the definition says? */
import type { JsonPath } from '../core/json-path.ts';
import { eachElement, eachMember, OPEN_ARRAY, OPEN_OBJECT, skipSpace } from '../core/json-scan.ts';
import { findValues, type JsonText } from '../core/json-slice.ts';
import { pollerErrors } from './errors.ts';

/** Data lies near the root; deeper arrays belong to a record. */
const MAX_DEPTH = 4;
const errorName = /^(?:error|errors|errorMessages?|fault|warnings?|problems?)$/i;

interface FoundArray {
  readonly path: string;
  readonly length: number;
}

function memberPath(path: string, name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
    ? `${path}.${name}`
    : `${path}['${name.replace(/[\\']/g, '\\$&')}']`;
}

/** Arrays of objects, with the number of their elements. */
function objectArrays(json: JsonText): FoundArray[] {
  const { bytes } = json;
  const found: FoundArray[] = [];
  const visit = (at: number, path: string, depth: number): void => {
    if (bytes[at] === OPEN_ARRAY) {
      let length = 0;
      eachElement(bytes, at, (start) => {
        if (bytes[start] === OPEN_OBJECT) length += 1;
      });
      if (length > 0) found.push({ path, length });
    }
    if (bytes[at] !== OPEN_OBJECT || depth === MAX_DEPTH) return;
    eachMember(bytes, at, (nameStart, nameEnd, start) => {
      const name = JSON.parse(Buffer.from(bytes.subarray(nameStart, nameEnd)).toString('utf8')) as string;
      if (!errorName.test(name)) visit(start, memberPath(path, name), depth + 1);
    });
  };
  visit(skipSpace(bytes, json.root), '$', 0);
  return found;
}

/** Names at the root that speak of an error, such as `errorMessages`. */
function errorNames(json: JsonText): string[] {
  const { bytes, root } = json;
  const names: string[] = [];
  if (bytes[root] !== OPEN_OBJECT) return names;
  eachMember(bytes, root, (nameStart, nameEnd, start) => {
    const name = JSON.parse(Buffer.from(bytes.subarray(nameStart, nameEnd)).toString('utf8')) as string;
    const empty = /^(?:null|false|""|\[\s*\]|\{\s*\})/.test(
      Buffer.from(bytes.subarray(start, start + 20)).toString('latin1'),
    );
    if (errorName.test(name) && !empty) names.push(name);
  });
  return names;
}

/**
 * `CODE: message` when none of the paths selects anything and the answer has an error or a list of objects elsewhere. A path that
 * selects an empty list is an empty answer, nothing to remark; neither is a body without any list.
 */
export function missedRecords(json: JsonText, paths: readonly JsonPath[]): string | undefined {
  if (json.root >= json.bytes.length || paths.some((path) => findValues(json, path).length > 0))
    return undefined;
  const asked = paths.map((path) => `\`${path.text}\``).join(', ');
  const errors = errorNames(json);
  if (errors.length > 0)
    return `RESPONSE_ERROR_BODY: ${asked} selects nothing, and the answer has ${errors.map((n) => `\`${n}\``).join(', ')}; ${pollerErrors.RESPONSE_ERROR_BODY.hint}`;
  const longest = objectArrays(json).sort((a, b) => b.length - a.length)[0];
  if (!longest) return undefined;
  return `EVENTS_PATH_EMPTY: ${asked} selects nothing, but \`${longest.path}\` has ${longest.length} objects`;
}
