/**
 * Byte-level JSON scanning: `validate` proves a text well formed in one pass; `skip…` then walk it without checking again.
 * Works on UTF-8 bytes throughout, so that numbers and escapes are never decoded and re-encoded.
 */

const TAB = 0x09;
export const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
export const OPEN_ARRAY = 0x5b;
export const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
export const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Deeper nesting is refused: it protects the stack here and in every reader behind us. */
const MAX_DEPTH = 500;

export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === TAB;
}

export function skipSpace(bytes: Uint8Array, from: number): number {
  let pos = from;
  while (isSpace(bytes[pos])) pos += 1;
  return pos;
}

/** @param from offset of the opening quote @returns offset after the closing quote */
export function skipString(bytes: Uint8Array, from: number): number {
  let pos = from + 1;
  for (;;) {
    const byte = bytes[pos];
    if (byte === QUOTE || byte === undefined) return pos + 1;
    pos += byte === BACKSLASH ? 2 : 1;
  }
}

/** Offset after the value that starts at `from`; the text must be valid. */
export function skipValue(bytes: Uint8Array, from: number): number {
  const first = bytes[from];
  if (first === QUOTE) return skipString(bytes, from);
  let pos = from;
  if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) {
    for (;;) {
      const byte = bytes[pos];
      if (
        byte === undefined ||
        byte === COMMA ||
        byte === CLOSE_ARRAY ||
        byte === CLOSE_OBJECT ||
        isSpace(byte)
      )
        return pos;
      pos += 1;
    }
  }
  let depth = 0;
  for (;;) {
    const byte = bytes[pos];
    if (byte === QUOTE) {
      pos = skipString(bytes, pos);
      continue;
    }
    pos += 1;
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      depth -= 1;
      if (depth === 0) return pos;
    } else if (byte === undefined) return bytes.length;
  }
}

/** Thrown by `validate`; callers turn it into their own typed error. */
export class ScanFailure {
  readonly offset: number;
  readonly reason: string;
  constructor(offset: number, reason: string) {
    this.offset = offset;
    this.reason = reason;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isHex(byte: number | undefined): boolean {
  return (
    isDigit(byte) ||
    (byte !== undefined && ((byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)))
  );
}

const SIMPLE_ESCAPES = new Set([...'"\\/bfnrt'].map((c) => c.charCodeAt(0)));
const LITERALS = ['true', 'false', 'null'].map((word) => Buffer.from(word));

function checkString(bytes: Uint8Array, from: number): number {
  let pos = from + 1;
  for (;;) {
    const byte = bytes[pos];
    if (byte === undefined) throw new ScanFailure(pos, 'a string does not end');
    if (byte === QUOTE) return pos + 1;
    if (byte < 0x20) throw new ScanFailure(pos, 'a control character stands in a string');
    if (byte !== BACKSLASH) {
      pos += 1;
      continue;
    }
    const next = bytes[pos + 1];
    if (next === 0x75) {
      for (let i = 2; i < 6; i++)
        if (!isHex(bytes[pos + i])) throw new ScanFailure(pos, 'a \\u escape is not complete');
      pos += 6;
    } else if (next !== undefined && SIMPLE_ESCAPES.has(next)) pos += 2;
    else throw new ScanFailure(pos, 'an escape is not known');
  }
}

function checkDigits(bytes: Uint8Array, from: number): number {
  let pos = from;
  while (isDigit(bytes[pos])) pos += 1;
  if (pos === from)
    throw new ScanFailure(pos, from >= bytes.length ? 'the text ends too early' : 'a digit is missing');
  return pos;
}

function checkNumber(bytes: Uint8Array, from: number): number {
  let pos = bytes[from] === 0x2d ? from + 1 : from;
  pos = bytes[pos] === 0x30 ? pos + 1 : checkDigits(bytes, pos);
  if (bytes[pos] === 0x2e) pos = checkDigits(bytes, pos + 1);
  if (bytes[pos] === 0x65 || bytes[pos] === 0x45) {
    const sign = bytes[pos + 1] === 0x2b || bytes[pos + 1] === 0x2d ? 1 : 0;
    pos = checkDigits(bytes, pos + 1 + sign);
  }
  return pos;
}

function checkLiteral(bytes: Uint8Array, from: number): number {
  for (const word of LITERALS) {
    if (word.every((byte, i) => bytes[from + i] === byte)) return from + word.length;
  }
  throw new ScanFailure(from, from >= bytes.length ? 'the text ends too early' : 'a value is expected');
}

function checkObject(bytes: Uint8Array, from: number, depth: number): number {
  let pos = skipSpace(bytes, from + 1);
  if (bytes[pos] === CLOSE_OBJECT) return pos + 1;
  for (;;) {
    if (bytes[pos] !== QUOTE) throw new ScanFailure(pos, 'a member name is expected');
    pos = skipSpace(bytes, checkString(bytes, pos));
    if (bytes[pos] !== COLON) throw new ScanFailure(pos, 'a colon is expected');
    pos = skipSpace(bytes, validateValue(bytes, skipSpace(bytes, pos + 1), depth + 1));
    if (bytes[pos] === CLOSE_OBJECT) return pos + 1;
    if (bytes[pos] !== COMMA)
      throw new ScanFailure(
        pos,
        pos >= bytes.length ? 'the text ends inside an object' : 'a comma is expected',
      );
    pos = skipSpace(bytes, pos + 1);
  }
}

function checkArray(bytes: Uint8Array, from: number, depth: number): number {
  let pos = skipSpace(bytes, from + 1);
  if (bytes[pos] === CLOSE_ARRAY) return pos + 1;
  for (;;) {
    pos = skipSpace(bytes, validateValue(bytes, pos, depth + 1));
    if (bytes[pos] === CLOSE_ARRAY) return pos + 1;
    if (bytes[pos] !== COMMA)
      throw new ScanFailure(
        pos,
        pos >= bytes.length ? 'the text ends inside an array' : 'a comma is expected',
      );
    pos = skipSpace(bytes, pos + 1);
  }
}

/** Checks the value at `from` (no leading space). @returns the offset after it @throws ScanFailure */
export function validateValue(bytes: Uint8Array, from: number, depth = 0): number {
  if (depth > MAX_DEPTH) throw new ScanFailure(from, `values are nested more than ${MAX_DEPTH} deep`);
  const byte = bytes[from];
  if (byte === QUOTE) return checkString(bytes, from);
  if (byte === OPEN_OBJECT) return checkObject(bytes, from, depth);
  if (byte === OPEN_ARRAY) return checkArray(bytes, from, depth);
  if (byte === 0x2d || isDigit(byte)) return checkNumber(bytes, from);
  return checkLiteral(bytes, from);
}

/** Calls `visit(start, end)` for each element of the array at `from`. */
export function eachElement(
  bytes: Uint8Array,
  from: number,
  visit: (start: number, end: number) => void,
): void {
  let pos = skipSpace(bytes, from + 1);
  while (bytes[pos] !== CLOSE_ARRAY) {
    const end = skipValue(bytes, pos);
    visit(pos, end);
    pos = skipSpace(bytes, end);
    if (bytes[pos] === COMMA) pos = skipSpace(bytes, pos + 1);
  }
}

/** Calls `visit` with the range of the name (quotes included) and of the value, for each member of the object at `from`. */
export function eachMember(
  bytes: Uint8Array,
  from: number,
  visit: (nameStart: number, nameEnd: number, start: number, end: number) => void,
): void {
  let pos = skipSpace(bytes, from + 1);
  while (bytes[pos] !== CLOSE_OBJECT) {
    const nameEnd = skipString(bytes, pos);
    const start = skipSpace(bytes, skipSpace(bytes, nameEnd) + 1);
    const end = skipValue(bytes, start);
    visit(pos, nameEnd, start, end);
    pos = skipSpace(bytes, end);
    if (bytes[pos] === COMMA) pos = skipSpace(bytes, pos + 1);
  }
}
