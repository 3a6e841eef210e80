import type { Place } from '../core/diagnostics.ts';
import { SluiceError } from '../core/errors.ts';

/** Codes that evaluating a template can raise. */
export const templateErrors = {
  TEMPLATE_SYNTAX: {
    summary: 'An expression in a connector definition cannot be parsed.',
    hint: 'Check quotes, brackets and commas; a quote inside a literal is written twice.',
  },
  TEMPLATE_FUNCTION_UNKNOWN: {
    summary: 'An expression calls a function that Sluice does not have.',
    hint: 'Use one of the template functions listed in the documentation.',
  },
  TEMPLATE_ARGUMENT: {
    summary: 'A template function was given an argument that it cannot use.',
    hint: 'Check the number and the types of the arguments.',
  },
  TEMPLATE_PARAMETER_UNKNOWN: {
    summary: 'A placeholder or parameters() names a value that was not given.',
    hint: 'Give the value when connecting, or correct the name.',
  },
  TEMPLATE_VARIABLE_UNKNOWN: {
    summary: 'variables() names a variable that does not exist.',
    hint: 'Source-form packages have no variables; use a parameter.',
  },
  TEMPLATE_MEMBER_UNKNOWN: {
    summary: 'An expression reads a property or an element that does not exist.',
    hint: 'Check the property name or the index against the value that it is read from.',
  },
  TEMPLATE_TOO_LARGE: {
    summary: 'An expression is nested too deeply or its result is too large.',
    hint: 'Simplify the expression.',
  },
} as const;

export type TemplateErrorCode = keyof typeof templateErrors;

/** Messages name functions and parameters, never values: a value may be a secret. */
export function templateError(code: TemplateErrorCode, message: string, place?: Place): SluiceError {
  return new SluiceError({ code, message, hint: templateErrors[code].hint, ...(place ? { place } : {}) });
}
