import { quoteString } from '../clickhouse/literal.ts';
import { ticksOf } from '../clickhouse/time.ts';
import type { SyntaxNode } from '../parser/syntax.ts';
import { refuse } from '../plan/environment.ts';
import { constantString, type Value } from '../plan/value.ts';

type Piece = (sql: string) => string;

const padded = (expr: string, n: number) => `leftPad(toString(${expr}),${n},'0')`;

/** Days, with at least n digits; padding alone would cut longer numbers. */
function dayCount(ticks: string, digits: number): string {
  const days = `toString(intDiv(abs(${ticks}),864000000000))`;
  return `leftPad(${days},greatest(${digits},length(${days})),'0')`;
}

/** First n digits of the fraction of a second; without trailing zeros when trimmed. */
function fraction(ticks: string, digits: number, trimmed: boolean): string {
  const text = `substring(leftPad(toString(positiveModulo(abs(${ticks}),10000000)),7,'0'),1,${digits})`;
  return trimmed ? `replaceRegexpOne(${text},'0+$','')` : text;
}

const datetimePieces: Readonly<Record<string, Piece>> = {
  y: (s) => `toString(toYear(${s})%100)`,
  yy: (s) => padded(`toYear(${s})%100`, 2),
  yyyy: (s) => padded(`toYear(${s})`, 4),
  M: (s) => `toString(toMonth(${s}))`,
  MM: (s) => padded(`toMonth(${s})`, 2),
  d: (s) => `toString(toDayOfMonth(${s}))`,
  dd: (s) => padded(`toDayOfMonth(${s})`, 2),
  H: (s) => `toString(toHour(${s}))`,
  HH: (s) => padded(`toHour(${s})`, 2),
  h: (s) => `toString((toHour(${s})+11)%12+1)`,
  hh: (s) => padded(`(toHour(${s})+11)%12+1`, 2),
  m: (s) => `toString(toMinute(${s}))`,
  mm: (s) => padded(`toMinute(${s})`, 2),
  s: (s) => `toString(toSecond(${s}))`,
  ss: (s) => padded(`toSecond(${s})`, 2),
  tt: (s) => `if(toHour(${s})<12,'AM','PM')`,
};

const timespanPieces: Readonly<Record<string, Piece>> = {
  H: (s) => `toString(intDiv(abs(${s}),36000000000)%24)`,
  HH: (s) => padded(`intDiv(abs(${s}),36000000000)%24`, 2),
  h: (s) => `toString(intDiv(abs(${s}),36000000000)%24)`,
  hh: (s) => padded(`intDiv(abs(${s}),36000000000)%24`, 2),
  m: (s) => `toString(intDiv(abs(${s}),600000000)%60)`,
  mm: (s) => padded(`intDiv(abs(${s}),600000000)%60`, 2),
  s: (s) => `toString(intDiv(abs(${s}),10000000)%60)`,
  ss: (s) => padded(`intDiv(abs(${s}),10000000)%60`, 2),
};

const delimiters = /^[ /\-:,._[\]TZ]$/;

interface Formats {
  readonly pieces: Readonly<Record<string, Piece>>;
  readonly ticks: Piece;
  readonly days?: boolean;
}

function piecesOf(pattern: string, value: string, formats: Formats, node: SyntaxNode): string {
  const parts = (pattern.match(/([a-zA-Z])\1*|[^a-zA-Z]/g) ?? []).map((token) => {
    const known = Object.hasOwn(formats.pieces, token) ? formats.pieces[token] : undefined;
    if (known) return known(value);
    if (/^f{1,7}$/.test(token)) return fraction(formats.ticks(value), token.length, false);
    if (/^F{1,7}$/.test(token)) return fraction(formats.ticks(value), token.length, true);
    if (formats.days && /^d{1,8}$/.test(token)) return dayCount(value, token.length);
    if (delimiters.test(token)) return quoteString(token);
    return refuse(
      'KQL_ARGUMENT',
      `${token} is no part of a format`,
      node,
      'Use y, M, d, H, h, m, s, f, F, tt and delimiters.',
    );
  });
  return parts.length > 1 ? `concat(${parts.join(',')})` : (parts[0] ?? "''");
}

function constantPattern(format: Value, node: SyntaxNode): string {
  return constantString(format) ?? refuse('KQL_NOT_CONSTANT', 'the format must be a literal text', node);
}

export function formatDatetime(date: Value, format: Value, node: SyntaxNode): string {
  const pattern = constantPattern(format, node);
  return `ifNull(${piecesOf(pattern, date.sql, { pieces: datetimePieces, ticks: ticksOf }, node)},'')`;
}

export function formatTimespan(span: Value, format: Value, node: SyntaxNode): string {
  const pattern = constantPattern(format, node);
  return `ifNull(${piecesOf(pattern, span.sql, { pieces: timespanPieces, ticks: (s) => s, days: true }, node)},'')`;
}
