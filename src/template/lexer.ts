import { templateError } from './errors.ts';

export type TokenKind = 'name' | 'text' | 'number' | '(' | ')' | '[' | ']' | ',' | '.' | 'end';

/** Offsets count from the start of the whole template text. */
export interface Token {
  readonly kind: TokenKind;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const punctuation = new Set<string>(['(', ')', '[', ']', ',', '.']);

function isPunctuation(text: string): text is '(' | ')' | '[' | ']' | ',' | '.' {
  return punctuation.has(text);
}

/** Reads a literal that opens at `start`; a doubled quote stands for one. */
function readText(source: string, start: number, limit: number): Token {
  let value = '';
  let at = start + 1;
  while (at < limit) {
    if (source[at] !== "'") {
      value += source[at];
      at += 1;
    } else if (source[at + 1] === "'" && at + 1 < limit) {
      value += "'";
      at += 2;
    } else {
      return { kind: 'text', value, start, end: at + 1 };
    }
  }
  throw templateError('TEMPLATE_SYNTAX', 'a text literal is not closed', { start, end: limit });
}

function readPattern(
  kind: 'name' | 'number',
  pattern: RegExp,
  source: string,
  start: number,
  limit: number,
): Token | undefined {
  pattern.lastIndex = start;
  const match = pattern.exec(source);
  if (!match || start + match[0].length > limit) return undefined;
  return { kind, value: match[0], start, end: start + match[0].length };
}

function readToken(source: string, at: number, limit: number): Token {
  const char = source[at] ?? '';
  if (isPunctuation(char)) return { kind: char, value: char, start: at, end: at + 1 };
  if (char === "'") return readText(source, at, limit);
  const token =
    readPattern('name', /[A-Za-z_][A-Za-z0-9_]*/y, source, at, limit) ??
    readPattern('number', /-?\d+(?:\.\d+)?/y, source, at, limit);
  if (token) return token;
  throw templateError('TEMPLATE_SYNTAX', `unexpected character at position ${at + 1}`, {
    start: at,
    end: at + 1,
  });
}

/** Splits `source[start, end)` into tokens, the last of kind `end`. */
export function tokenize(source: string, start: number, end: number): Token[] {
  const tokens: Token[] = [];
  let at = start;
  while (at < end) {
    if (/\s/.test(source[at] ?? '')) {
      at += 1;
      continue;
    }
    const token = readToken(source, at, end);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', value: '', start: end, end });
  return tokens;
}
