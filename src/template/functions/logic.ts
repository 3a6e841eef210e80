import { templateError } from '../errors.ts';
import { booleanArg, strict, type TemplateFunction } from '../function.ts';
import { sameValue, type TemplateValue, typeName } from '../value.ts';

function condition(value: TemplateValue): boolean {
  return booleanArg([value], 0);
}

function compare(args: readonly TemplateValue[]): number {
  const [left = null, right = null] = args;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  throw templateError('TEMPLATE_ARGUMENT', `${typeName(left)} and ${typeName(right)} cannot be compared`);
}

export const logicFunctions = {
  equals: strict('Are two values equal?', [2, 2], (args) => sameValue(args[0] ?? null, args[1] ?? null)),
  less: strict('Is the first value smaller?', [2, 2], (args) => compare(args) < 0),
  lessOrEquals: strict('Is the first value smaller or equal?', [2, 2], (args) => compare(args) <= 0),
  greater: strict('Is the first value larger?', [2, 2], (args) => compare(args) > 0),
  greaterOrEquals: strict('Is the first value larger or equal?', [2, 2], (args) => compare(args) >= 0),
  not: strict('Negation.', [1, 1], (args) => !booleanArg(args, 0)),
  true: strict('True.', [0, 0], () => true),
  false: strict('False.', [0, 0], () => false),
  null: strict('Null.', [0, 0], () => null),
  and: {
    summary: 'Are all conditions true?',
    minArgs: 2,
    evaluate: (args) => args.every((arg) => condition(arg())),
  },
  or: {
    summary: 'Is any condition true?',
    minArgs: 2,
    evaluate: (args) => args.some((arg) => condition(arg())),
  },
  if: {
    summary: 'The second argument when the first is true, else the third; only the chosen one is evaluated.',
    minArgs: 3,
    maxArgs: 3,
    evaluate: ([test, yes, no]) => (condition(test!()) ? yes!() : no!()),
  },
  coalesce: {
    summary: 'First argument that is not null.',
    minArgs: 1,
    evaluate: (args) => {
      for (const arg of args) {
        const value = arg();
        if (value !== null) return value;
      }
      return null;
    },
  },
} satisfies Record<string, TemplateFunction>;
