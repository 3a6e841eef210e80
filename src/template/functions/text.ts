import { templateError } from '../errors.ts';
import { integerArg, strict, type TemplateFunction, textArg } from '../function.ts';
import { boundedText, isList, type TemplateValue, toText } from '../value.ts';

function concat(args: readonly TemplateValue[]): TemplateValue {
  if (args.length > 0 && args.every(isList)) return (args as readonly (readonly TemplateValue[])[]).flat();
  return boundedText(
    args.map((arg) => (isList(arg) && arg.length === 1 ? toText(arg[0] ?? null) : toText(arg))).join(''),
  );
}

/** Only `{n}` slots; a format string after a colon is refused rather than ignored. */
function format(args: readonly TemplateValue[]): string {
  const pattern = textArg(args, 0);
  return boundedText(
    pattern.replace(
      /\{\{|\}\}|\{(\d+)(:[^}]*)?\}/g,
      (match, slot: string | undefined, spec: string | undefined) => {
        if (match === '{{' || match === '}}') return match[0] ?? '';
        if (spec !== undefined)
          throw templateError('TEMPLATE_ARGUMENT', 'number formats in format() are not supported');
        const value = args[Number(slot) + 1];
        if (value === undefined)
          throw templateError('TEMPLATE_ARGUMENT', `format() has no argument for slot ${slot}`);
        return toText(value);
      },
    ),
  );
}

function replace(args: readonly TemplateValue[]): string {
  const wanted = textArg(args, 1);
  if (wanted === '') throw templateError('TEMPLATE_ARGUMENT', 'replace() cannot search for an empty text');
  return boundedText(textArg(args, 0).split(wanted).join(textArg(args, 2)));
}

function split(args: readonly TemplateValue[]): string[] {
  const delimiters = (isList(args[1] ?? null) ? (args[1] as readonly TemplateValue[]) : [textArg(args, 1)])
    .map(toText)
    .filter(Boolean);
  let parts = [textArg(args, 0)];
  for (const delimiter of delimiters) parts = parts.flatMap((part) => part.split(delimiter));
  return parts;
}

function substring(args: readonly TemplateValue[]): string {
  const text = textArg(args, 0);
  const start = integerArg(args, 1);
  const end = args.length > 2 ? start + integerArg(args, 2) : text.length;
  if (start < 0 || start > text.length || end < start || end > text.length)
    throw templateError('TEMPLATE_ARGUMENT', 'substring() reaches beyond the text');
  return text.slice(start, end);
}

function padLeft(args: readonly TemplateValue[]): string {
  const width = integerArg(args, 1);
  if (width > 1000) throw templateError('TEMPLATE_TOO_LARGE', 'padLeft() pads to 1000 characters at most');
  return toText(args[0] ?? null).padStart(width, args.length > 2 ? textArg(args, 2) : ' ');
}

/** The language compares prefixes, suffixes and positions without regard to case. */
const lower = (args: readonly TemplateValue[], position: number) => textArg(args, position).toLowerCase();

export const textFunctions = {
  concat: strict('Joins texts, or arrays.', [1], concat),
  format: strict('Fills {0}, {1}, … in a text.', [1], format),
  toLower: strict('Lower case.', [1, 1], (args) => textArg(args, 0).toLowerCase()),
  toUpper: strict('Upper case.', [1, 1], (args) => textArg(args, 0).toUpperCase()),
  trim: strict('Removes white space at both ends.', [1, 1], (args) => textArg(args, 0).trim()),
  replace: strict('Replaces every occurrence of a text.', [3, 3], replace),
  split: strict('Splits a text at a delimiter.', [2, 2], split),
  join: strict('Joins the elements of an array with a delimiter.', [2, 2], (args) => {
    const list = isList(args[0] ?? null) ? (args[0] as readonly TemplateValue[]) : [args[0] ?? null];
    return boundedText(list.map(toText).join(textArg(args, 1)));
  }),
  substring: strict('Part of a text: start, length.', [2, 3], substring),
  padLeft: strict('Pads a text at its left.', [2, 3], padLeft),
  startsWith: strict('Does a text begin with another?', [2, 2], (args) =>
    lower(args, 0).startsWith(lower(args, 1)),
  ),
  endsWith: strict('Does a text end with another?', [2, 2], (args) =>
    lower(args, 0).endsWith(lower(args, 1)),
  ),
  indexOf: strict('First position of a text or an element, -1 when absent.', [2, 2], (args) => {
    const first = args[0] ?? null;
    return isList(first)
      ? first.map(toText).indexOf(toText(args[1] ?? null))
      : lower(args, 0).indexOf(lower(args, 1));
  }),
  lastIndexOf: strict('Last position of a text, -1 when absent.', [2, 2], (args) =>
    lower(args, 0).lastIndexOf(lower(args, 1)),
  ),
} satisfies Record<string, TemplateFunction>;
