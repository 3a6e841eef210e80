import { convert } from '../clickhouse/convert.ts';
import { quoteString } from '../clickhouse/literal.ts';
import type { SyntaxNode } from '../parser/syntax.ts';
import { computed, constantString, type Value } from './value.ts';

type StringTest = (left: string, right: Value, node: SyntaxNode) => string;

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

const startsWithTermCharacter = (text: string) => /^[\p{L}\p{N}]/u.test(text);
const endsWithTermCharacter = (text: string) => /[\p{L}\p{N}]$/u.test(text);

interface TermShape {
  readonly caseSensitive: boolean;
  /** Which end of the needle must be the end of a term. */
  readonly ends: 'both' | 'start' | 'end';
}

/** Regular expression that finds a needle on term boundaries: terms are runs of letters and digits. */
function termPattern(needle: string, shape: TermShape): string {
  const before = shape.ends !== 'end' && startsWithTermCharacter(needle) ? '(^|[^\\p{L}\\p{N}])' : '';
  const after = shape.ends !== 'start' && endsWithTermCharacter(needle) ? '([^\\p{L}\\p{N}]|$)' : '';
  return `${shape.caseSensitive ? '' : '(?i)'}${before}${escapeRegex(needle)}${after}`;
}

function patternForColumn(needle: string, shape: TermShape): string {
  const escaped = `replaceRegexpAll(${needle},'([\\\\\\\\^$.*+?()\\\\[\\\\]{}|])','\\\\\\\\\\\\1')`;
  const before =
    shape.ends === 'end' ? `''` : `if(match(${needle},'^[\\\\p{L}\\\\p{N}]'),'(^|[^\\\\p{L}\\\\p{N}])','')`;
  const after =
    shape.ends === 'start' ? `''` : `if(match(${needle},'[\\\\p{L}\\\\p{N}]$'),'([^\\\\p{L}\\\\p{N}]|$)','')`;
  return `concat('${shape.caseSensitive ? '' : '(?i)'}',${before},${escaped},${after})`;
}

/**
 * has and its relatives. The engine's token functions are no substitute: they refuse needles with separators
 * and take any non-ASCII sign, such as a typographic quote, for part of a term.
 */
function termTest(haystack: string, needle: Value, shape: TermShape): string {
  const text = constantString(needle);
  if (text === undefined) return termTestPerRow(haystack, needle.sql, shape);
  if (text === '') return '1';
  return `match(${haystack},${quoteString(termPattern(text, shape))})`;
}

function termTestPerRow(haystack: string, needle: string, shape: TermShape): string {
  return `(${needle} = '' OR match(${haystack},${patternForColumn(needle, shape)}))`;
}

const has: TermShape = { caseSensitive: false, ends: 'both' };
const hasCs: TermShape = { caseSensitive: true, ends: 'both' };
const hasPrefix: TermShape = { caseSensitive: false, ends: 'start' };
const hasPrefixCs: TermShape = { caseSensitive: true, ends: 'start' };
const hasSuffix: TermShape = { caseSensitive: false, ends: 'end' };
const hasSuffixCs: TermShape = { caseSensitive: true, ends: 'end' };

const tests = {
  Has: (l, r) => termTest(l, r, has),
  HasCs: (l, r) => termTest(l, r, hasCs),
  HasPrefix: (l, r) => termTest(l, r, hasPrefix),
  HasPrefixCs: (l, r) => termTest(l, r, hasPrefixCs),
  HasSuffix: (l, r) => termTest(l, r, hasSuffix),
  HasSuffixCs: (l, r) => termTest(l, r, hasSuffixCs),
  Contains: (l, r) => `positionCaseInsensitiveUTF8(${l},${r.sql}) > 0`,
  ContainsCs: (l, r) => `position(${l},${r.sql}) > 0`,
  StartsWith: (l, r) => `startsWith(lowerUTF8(${l}),lowerUTF8(${r.sql}))`,
  StartsWithCs: (l, r) => `startsWith(${l},${r.sql})`,
  EndsWith: (l, r) => `endsWith(lowerUTF8(${l}),lowerUTF8(${r.sql}))`,
  EndsWithCs: (l, r) => `endsWith(${l},${r.sql})`,
  EqualTilde: (l, r) => `lowerUTF8(${l}) = lowerUTF8(${r.sql})`,
  MatchRegex: (l, r) => `match(${l},${r.sql})`,
} as const satisfies Readonly<Record<string, StringTest>>;

const negated = {
  NotHas: 'Has',
  NotHasCs: 'HasCs',
  NotHasPrefix: 'HasPrefix',
  NotHasPrefixCs: 'HasPrefixCs',
  NotHasSuffix: 'HasSuffix',
  NotHasSuffixCs: 'HasSuffixCs',
  NotContains: 'Contains',
  NotContainsCs: 'ContainsCs',
  NotStartsWith: 'StartsWith',
  NotStartsWithCs: 'StartsWithCs',
  NotEndsWith: 'EndsWith',
  NotEndsWithCs: 'EndsWithCs',
  BangTilde: 'EqualTilde',
} as const satisfies Readonly<Record<string, keyof typeof tests>>;

function asOperator(test: StringTest, not: boolean) {
  return (left: Value, right: Value, node: SyntaxNode): Value => {
    const sql = test(convert(left, 'string').sql, convert(right, 'string'), node);
    return computed(not ? `(NOT (${sql}))` : `(${sql})`, 'bool', false);
  };
}

/** String comparison operators by the name of the binder's operator symbol. Strings are never null, so neither is the answer. */
export const stringOperators: Readonly<
  Record<string, (left: Value, right: Value, node: SyntaxNode) => Value>
> = Object.fromEntries([
  ...Object.entries(tests).map(([name, test]) => [name, asOperator(test, false)] as const),
  ...Object.entries(negated).map(([name, base]) => [name, asOperator(tests[base], true)] as const),
]);

/** One has test, for has_any and has_all. */
export function hasTerm(haystack: string, needle: Value): string {
  return termTest(haystack, needle, has);
}
export function hasTermPerRow(haystack: string, needle: string): string {
  return termTestPerRow(haystack, needle, has);
}
