import { templateError } from '../errors.ts';
import { integerArg, listArg, strict, type TemplateFunction, textArg } from '../function.ts';
import { isList, isObject, sameValue, setMember, type TemplateValue, toText, typeName } from '../value.ts';

type Args = readonly TemplateValue[];

function lengthOf(value: TemplateValue): number {
  if (typeof value === 'string' || isList(value)) return value.length;
  if (isObject(value)) return Object.keys(value).length;
  throw templateError('TEMPLATE_ARGUMENT', `a text, an array or an object is wanted, not ${typeName(value)}`);
}

function sequence(args: Args): string | readonly TemplateValue[] {
  const value = args[0] ?? null;
  return isList(value) ? value : textArg(args, 0);
}

/** An empty text has an empty first character; an empty array has no first element. */
function pick(args: Args, position: 'first' | 'last'): TemplateValue {
  const value = sequence(args);
  if (typeof value === 'string') return position === 'first' ? value.slice(0, 1) : value.slice(-1);
  const element = position === 'first' ? value[0] : value[value.length - 1];
  if (element === undefined) throw templateError('TEMPLATE_ARGUMENT', 'the array is empty');
  return element;
}

function contains(args: Args): boolean {
  const container = args[0] ?? null;
  if (isList(container)) return container.some((item) => sameValue(item, args[1] ?? null));
  if (isObject(container)) {
    const wanted = textArg(args, 1).toLowerCase();
    return Object.keys(container).some((name) => name.toLowerCase() === wanted);
  }
  return textArg(args, 0).includes(toText(args[1] ?? null));
}

function createObject(args: Args): TemplateValue {
  if (args.length % 2 !== 0) throw templateError('TEMPLATE_ARGUMENT', 'names and values must come in pairs');
  const result: Record<string, TemplateValue> = {};
  for (let at = 0; at < args.length; at += 2) setMember(result, textArg(args, at), args[at + 1] ?? null);
  return result;
}

function union(args: Args): TemplateValue {
  if (args.every(isList)) {
    const result: TemplateValue[] = [];
    for (const item of (args as readonly (readonly TemplateValue[])[]).flat())
      if (!result.some((known) => sameValue(known, item))) result.push(item);
    return result;
  }
  if (!args.every(isObject)) throw templateError('TEMPLATE_ARGUMENT', 'arrays only, or objects only');
  const result: Record<string, TemplateValue> = {};
  for (const object of args)
    for (const [name, value] of Object.entries(object)) setMember(result, name, value);
  return result;
}

function intersection(args: Args): TemplateValue {
  const [head = null, ...rest] = args;
  if (!isList(head) || !rest.every(isList)) throw templateError('TEMPLATE_ARGUMENT', 'arrays only');
  return head.filter((item) => rest.every((list) => (list as Args).some((other) => sameValue(item, other))));
}

export const collectionFunctions = {
  first: strict('First character or element.', [1, 1], (args) => pick(args, 'first')),
  last: strict('Last character or element.', [1, 1], (args) => pick(args, 'last')),
  take: strict('The first n characters or elements.', [2, 2], (args) =>
    sequence(args).slice(0, Math.max(0, integerArg(args, 1))),
  ),
  skip: strict('All but the first n characters or elements.', [2, 2], (args) =>
    sequence(args).slice(Math.max(0, integerArg(args, 1))),
  ),
  length: strict('Number of characters, elements or properties.', [1, 1], (args) =>
    lengthOf(args[0] ?? null),
  ),
  empty: strict(
    'Is a text, array, object or null empty?',
    [1, 1],
    (args) => (args[0] ?? null) === null || lengthOf(args[0] ?? null) === 0,
  ),
  contains: strict('Does a text, array or object contain something?', [2, 2], contains),
  array: strict('Makes an array of a value.', [1, 1], (args) =>
    isList(args[0] ?? null) ? (args[0] ?? null) : [args[0] ?? null],
  ),
  createArray: strict('Makes an array of its arguments.', [0], (args) => [...args]),
  createObject: strict('Makes an object of names and values.', [0], createObject),
  union: strict('All elements or properties of its arguments.', [1], union),
  intersection: strict('Elements that all arrays have.', [2], intersection),
  range: strict('Whole numbers from a start.', [2, 2], (args) => {
    const count = integerArg(args, 1);
    if (count < 0 || count > 10_000)
      throw templateError('TEMPLATE_TOO_LARGE', 'range() gives 10,000 numbers at most');
    return Array.from({ length: count }, (_, at) => integerArg(args, 0) + at);
  }),
  min: strict('Smallest number.', [1], (args) => Math.min(...numbers(args))),
  max: strict('Largest number.', [1], (args) => Math.max(...numbers(args))),
} satisfies Record<string, TemplateFunction>;

function numbers(args: Args): number[] {
  const list = args.length === 1 && isList(args[0] ?? null) ? listArg(args, 0) : args;
  return list.map((_, at) => integerArg(list, at));
}
