import { toSluiceError } from '../core/errors.ts';
import { templateError, templateErrors } from './errors.ts';
import type { TemplateFunction } from './function.ts';
import { templateFunctions } from './functions/registry.ts';
import type { Expression } from './parser.ts';
import type { TemplateScope } from './scope.ts';
import { findMember, isList, isObject, type TemplateValue, typeName } from './value.ts';

const functionsByName: ReadonlyMap<string, TemplateFunction> = new Map(
  Object.entries(templateFunctions).map(([name, implementation]) => [name.toLowerCase(), implementation]),
);

/** Undefined when there is no such function. Names compare without regard to case. */
export function findFunction(name: string): TemplateFunction | undefined {
  return functionsByName.get(name.toLowerCase());
}

/** The function that a call names, after its argument count was checked. */
export function checkCall(expression: Expression & { kind: 'call' }): TemplateFunction {
  const place = { start: expression.start, end: expression.end };
  const implementation = findFunction(expression.name);
  if (!implementation)
    throw templateError('TEMPLATE_FUNCTION_UNKNOWN', `there is no function ${expression.name}()`, place);
  const count = expression.args.length;
  if (count < implementation.minArgs || count > (implementation.maxArgs ?? Number.POSITIVE_INFINITY))
    throw templateError('TEMPLATE_ARGUMENT', `${expression.name}() was given ${count} arguments`, place);
  return implementation;
}

function evaluateCall(expression: Expression & { kind: 'call' }, scope: TemplateScope): TemplateValue {
  const implementation = checkCall(expression);
  const args = expression.args.map((arg) => () => evaluate(arg, scope));
  try {
    return implementation.evaluate(args, scope);
  } catch (error) {
    const known = toSluiceError(error, {
      code: 'TEMPLATE_ARGUMENT',
      hint: templateErrors.TEMPLATE_ARGUMENT.hint,
    });
    if (known.place || known.code !== 'TEMPLATE_ARGUMENT') throw known;
    throw templateError('TEMPLATE_ARGUMENT', `${expression.name}(): ${known.message}`, {
      start: expression.start,
      end: expression.end,
    });
  }
}

function readMember(target: TemplateValue, name: string, expression: Expression): TemplateValue {
  const place = { start: expression.start, end: expression.end };
  if (!isObject(target))
    throw templateError('TEMPLATE_MEMBER_UNKNOWN', `'${name}' is read from ${typeName(target)}`, place);
  const value = findMember(target, name);
  if (value === undefined)
    throw templateError('TEMPLATE_MEMBER_UNKNOWN', `there is no property '${name}'`, place);
  return value;
}

function readIndex(expression: Expression & { kind: 'index' }, scope: TemplateScope): TemplateValue {
  const target = evaluate(expression.target, scope);
  const index = evaluate(expression.index, scope);
  if (typeof index === 'string') return readMember(target, index, expression);
  const place = { start: expression.start, end: expression.end };
  if (!isList(target))
    throw templateError('TEMPLATE_MEMBER_UNKNOWN', `an element is read from ${typeName(target)}`, place);
  const element =
    typeof index === 'number' && Number.isInteger(index) && index >= 0 ? target[index] : undefined;
  if (element === undefined)
    throw templateError(
      'TEMPLATE_MEMBER_UNKNOWN',
      'an array has no element at the index that is read',
      place,
    );
  return element;
}

/** Value of an expression. Throws SluiceError TEMPLATE_*; messages carry no values. */
export function evaluate(expression: Expression, scope: TemplateScope): TemplateValue {
  if (expression.kind === 'literal') return expression.value;
  if (expression.kind === 'call') return evaluateCall(expression, scope);
  if (expression.kind === 'property')
    return readMember(evaluate(expression.target, scope), expression.name, expression);
  return readIndex(expression, scope);
}
