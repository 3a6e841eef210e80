import type { KqlType } from './api.ts';

/** A cell as the API gives it: see QueryResult in src/api/schemas.ts. */
export type Cell =
  | string
  | number
  | boolean
  | null
  | { readonly [key: string]: unknown }
  | readonly unknown[];

const ticksPerDay = 864_000_000_000n;

/** Text `[-][d.]hh:mm:ss[.fffffff]` of ticks of 100 ns. */
export function timespanText(ticks: bigint): string {
  const abs = ticks < 0n ? -ticks : ticks;
  const two = (n: bigint) => String(n).padStart(2, '0');
  const days = abs / ticksPerDay;
  const clock = [(abs / 36_000_000_000n) % 24n, (abs / 600_000_000n) % 60n, (abs / 10_000_000n) % 60n]
    .map(two)
    .join(':');
  const rest = abs % 10_000_000n;
  const fraction = rest > 0n ? `.${String(rest).padStart(7, '0')}` : '';
  return `${ticks < 0n ? '-' : ''}${days > 0n ? `${days}.` : ''}${clock}${fraction}`;
}

function datetimeCell(text: string): string {
  const [date, time] = text.split(' ');
  const trimmed = (time ?? '00:00:00').replace(/\.0+$/, '');
  return `${date}T${trimmed}Z`;
}

const denormals: Readonly<Record<string, string>> = {
  nan: 'NaN',
  inf: 'Infinity',
  '-inf': '-Infinity',
  '-nan': 'NaN',
};

function realCell(value: unknown): Cell {
  if (typeof value === 'number') return value;
  const text = String(value);
  return denormals[text] ?? Number(text);
}

function longCell(value: unknown): Cell {
  const text = String(value);
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

function dynamicCell(value: unknown): Cell {
  if (typeof value !== 'string') return value as Cell;
  if (value === '') return null;
  try {
    return JSON.parse(value) as Cell;
  } catch {
    return value;
  }
}

/**
 * Turns a cell of the engine (JSONCompact, 64-bit integers and denormals quoted) into the API's form:
 * datetime `YYYY-MM-DDTHH:MM:SS[.fffffff]Z`, timespan text, dynamic as JSON value, long as number while exact
 * and as text beyond, real with NaN and Infinity as text.
 */
export function toCell(type: KqlType, value: unknown): Cell {
  if (value === null || value === undefined) return type === 'string' ? '' : null;
  switch (type) {
    case 'string':
    case 'guid':
    case 'decimal':
      return String(value);
    case 'bool':
      return value === true || value === 1 || value === '1' || value === 'true';
    case 'int':
    case 'long':
      return longCell(value);
    case 'real':
      return realCell(value);
    case 'datetime':
      return datetimeCell(String(value));
    case 'timespan':
      return timespanText(BigInt(String(value)));
    case 'dynamic':
      return dynamicCell(value);
  }
}
