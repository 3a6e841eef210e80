/** What an error answer says of itself, from its excerpt (which may be cut off). */

const textNames = new Set([
  'message',
  'error',
  'errormessage',
  'errormessages',
  'error_description',
  'errors',
  'detail',
  'details',
  'title',
  'reason',
  'description',
  'fault',
  'faultstring',
]);
const maxTexts = 4;
const maxDepth = 5;

function textsIn(value: unknown, named: boolean, depth: number): string[] {
  if (typeof value === 'string') return named && value.trim() !== '' ? [value] : [];
  if (depth === maxDepth || typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => textsIn(item, named, depth + 1));
  return Object.entries(value).flatMap(([name, child]) =>
    textsIn(child, textNames.has(name.toLowerCase()), depth + 1),
  );
}

/** Members with a text, where the JSON is not complete. */
function textsInPart(excerpt: string): string[] {
  const pattern = /"([A-Za-z_]+)"\s*:\s*\[?\s*"((?:[^"\\]|\\.)*)"/g;
  return [...excerpt.matchAll(pattern)].filter((m) => textNames.has(m[1]!.toLowerCase())).map((m) => m[2]!);
}

function parsed(excerpt: string): unknown {
  try {
    return JSON.parse(excerpt) as unknown;
  } catch {
    // No JSON, or cut off: the caller looks for texts in it.
    return undefined;
  }
}

/** The messages of an error answer, one line, `''` when it has none. */
export function answerText(excerpt: string): string {
  const value = parsed(excerpt);
  const texts = value === undefined ? textsInPart(excerpt) : textsIn(value, false, 0);
  return [...new Set(texts)]
    .slice(0, maxTexts)
    .join('; ')
    .replace(/[\s\x00-\x1f\x7f]+/g, ' ')
    .trim();
}
