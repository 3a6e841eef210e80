/**
 * Query times as definitions spell them (spec CCF §3.3.2): `UnixTimestamp`, `UnixTimestampInMills`, else a .NET custom or
 * standard format, invariant culture, UTC.
 */
import { SluiceError } from './errors.ts';

export const queryTimeErrors = {
  QUERY_TIME_FORMAT_INVALID: {
    summary: 'A queryTimeFormat is not a .NET date format.',
    hint: 'Use UnixTimestamp, UnixTimestampInMills or a .NET custom format such as yyyy-MM-ddTHH:mm:ssZ.',
  },
} as const;

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

export const DEFAULT_QUERY_TIME_FORMAT = 'yyyy-MM-ddTHH:mm:ss.fffffffZ';

/** .NET standard formats, spelled out for the invariant culture and UTC. */
const STANDARD: Readonly<Record<string, string>> = {
  d: 'MM/dd/yyyy',
  D: 'dddd, dd MMMM yyyy',
  f: 'dddd, dd MMMM yyyy HH:mm',
  F: 'dddd, dd MMMM yyyy HH:mm:ss',
  g: 'MM/dd/yyyy HH:mm',
  G: 'MM/dd/yyyy HH:mm:ss',
  m: 'MMMM dd',
  M: 'MMMM dd',
  o: 'yyyy-MM-ddTHH:mm:ss.fffffffK',
  O: 'yyyy-MM-ddTHH:mm:ss.fffffffK',
  r: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  R: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  s: 'yyyy-MM-ddTHH:mm:ss',
  t: 'HH:mm',
  T: 'HH:mm:ss',
  u: 'yyyy-MM-dd HH:mm:ssZ',
  U: 'dddd, dd MMMM yyyy HH:mm:ss',
  y: 'yyyy MMMM',
  Y: 'yyyy MMMM',
};

function invalid(format: string, detail: string): SluiceError {
  return new SluiceError({
    code: 'QUERY_TIME_FORMAT_INVALID',
    message: `queryTimeFormat \`${format}\`: ${detail}`,
    hint: queryTimeErrors.QUERY_TIME_FORMAT_INVALID.hint,
  });
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** Prints a number with one digit for a single letter, else two: longer runs collapse, which is why `.sss` repeats the seconds. */
const upToTwo = (value: number, run: number): string => pad(value, Math.min(run, 2));

type Writer = (date: Date, run: number) => string;

const WRITERS: Readonly<Record<string, Writer>> = {
  y: (d, run) => (run <= 2 ? pad(d.getUTCFullYear() % 100, run) : pad(d.getUTCFullYear(), run)),
  M: (d, run) => {
    if (run <= 2) return pad(d.getUTCMonth() + 1, run);
    const name = MONTHS[d.getUTCMonth()]!;
    return run === 3 ? name.slice(0, 3) : name;
  },
  d: (d, run) => {
    if (run <= 2) return pad(d.getUTCDate(), run);
    const name = DAYS[d.getUTCDay()]!;
    return run === 3 ? name.slice(0, 3) : name;
  },
  H: (d, run) => upToTwo(d.getUTCHours(), run),
  h: (d, run) => upToTwo(d.getUTCHours() % 12 || 12, run),
  m: (d, run) => upToTwo(d.getUTCMinutes(), run),
  s: (d, run) => upToTwo(d.getUTCSeconds(), run),
  t: (d, run) => (d.getUTCHours() < 12 ? 'AM' : 'PM').slice(0, Math.min(run, 2)),
  g: () => 'A.D.',
  z: (_d, run) => (run === 1 ? '+0' : run === 2 ? '+00' : '+00:00'),
  K: (_d, run) => 'Z'.repeat(run),
};

/** Seven digits: .NET ticks, of which a millisecond clock fills three. */
const fraction = (date: Date): string => `${pad(date.getUTCMilliseconds(), 3)}0000`;

function quotedEnd(format: string, from: number): { readonly text: string; readonly end: number } {
  const quote = format[from]!;
  let text = '';
  for (let i = from + 1; i < format.length; i++) {
    const c = format[i]!;
    if (c === quote) return { text, end: i + 1 };
    if (c === '\\') {
      i += 1;
      if (i >= format.length) break;
    }
    text += format[i];
  }
  throw invalid(format, 'a quoted part does not end');
}

function writeFraction(format: string, letter: string, run: number, date: Date, written: string): string {
  if (run > 7) throw invalid(format, 'a fraction has at most seven digits');
  const digits = fraction(date).slice(0, run);
  if (letter === 'f') return written + digits;
  const trimmed = digits.replace(/0+$/, '');
  // .NET drops the point too when nothing is left behind it.
  return trimmed === '' && written.endsWith('.') ? written.slice(0, -1) : written + trimmed;
}

function writeCustom(date: Date, format: string): string {
  let out = '';
  for (let pos = 0; pos < format.length; ) {
    const c = format[pos]!;
    let run = 1;
    while (format[pos + run] === c) run += 1;
    if (c === 'f' || c === 'F') {
      out = writeFraction(format, c, run, date, out);
      pos += run;
    } else if (WRITERS[c]) {
      out += WRITERS[c](date, run);
      pos += run;
    } else if (c === "'" || c === '"') {
      const quoted = quotedEnd(format, pos);
      out += quoted.text;
      pos = quoted.end;
    } else if (c === '\\' || c === '%') {
      const next = format[pos + 1];
      if (next === undefined || (c === '%' && next === '%'))
        throw invalid(format, `\`${c}\` ends the format`);
      if (c === '\\') out += next;
      pos += c === '\\' ? 2 : 1;
    } else {
      out += c;
      pos += 1;
    }
  }
  return out;
}

/**
 * @param ms UTC milliseconds
 * @param format as in the definition; undefined or empty = round-trip ISO 8601 with seven digits and `Z`
 * @throws SluiceError QUERY_TIME_FORMAT_INVALID
 */
export function formatQueryTime(ms: number, format: string | undefined): string {
  const spelled = format === undefined || format === '' ? DEFAULT_QUERY_TIME_FORMAT : format;
  const constant = spelled.trim().toLowerCase();
  if (constant === 'unixtimestamp') return String(Math.floor(ms / 1000));
  if (constant === 'unixtimestampinmills') return String(Math.floor(ms));
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) throw invalid(spelled, `${ms} is not a time`);
  if (spelled.length > 1) return writeCustom(date, spelled);
  const standard = STANDARD[spelled];
  if (standard === undefined) throw invalid(spelled, 'a single letter must be a .NET standard format');
  return writeCustom(date, standard);
}
