import { quoteString } from '../clickhouse/literal.ts';
import { ticksPer } from '../clickhouse/time.ts';
import type { SyntaxNode } from '../parser/syntax.ts';
import { refuse } from './environment.ts';
import {
  boolValue,
  datetimeValue,
  intValue,
  jsonValue,
  longValue,
  nullValue,
  realValue,
  stringValue,
  timespanValue,
  type Value,
} from './value.ts';

/** Inside of `type(...)` or the text itself. */
function inner(text: string): string {
  const match = /^[a-zA-Z]+\s*\(([\s\S]*)\)$/.exec(text.trim());
  return (match?.[1] ?? text).trim().replace(/^(["'])([\s\S]*)\1$/, '$2');
}

function integerFrom(text: string): bigint | undefined {
  const match = /^([+-]?)(0[xX][0-9a-fA-F]+|\d+)$/.exec(text);
  if (!match) return undefined;
  const value = BigInt(match[2] ?? '0');
  return match[1] === '-' ? -value : value;
}

const units: Readonly<Record<string, bigint>> = {
  d: ticksPer.day,
  day: ticksPer.day,
  days: ticksPer.day,
  h: ticksPer.hour,
  hr: ticksPer.hour,
  hrs: ticksPer.hour,
  hour: ticksPer.hour,
  hours: ticksPer.hour,
  m: ticksPer.minute,
  min: ticksPer.minute,
  minute: ticksPer.minute,
  minutes: ticksPer.minute,
  s: ticksPer.second,
  sec: ticksPer.second,
  second: ticksPer.second,
  seconds: ticksPer.second,
  ms: ticksPer.millisecond,
  milli: ticksPer.millisecond,
  millis: ticksPer.millisecond,
  millisecond: ticksPer.millisecond,
  milliseconds: ticksPer.millisecond,
  micro: ticksPer.microsecond,
  micros: ticksPer.microsecond,
  microsecond: ticksPer.microsecond,
  microseconds: ticksPer.microsecond,
  nano: 0n,
  tick: 1n,
  ticks: 1n,
};

/** number × unit without losing ticks to binary fractions. */
function scaled(number: string, unit: bigint): bigint {
  const [whole = '0', fraction = ''] = number.replace(/^-/, '').split('.');
  const denominator = 10n ** BigInt(fraction.length);
  const ticks = (BigInt(`${whole || '0'}${fraction}`) * unit) / denominator;
  return number.startsWith('-') ? -ticks : ticks;
}

/** Ticks of a timespan written as in KQL (`1.5h`, `1.02:03:04.5`, `3`), or undefined. */
export function timespanTicks(text: string): bigint | undefined {
  const unit = /^(-?[\d.]+)\s*([a-z]+)$/i.exec(text);
  if (unit) {
    const factor = units[(unit[2] ?? '').toLowerCase()];
    return factor ? scaled(unit[1] ?? '0', factor) : undefined;
  }
  const clock = /^(-)?(?:(\d+)\.)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?$/.exec(text);
  if (!clock) return /^-?\d+(\.\d+)?$/.test(text) ? scaled(text, ticksPer.day) : undefined;
  const n = (i: number) => BigInt(clock[i] ?? '0');
  const fraction = BigInt((clock[6] ?? '').padEnd(7, '0') || '0');
  const ticks =
    n(2) * ticksPer.day + n(3) * ticksPer.hour + n(4) * ticksPer.minute + n(5) * ticksPer.second + fraction;
  return clock[1] ? -ticks : ticks;
}

/** Ticks since 1970 of a datetime literal, or undefined. Exact to 100 ns. */
export function datetimeTicks(text: string): bigint | undefined {
  const iso =
    /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7})\d*)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?|\s*Z)?)?)?$/i.exec(
      text,
    );
  if (!iso) return monthFirstTicks(text);
  const [y, mo, d, h, mi, s] = [iso[1], iso[2] ?? 1, iso[3] ?? 1, iso[4] ?? 0, iso[5] ?? 0, iso[6] ?? 0].map(
    Number,
  ) as [number, number, number, number, number, number];
  const zone = /^([+-])(\d{2}):?(\d{2})$/.exec(iso[8] ?? '');
  const offset = zone ? (Number(zone[2]) * 60 + Number(zone[3])) * (zone[1] === '-' ? -1 : 1) : 0;
  return civilTicks([y, mo, d, h, mi - offset, s], iso[7], [mi]);
}

function civilTicks(
  [y, mo, d, h, mi, s]: readonly [number, number, number, number, number, number],
  fraction: string | undefined,
  [minute]: readonly [number],
): bigint | undefined {
  if (y < 1 || mo < 1 || mo > 12 || d < 1 || d > 31 || h > 24 || minute > 59 || s > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(y, mo - 1, d);
  if (date.getUTCDate() !== d) return undefined;
  date.setUTCHours(h, mi, s, 0);
  return BigInt(date.getTime()) * ticksPer.millisecond + BigInt((fraction ?? '').padEnd(7, '0') || '0');
}

function monthFirstTicks(text: string): bigint | undefined {
  const match =
    /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?\s*(AM|PM)?)?$/i.exec(
      text,
    );
  if (!match) return namedMonthTicks(text);
  const n = (i: number) => Number(match[i] ?? 0);
  const hour = match[8] ? (n(4) % 12) + (/pm/i.test(match[8]) ? 12 : 0) : n(4);
  return civilTicks([n(3), n(1), n(2), hour, n(5), n(6)], match[7], [n(5)]);
}

/** RFC 822 and 850 forms, which hold no more than milliseconds. */
function namedMonthTicks(text: string): bigint | undefined {
  if (!/^[A-Za-z]{3,9},?\s|^\d{1,2}[\s-][A-Za-z]{3}/.test(text)) return undefined;
  const zoned = /(GMT|UTC|Z|[+-]\d{4})$/i.test(text) ? text : `${text} GMT`;
  const ms = Date.parse(zoned);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * ticksPer.millisecond;
}

function badLiteral(node: SyntaxNode): never {
  return refuse('KQL_ARGUMENT', `${node.text.slice(0, 80)} is not a valid ${node.type} literal`, node);
}

/** Value of a literal token. */
export function literalValue(node: SyntaxNode): Value {
  const type = node.type;
  if (type === 'string') return stringValue(node.constantText ?? badLiteral(node));
  const text = inner(node.text);
  if (type === 'table' || type === 'tuple' || type === 'none') {
    return node.text === 'null' ? nullValue('dynamic') : badLiteral(node);
  }
  if (/^null$/i.test(text) || text === '') return nullValue(type);
  switch (type) {
    case 'bool':
      return boolValue(/^(true|1)$/i.test(text));
    case 'long':
    case 'int': {
      const value = integerFrom(text);
      if (value === undefined) return nullValue(type);
      return type === 'long' ? longValue(value) : intValue(value);
    }
    case 'real':
      return realValue(
        /^nan$/i.test(text)
          ? Number.NaN
          : /^[+-]?inf(inity)?$/i.test(text)
            ? text.startsWith('-')
              ? -Infinity
              : Infinity
            : Number(text),
      );
    case 'decimal':
      return { sql: `toDecimal128(${quoteString(text)},18)`, type, nullable: false, cheap: true };
    case 'timespan':
      return timespanValue(timespanTicks(text) ?? badLiteral(node));
    case 'datetime':
      return datetimeValue(datetimeTicks(text) ?? badLiteral(node));
    case 'guid':
      return {
        sql: `toUUID(${quoteString(text.replace(/[{}()]/g, ''))})`,
        type,
        nullable: false,
        cheap: true,
      };
    case 'dynamic':
      return jsonValue(text);
  }
}

/** JSON text of a value inside dynamic(...). */
function jsonOf(node: SyntaxNode): string {
  switch (node.kind) {
    case 'JsonObjectExpression':
      return `{${node
        .items('Pairs')
        .map((pair) => `${JSON.stringify(jsonKey(pair))}:${jsonOf(pair.need('Value'))}`)
        .join(',')}}`;
    case 'JsonArrayExpression':
      return `[${node.items('Values').map(jsonOf).join(',')}]`;
    case 'DynamicExpression':
    case 'ParenthesizedExpression':
      return jsonOf(node.need('Expression'));
    case 'PrefixUnaryExpression':
      return `-${jsonOf(node.need('Expression'))}`;
    default:
      return jsonLiteral(node);
  }
}

function jsonKey(pair: SyntaxNode): string {
  const token = pair.token('Name');
  const double = /^"([\s\S]*)"$/.exec(token);
  if (double) return JSON.parse(token) as string;
  return /^'([\s\S]*)'$/.exec(token)?.[1]?.replace(/\\(.)/g, '$1') ?? token;
}

function jsonLiteral(node: SyntaxNode): string {
  const type = node.type;
  const text = inner(node.text);
  if (type === 'string') return JSON.stringify(node.constantText ?? '');
  if (type === 'bool') return String(/^(true|1)$/i.test(text));
  if (/^null$/i.test(text)) return 'null';
  if (type === 'long' || type === 'int') return String(integerFrom(text) ?? badLiteral(node));
  if (type === 'real') return Number.isFinite(Number(text)) ? String(Number(text)) : JSON.stringify(text);
  if (type === 'datetime') return JSON.stringify(isoText(datetimeTicks(text) ?? badLiteral(node)));
  if (type === 'timespan' || type === 'guid') return JSON.stringify(text);
  return badLiteral(node);
}

/** ISO text with seven decimals of ticks since 1970. */
export function isoText(ticks: bigint): string {
  const ms =
    ticks >= 0n ? ticks / ticksPer.millisecond : (ticks - (ticksPer.millisecond - 1n)) / ticksPer.millisecond;
  const rest = ticks - ms * ticksPer.millisecond;
  return `${new Date(Number(ms)).toISOString().slice(0, -1)}${String(rest).padStart(4, '0')}Z`;
}

/** Value of dynamic(...). */
export function dynamicLiteral(node: SyntaxNode): Value {
  return jsonValue(jsonOf(node.need('Expression')));
}
