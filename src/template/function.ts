import { templateError } from './errors.ts';
import type { TemplateScope } from './scope.ts';
import { isList, type TemplateValue, typeName } from './value.ts';

/** One function of the template language. `maxArgs` undefined = any number. Stateless. */
export interface TemplateFunction {
  readonly summary: string;
  readonly minArgs: number;
  readonly maxArgs?: number;
  /** Arguments come as thunks, so that if() and coalesce() evaluate only what they need. */
  readonly evaluate: (args: readonly (() => TemplateValue)[], scope: TemplateScope) => TemplateValue;
}

/** A function whose arguments are all evaluated before it runs. */
export function strict(
  summary: string,
  arity: readonly [min: number, max?: number],
  evaluate: (args: readonly TemplateValue[], scope: TemplateScope) => TemplateValue,
): TemplateFunction {
  const [minArgs, maxArgs] = arity;
  return {
    summary,
    minArgs,
    ...(maxArgs === undefined ? {} : { maxArgs }),
    evaluate: (args, scope) =>
      evaluate(
        args.map((arg) => arg()),
        scope,
      ),
  };
}

function refuse(position: number, wanted: string, value: TemplateValue): never {
  throw templateError(
    'TEMPLATE_ARGUMENT',
    `argument ${position + 1} must be ${wanted}, not ${typeName(value)}`,
  );
}

export function textArg(args: readonly TemplateValue[], position: number): string {
  const value = args[position] ?? null;
  if (typeof value === 'string') return value;
  // A list of one stands for its element: a single-select drop-down always delivers a list.
  if (isList(value) && value.length === 1 && typeof value[0] === 'string') return value[0];
  return refuse(position, 'a text', value);
}

export function numberArg(args: readonly TemplateValue[], position: number): number {
  const value = args[position] ?? null;
  return typeof value === 'number' ? value : refuse(position, 'a number', value);
}

export function integerArg(args: readonly TemplateValue[], position: number): number {
  const value = numberArg(args, position);
  return Number.isInteger(value) ? value : refuse(position, 'a whole number', value);
}

export function booleanArg(args: readonly TemplateValue[], position: number): boolean {
  const value = args[position] ?? null;
  return typeof value === 'boolean' ? value : refuse(position, 'a boolean', value);
}

export function listArg(args: readonly TemplateValue[], position: number): readonly TemplateValue[] {
  const value = args[position] ?? null;
  return isList(value) ? value : refuse(position, 'an array', value);
}
