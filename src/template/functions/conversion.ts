import { templateError } from '../errors.ts';
import { numberArg, strict, type TemplateFunction, textArg } from '../function.ts';
import { type TemplateValue, toText, typeName } from '../value.ts';

function toInteger(args: readonly TemplateValue[]): number {
  const value = args[0] ?? null;
  const number = typeof value === 'string' && /^\s*-?\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(Math.trunc(number)))
    throw templateError('TEMPLATE_ARGUMENT', `a whole number is wanted, not this ${typeName(value)}`);
  return Math.trunc(number);
}

function toBoolean(args: readonly TemplateValue[]): boolean {
  const value = args[0] ?? null;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  const text = textArg(args, 0).trim().toLowerCase();
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw templateError('TEMPLATE_ARGUMENT', 'a boolean is wanted');
}

function parseJson(args: readonly TemplateValue[]): TemplateValue {
  try {
    return JSON.parse(textArg(args, 0)) as TemplateValue;
  } catch {
    // The parser's own message quotes the text, which may be a secret.
    throw templateError('TEMPLATE_ARGUMENT', 'the text is not JSON');
  }
}

function divide(args: readonly TemplateValue[]): number {
  const divisor = numberArg(args, 1);
  if (divisor === 0) throw templateError('TEMPLATE_ARGUMENT', 'division by zero');
  return Math.trunc(numberArg(args, 0) / divisor);
}

function modulo(args: readonly TemplateValue[]): number {
  const divisor = numberArg(args, 1);
  if (divisor === 0) throw templateError('TEMPLATE_ARGUMENT', 'division by zero');
  return numberArg(args, 0) % divisor;
}

export const conversionFunctions = {
  string: strict('Text of a value.', [1, 1], (args) => toText(args[0] ?? null)),
  int: strict('Whole number of a text or number.', [1, 1], toInteger),
  float: strict('Number of a text.', [1, 1], (args) => {
    const value = Number(toText(args[0] ?? null));
    if (!Number.isFinite(value)) throw templateError('TEMPLATE_ARGUMENT', 'a number is wanted');
    return value;
  }),
  bool: strict('Boolean of a text or number.', [1, 1], toBoolean),
  json: strict('Value of a JSON text.', [1, 1], parseJson),
  base64: strict('Base64 of the UTF-8 bytes of a text.', [1, 1], (args) =>
    Buffer.from(textArg(args, 0), 'utf8').toString('base64'),
  ),
  base64ToString: strict('Text of Base64.', [1, 1], (args) =>
    Buffer.from(textArg(args, 0), 'base64').toString('utf8'),
  ),
  uriComponent: strict('Percent-encodes a text.', [1, 1], (args) =>
    encodeURIComponent(textArg(args, 0).replace(/\p{Surrogate}/gu, '\ufffd')),
  ),
  add: strict('Sum.', [2, 2], (args) => numberArg(args, 0) + numberArg(args, 1)),
  sub: strict('Difference.', [2, 2], (args) => numberArg(args, 0) - numberArg(args, 1)),
  mul: strict('Product.', [2, 2], (args) => numberArg(args, 0) * numberArg(args, 1)),
  div: strict('Whole quotient.', [2, 2], divide),
  mod: strict('Remainder.', [2, 2], modulo),
} satisfies Record<string, TemplateFunction>;
