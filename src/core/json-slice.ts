/**
 * Cuts the records out of a response without parsing them: the byte range of each record is found and copied with white
 * space outside strings removed. Numbers, escapes, key order and duplicate keys stay as the service sent them (64-bit ids
 * survive). Event extraction follows spec CCF §3.5.
 */
import { isUtf8 } from 'node:buffer';
import { SluiceError } from './errors.ts';
import { type JsonPath, type PathStep, selectElements } from './json-path.ts';
import {
  BACKSLASH,
  eachElement,
  eachMember,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  ScanFailure,
  skipSpace,
  skipValue,
  validateValue,
} from './json-scan.ts';

export const jsonSliceErrors = {
  RESPONSE_NOT_JSON: {
    summary: 'A response is not valid JSON.',
    hint: 'Open the URL with the same credential: a proxy page, an error text or a cut-off body usually explains it.',
  },
} as const;

/** A response proved to be valid JSON. */
export interface JsonText {
  readonly bytes: Uint8Array;
  /** Offset of the root value; equal to `bytes.length` when the body is empty. */
  readonly root: number;
}

/** A scalar as text: strings decoded, numbers as written. `json` is the compact text of an object or array. */
export interface JsonScalar {
  readonly kind: 'string' | 'number' | 'boolean' | 'null' | 'json';
  readonly text: string;
}

/** At most 60 printable characters around an offset; what callers add about secrets, they redact. */
function excerpt(bytes: Uint8Array, offset: number): string {
  const from = Math.max(0, offset - 30);
  const text = Buffer.from(bytes.subarray(from, Math.min(bytes.length, offset + 30))).toString('latin1');
  return text.replace(/[^\x20-\x7e]+/g, ' ').trim();
}

function notJson(bytes: Uint8Array, failure: ScanFailure): SluiceError {
  return new SluiceError({
    code: 'RESPONSE_NOT_JSON',
    message: `The response (${bytes.length} bytes) is not valid JSON: at byte ${failure.offset} ${failure.reason}, near \`${excerpt(bytes, failure.offset)}\``,
    hint: jsonSliceErrors.RESPONSE_NOT_JSON.hint,
    place: { start: failure.offset },
    retryable: true,
  });
}

function scanRoot(bytes: Uint8Array, root: number): ScanFailure | undefined {
  try {
    const end = skipSpace(bytes, validateValue(bytes, root));
    return end === bytes.length ? undefined : new ScanFailure(end, 'something follows the value');
  } catch (error) {
    if (error instanceof ScanFailure) return error;
    throw error;
  }
}

/** Several values, one a line, become one array (spec CCF §3.5); undefined when any line is not JSON. */
function fromLines(bytes: Uint8Array, root: number): Uint8Array | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines: Uint8Array[] = [];
  for (let pos = root; pos < bytes.length; ) {
    const newline = buffer.indexOf(0x0a, pos);
    const end = newline === -1 ? bytes.length : newline;
    const line = bytes.subarray(pos, end);
    const start = skipSpace(line, 0);
    if (start < line.length) {
      if (scanRoot(line, start)) return undefined;
      lines.push(lines.length === 0 ? Buffer.from('[') : Buffer.from(','), line);
    }
    pos = end + 1;
  }
  return lines.length > 2 ? Buffer.concat([...lines, Buffer.from(']')]) : undefined;
}

/**
 * Proves that a body is JSON (one value, or one value a line). A byte-order mark is dropped; an empty body is allowed.
 * @throws SluiceError RESPONSE_NOT_JSON
 */
export function openJson(body: Uint8Array): JsonText {
  const bytes = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body;
  if (!isUtf8(bytes)) throw notJson(bytes, new ScanFailure(0, 'the body is not UTF-8'));
  const root = skipSpace(bytes, 0);
  if (root === bytes.length) return { bytes, root };
  const failure = scanRoot(bytes, root);
  if (!failure) return { bytes, root };
  const joined = fromLines(bytes, root);
  if (!joined) throw notJson(bytes, failure);
  return { bytes: joined, root: 0 };
}

/** True when the member name at [start, end) (with quotes) reads `name`. */
function nameEquals(bytes: Uint8Array, start: number, end: number, name: Uint8Array, text: string): boolean {
  const length = end - start - 2;
  if (length === name.length) {
    let i = 0;
    while (i < length && bytes[start + 1 + i] === name[i]) i += 1;
    if (i === length) return true;
  }
  // Escaped names are rare: decode only when a backslash is there.
  const raw = bytes.subarray(start, end);
  return raw.includes(BACKSLASH) && JSON.parse(Buffer.from(raw).toString('utf8')) === text;
}

type Visit = (start: number) => void;

interface CompiledStep {
  readonly step: PathStep;
  readonly name: Uint8Array;
  readonly text: string;
}

function compile(path: JsonPath): CompiledStep[] {
  return path.steps.map((step) => {
    const text = step.kind === 'member' || step.kind === 'descendant' ? step.name : '';
    return { step, text, name: Buffer.from(text) };
  });
}

/** The last of equal keys counts for navigation, as in every JSON parser. */
function memberStart(bytes: Uint8Array, at: number, compiled: CompiledStep): number {
  let found = -1;
  eachMember(bytes, at, (nameStart, nameEnd, start) => {
    if (nameEquals(bytes, nameStart, nameEnd, compiled.name, compiled.text)) found = start;
  });
  return found;
}

function descend(bytes: Uint8Array, at: number, compiled: CompiledStep, visit: Visit): void {
  if (bytes[at] === OPEN_ARRAY) eachElement(bytes, at, (start) => descend(bytes, start, compiled, visit));
  if (bytes[at] !== OPEN_OBJECT) return;
  eachMember(bytes, at, (nameStart, nameEnd, start) => {
    if (nameEquals(bytes, nameStart, nameEnd, compiled.name, compiled.text)) visit(start);
    descend(bytes, start, compiled, visit);
  });
}

function walk(
  bytes: Uint8Array,
  at: number,
  steps: readonly CompiledStep[],
  index: number,
  visit: Visit,
): void {
  const compiled = steps[index];
  if (!compiled) visit(at);
  else applyStep(bytes, at, compiled, (start) => walk(bytes, start, steps, index + 1, visit));
}

function applyStep(bytes: Uint8Array, at: number, compiled: CompiledStep, next: Visit): void {
  const { step } = compiled;
  if (step.kind === 'descendant') descend(bytes, at, compiled, next);
  else if (bytes[at] === OPEN_OBJECT) fromObject(bytes, at, compiled, next);
  else if (bytes[at] === OPEN_ARRAY) fromArray(bytes, at, step, next);
}

function fromObject(bytes: Uint8Array, at: number, compiled: CompiledStep, next: Visit): void {
  if (compiled.step.kind === 'wildcard') eachMember(bytes, at, (_nameStart, _nameEnd, start) => next(start));
  if (compiled.step.kind !== 'member') return;
  const start = memberStart(bytes, at, compiled);
  if (start >= 0) next(start);
}

function fromArray(bytes: Uint8Array, at: number, step: PathStep, next: Visit): void {
  const starts: number[] = [];
  eachElement(bytes, at, (start) => starts.push(start));
  const { from, to } = selectElements(step, starts.length);
  for (const start of starts.slice(from, to)) next(start);
}

/** Offsets of the values that a path selects, in document order. */
export function findValues(json: JsonText, path: JsonPath): number[] {
  const found: number[] = [];
  if (json.root < json.bytes.length)
    walk(json.bytes, json.root, compile(path), 0, (start) => found.push(start));
  return found;
}

/**
 * Copies [start, end) to `target` at `at` without white space outside strings. @returns the offset after the copy
 * Byte by byte on purpose: pieces between white space are short, and a call per piece costs more than it saves.
 */
function copyCompact(bytes: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number {
  let out = at;
  let inString = false;
  for (let pos = start; pos < end; pos += 1) {
    const byte = bytes[pos]!;
    if (inString) {
      target[out++] = byte;
      if (byte === BACKSLASH) target[out++] = bytes[++pos]!;
      else if (byte === QUOTE) inString = false;
    } else if (byte > 0x20) {
      target[out++] = byte;
      inString = byte === QUOTE;
    }
  }
  return out;
}

const WRAP_OPEN = Buffer.from('{"value":');

interface Found {
  readonly start: number;
  readonly end: number;
}

function isNull(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x6e;
}

function collectEvents(json: JsonText, paths: readonly JsonPath[]): Found[] {
  const { bytes } = json;
  const found: Found[] = [];
  for (const path of paths) {
    for (const start of findValues(json, path)) {
      if (bytes[start] === OPEN_ARRAY) eachElement(bytes, start, (s, e) => found.push({ start: s, end: e }));
      else if (!isNull(bytes, start)) found.push({ start, end: skipValue(bytes, start) });
    }
  }
  return found;
}

/**
 * The records of a response: for each match an array gives its elements, an object itself, null nothing; anything that is
 * not an object is wrapped as `{"value":…}`. Results of several paths are concatenated.
 */
export function sliceRecords(json: JsonText, paths: readonly JsonPath[]): Uint8Array[] {
  const { bytes } = json;
  const found = collectEvents(json, paths);
  const size = found.reduce((sum, { start, end }) => sum + end - start + WRAP_OPEN.length + 1, 0);
  const target = Buffer.allocUnsafeSlow(size);
  let at = 0;
  return found.map(({ start, end }) => {
    const from = at;
    const wrap = bytes[start] !== OPEN_OBJECT;
    if (wrap) at += WRAP_OPEN.copy(target, at);
    at = copyCompact(bytes, start, end, target, at);
    if (wrap) target[at++] = 0x7d;
    return target.subarray(from, at);
  });
}

function scalarAt(bytes: Uint8Array, start: number): JsonScalar {
  const end = skipValue(bytes, start);
  const raw = Buffer.from(bytes.subarray(start, end)).toString('utf8');
  const first = bytes[start];
  if (first === QUOTE) return { kind: 'string', text: JSON.parse(raw) as string };
  if (first === OPEN_ARRAY || first === OPEN_OBJECT) {
    const target = Buffer.alloc(end - start);
    return { kind: 'json', text: target.toString('utf8', 0, copyCompact(bytes, start, end, target, 0)) };
  }
  return {
    kind: raw === 'null' ? 'null' : raw === 'true' || raw === 'false' ? 'boolean' : 'number',
    text: raw,
  };
}

/**
 * The first value that a path selects, without losing number text; undefined when nothing matches. An array stands for its
 * first element (spec CCF §3.4).
 */
export function readScalar(json: JsonText, path: JsonPath): JsonScalar | undefined {
  let start = findValues(json, path)[0];
  if (start === undefined) return undefined;
  if (json.bytes[start] === OPEN_ARRAY) {
    const inner = skipSpace(json.bytes, start + 1);
    if (json.bytes[inner] === 0x5d) return undefined;
    start = inner;
  }
  return scalarAt(json.bytes, start);
}

/** Length of the longest array anywhere below the root; 0 when there is none. */
export function longestArray(json: JsonText): number {
  const { bytes } = json;
  let longest = 0;
  const visit = (at: number): void => {
    if (bytes[at] === OPEN_OBJECT) eachMember(bytes, at, (_nameStart, _nameEnd, start) => visit(start));
    if (bytes[at] !== OPEN_ARRAY) return;
    let length = 0;
    eachElement(bytes, at, (start) => {
      length += 1;
      visit(start);
    });
    longest = Math.max(longest, length);
  };
  if (json.root < bytes.length) visit(json.root);
  return longest;
}
