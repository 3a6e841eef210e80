import { isSluiceError } from '../core/errors.ts';
import { parseJsonPath } from '../core/json-path.ts';
import type { Report } from './report.ts';
import type { JsonNode } from './tree.ts';

/** Reports JSON_PATH_* when the path does not parse; true when it does. */
export function checkJsonPath(path: string, node: JsonNode, report: Report): boolean {
  try {
    parseJsonPath(path);
    return true;
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    report.raised('error', error, node);
    return false;
  }
}
