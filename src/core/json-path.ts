/**
 * The tolerant JSONPath dialect of connector definitions (spec CCF §3.4, §8 #17): `$`, `$.a.b`, `$['a']`, `[0]`, `[-1]`,
 * `[-1:]`, `$.[-1:]`, `[*]`, `.*`, `..name`. `''` means the root. Filters, unions and scripts are refused.
 */
import { SluiceError } from './errors.ts';

export const jsonPathErrors = {
  JSON_PATH_INVALID: {
    summary: 'A JSON path cannot be read.',
    hint: "Write it as `$`, `$.a.b`, `$['a'][0]`, `$.a[*]` or `$..name`.",
  },
  JSON_PATH_UNSUPPORTED: {
    summary: 'A JSON path uses filters, unions, scripts or steps, which are not supported.',
    hint: 'Select the whole array and filter in the transform.',
  },
} as const;

export type PathStep =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'slice'; readonly start: number | undefined; readonly end: number | undefined }
  | { readonly kind: 'wildcard' }
  /** The named member of the value and of everything below it, in document order. */
  | { readonly kind: 'descendant'; readonly name: string };

export interface JsonPath {
  readonly text: string;
  readonly steps: readonly PathStep[];
}

function fail(code: keyof typeof jsonPathErrors, text: string, detail: string): never {
  throw new SluiceError({
    code,
    message: `JSON path \`${text}\`: ${detail}`,
    hint: jsonPathErrors[code].hint,
  });
}

function bracketStep(text: string, inner: string): PathStep {
  const quoted = /^'((?:[^'\\]|\\.)*)'$|^"((?:[^"\\]|\\.)*)"$/s.exec(inner);
  if (quoted) return { kind: 'member', name: (quoted[1] ?? quoted[2] ?? '').replace(/\\(.)/gs, '$1') };
  if (inner === '*') return { kind: 'wildcard' };
  if (/^-?\d+$/.test(inner)) return { kind: 'index', index: Number(inner) };
  const slice = /^(-?\d+)?\s*:\s*(-?\d+)?(?:\s*:\s*1?)?$/.exec(inner);
  if (slice) {
    const bound = (part: string | undefined) => (part === undefined ? undefined : Number(part));
    return { kind: 'slice', start: bound(slice[1]), end: bound(slice[2]) };
  }
  if (inner === '') return fail('JSON_PATH_INVALID', text, 'empty brackets');
  if (/^['"?(]|[,:]/.test(inner))
    return fail('JSON_PATH_UNSUPPORTED', text, `\`[${inner}]\` is not supported`);
  return fail('JSON_PATH_INVALID', text, `\`[${inner}]\` is neither a number nor a quoted name`);
}

/** Offset after the `]` that closes the bracket at `open`, quotes respected. */
function bracketEnd(text: string, open: number): number {
  let quote = '';
  for (let i = open + 1; i < text.length; i++) {
    const c = text[i]!;
    if (quote !== '') {
      if (c === '\\') i += 1;
      else if (c === quote) quote = '';
    } else if (c === "'" || c === '"') quote = c;
    else if (c === ']') return i + 1;
  }
  return fail('JSON_PATH_INVALID', text, 'a bracket is not closed');
}

/** @throws SluiceError JSON_PATH_INVALID, JSON_PATH_UNSUPPORTED */
export function parseJsonPath(text: string): JsonPath {
  const source = text.trim();
  const steps: PathStep[] = [];
  let pos = source.startsWith('$') ? 1 : 0;
  let bare = pos === 0; // `a.b` without the root sign is accepted, as Newtonsoft does
  while (pos < source.length) {
    const descend = source.startsWith('..', pos);
    if (descend) pos += 2;
    else if (source[pos] === '.') pos += 1;
    else if (source[pos] !== '[' && !bare) fail('JSON_PATH_INVALID', text, `unexpected \`${source[pos]}\``);
    bare = false;
    if (pos >= source.length) fail('JSON_PATH_INVALID', text, 'a name is missing after the dot');
    const end = source[pos] === '[' ? bracketEnd(source, pos) : nameEnd(source, pos);
    if (end === pos) fail('JSON_PATH_INVALID', text, 'a name is missing after the dot');
    const part = source.slice(pos, end);
    const step: PathStep =
      part[0] === '['
        ? bracketStep(text, part.slice(1, -1).trim())
        : part === '*'
          ? { kind: 'wildcard' }
          : { kind: 'member', name: part };
    if (descend && step.kind !== 'member') fail('JSON_PATH_UNSUPPORTED', text, '`..` works with a name only');
    steps.push(descend && step.kind === 'member' ? { kind: 'descendant', name: step.name } : step);
    pos = end;
  }
  return { text, steps };
}

function nameEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && text[end] !== '.' && text[end] !== '[') end += 1;
  return end;
}

/** Which of `length` elements a step selects; empty for steps that are not about arrays. Out of range selects nothing. */
export function selectElements(
  step: PathStep,
  length: number,
): { readonly from: number; readonly to: number } {
  if (step.kind === 'wildcard') return { from: 0, to: length };
  if (step.kind === 'index') {
    const at = step.index < 0 ? length + step.index : step.index;
    return at >= 0 && at < length ? { from: at, to: at + 1 } : { from: 0, to: 0 };
  }
  if (step.kind !== 'slice') return { from: 0, to: 0 };
  const place = (bound: number) => Math.min(Math.max(bound < 0 ? length + bound : bound, 0), length);
  return { from: place(step.start ?? 0), to: place(step.end ?? length) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function descend(value: unknown, name: string, found: unknown[]): void {
  if (Array.isArray(value)) for (const item of value) descend(item, name, found);
  if (!isObject(value)) return;
  for (const [key, child] of Object.entries(value)) {
    if (key === name) found.push(child);
    descend(child, name, found);
  }
}

function applyStep(value: unknown, step: PathStep): unknown[] {
  if (step.kind === 'member')
    return isObject(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
  if (step.kind === 'descendant') {
    const found: unknown[] = [];
    descend(value, step.name, found);
    return found;
  }
  if (Array.isArray(value)) {
    const { from, to } = selectElements(step, value.length);
    return value.slice(from, to);
  }
  return step.kind === 'wildcard' && isObject(value) ? Object.values(value) : [];
}

/** All matches in a parsed value, in document order. */
export function queryJson(value: unknown, path: JsonPath): unknown[] {
  return path.steps.reduce<unknown[]>(
    (matches, step) => matches.flatMap((match) => applyStep(match, step)),
    [value],
  );
}
