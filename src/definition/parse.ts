import JSON5 from 'json5';
import type { Report } from './report.ts';
import type { JsonNode } from './tree.ts';

export interface PackageFile {
  /** Name relative to the package folder. */
  readonly file: string;
  readonly text: string;
}

function syntaxPlace(error: unknown): { line: number; column: number } | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { lineNumber, columnNumber } = error as { lineNumber?: unknown; columnNumber?: unknown };
  if (typeof lineNumber !== 'number' || typeof columnNumber !== 'number') return undefined;
  return { line: lineNumber, column: columnNumber };
}

/**
 * Root of a JSON file. A byte order mark, comments, single quotes and trailing commas are tolerated (CCF §8.1).
 * Undefined and FILE_UNREADABLE when it is not JSON.
 */
export function parseFile({ file, text }: PackageFile, report: Report): JsonNode | undefined {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    return { value: JSON.parse(body) as unknown, file, path: '$' };
  } catch {
    // Not strict JSON; the lenient reader below also knows the place of a mistake.
  }
  try {
    return { value: JSON5.parse<unknown>(body), file, path: '$' };
  } catch (error) {
    const at = syntaxPlace(error);
    const where = at ? ` at line ${at.line}, column ${at.column}` : '';
    report.error('FILE_UNREADABLE', `${file} is not JSON${where}`, { file });
    return undefined;
  }
}
