/**
 * Canonical text of a JSON value, for digests: members sorted by name (bytes of their UTF-8 text), escapes normalised,
 * no white space, numbers exactly as written (1.0 and 1.00 differ, and so do 64-bit ids). Members of equal name keep
 * their order. Works on bytes; the input must be valid JSON, as records from core/json-slice are.
 */
import {
  BACKSLASH,
  eachElement,
  eachMember,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  skipValue,
} from '../core/json-scan.ts';

/** Writes the canonical text of the value at `from` into `target` at `at`; it is never longer than the value. Returns the new end. */
export function writeCanonical(bytes: Uint8Array, from: number, target: Uint8Array, at: number): number {
  const first = bytes[from];
  if (first === OPEN_OBJECT) return writeObject(bytes, from, target, at);
  if (first === OPEN_ARRAY) return writeArray(bytes, from, target, at);
  const end = skipValue(bytes, from);
  if (first === QUOTE) return writeString(bytes, { start: from, end }, target, at);
  return copyRange(bytes, { start: from, end }, target, at);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

interface Member {
  /** Canonical name, with quotes. */
  readonly name: Uint8Array;
  readonly value: number;
}

function writeObject(bytes: Uint8Array, from: number, target: Uint8Array, start: number): number {
  const members: Member[] = [];
  let sorted = true;
  eachMember(bytes, from, (nameStart, nameEnd, value) => {
    const name = canonicalName(bytes, { start: nameStart, end: nameEnd });
    const last = members.at(-1);
    if (last && compareBytes(last.name, name) > 0) sorted = false;
    members.push({ name, value });
  });
  if (!sorted) members.sort((a, b) => compareBytes(a.name, b.name));
  let at = start;
  target[at++] = OPEN_OBJECT;
  for (const [i, member] of members.entries()) {
    if (i > 0) target[at++] = 0x2c;
    target.set(member.name, at);
    at += member.name.length;
    target[at++] = 0x3a;
    at = writeCanonical(bytes, member.value, target, at);
  }
  target[at++] = 0x7d;
  return at;
}

function writeArray(bytes: Uint8Array, from: number, target: Uint8Array, start: number): number {
  let at = start;
  target[at++] = OPEN_ARRAY;
  let first = true;
  eachElement(bytes, from, (value) => {
    if (!first) target[at++] = 0x2c;
    first = false;
    at = writeCanonical(bytes, value, target, at);
  });
  target[at++] = 0x5d;
  return at;
}

function canonicalName(bytes: Uint8Array, range: Range): Uint8Array {
  if (!hasEscape(bytes, range)) return bytes.subarray(range.start, range.end);
  const target = new Uint8Array(range.end - range.start);
  return target.subarray(0, writeString(bytes, range, target, 0));
}

function writeString(bytes: Uint8Array, range: Range, target: Uint8Array, at: number): number {
  if (!hasEscape(bytes, range)) return copyRange(bytes, range, target, at);
  const text = Buffer.from(bytes.subarray(range.start, range.end)).toString('utf8');
  const normal = Buffer.from(JSON.stringify(JSON.parse(text)), 'utf8');
  target.set(normal, at);
  return at + normal.length;
}

function hasEscape(bytes: Uint8Array, range: Range): boolean {
  for (let i = range.start; i < range.end; i += 1) if (bytes[i] === BACKSLASH) return true;
  return false;
}

function copyRange(bytes: Uint8Array, range: Range, target: Uint8Array, at: number): number {
  // A loop beats subarray + set for the short ranges that most values are.
  if (range.end - range.start < 24) {
    for (let i = range.start, j = at; i < range.end; i += 1, j += 1) target[j] = bytes[i]!;
  } else target.set(bytes.subarray(range.start, range.end), at);
  return at + range.end - range.start;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
