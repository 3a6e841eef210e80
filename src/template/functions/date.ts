import { templateError } from '../errors.ts';
import { strict, type TemplateFunction, textArg } from '../function.ts';

const parts: Readonly<Record<string, (iso: string) => string>> = {
  yyyy: (iso) => iso.slice(0, 4),
  MM: (iso) => iso.slice(5, 7),
  dd: (iso) => iso.slice(8, 10),
  HH: (iso) => iso.slice(11, 13),
  mm: (iso) => iso.slice(14, 16),
  ss: (iso) => iso.slice(17, 19),
  fff: (iso) => iso.slice(20, 23),
};

const standard: Readonly<Record<string, string>> = {
  d: 'MM/dd/yyyy',
  g: 'MM/dd/yyyy HH:mm',
  o: 'yyyy-MM-ddTHH:mm:ss.fff0000Z',
  s: 'yyyy-MM-ddTHH:mm:ss',
  u: 'yyyy-MM-dd HH:mm:ssZ',
};

/** Formats UTC milliseconds with the padded date tokens; other letters than T and Z are refused, not guessed. */
export function formatUtc(nowMs: number, format: string): string {
  const pattern = format.length === 1 ? standard[format] : format;
  if (pattern === undefined)
    throw templateError('TEMPLATE_ARGUMENT', `the date format '${format}' is not supported`);
  const iso = new Date(nowMs).toISOString();
  return pattern.replace(/([A-Za-z])\1*/g, (token) => {
    const part = parts[token];
    if (part) return part(iso);
    if (token === 'T' || token === 'Z') return token;
    throw templateError('TEMPLATE_ARGUMENT', `the date token '${token}' is not supported`);
  });
}

export const dateFunctions = {
  utcNow: strict('The time of connecting, UTC.', [0, 1], (args, scope) => {
    if (scope.nowMs === undefined) throw templateError('TEMPLATE_ARGUMENT', 'the time is not known here');
    return formatUtc(scope.nowMs, args.length > 0 ? textArg(args, 0) : 'yyyyMMddTHHmmssZ');
  }),
} satisfies Record<string, TemplateFunction>;
