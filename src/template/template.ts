/**
 * String templates of connector packages (CCF §1.4, §1.5): `{{name}}` placeholders and `[expression]` texts.
 * `[[expression]` means "evaluate when connecting", which is the only time Sluice evaluates.
 */
import { isSluiceError, SluiceError } from '../core/errors.ts';
import { templateError } from './errors.ts';
import { checkCall, evaluate } from './evaluator.ts';
import { type Expression, parseExpressionText } from './parser.ts';
import type { TemplateScope } from './scope.ts';
import { boundedText, isList, type TemplateValue, toText } from './value.ts';

const placeholderPattern = /\{\{([A-Za-z0-9_]+)\}\}(?:\[(\d+)\])?/g;
const wholePlaceholder = /^\{\{([A-Za-z0-9_]+)\}\}(?:\[(\d+)\])?$/;

/** True for `[name(…` and `['literal…`; a JSON array or a character class is plain text. */
export function isExpression(text: string): boolean {
  return /^\[{1,2}\s*(?:[A-Za-z_][A-Za-z0-9_]*\s*\(|')/.test(text) && text.trimEnd().endsWith(']');
}

/** True when resolving the text needs parameters or evaluation. */
export function hasTemplate(text: string): boolean {
  return isExpression(text) || /\{\{[A-Za-z0-9_]+\}\}/.test(text);
}

/** Parses an expression text with its brackets. Throws TEMPLATE_SYNTAX with a span. */
export function parseTemplateExpression(text: string): Expression {
  const start = text.startsWith('[[') ? 2 : 1;
  return parseExpressionText(text, start, text.trimEnd().length - 1);
}

function parameterOf(name: string, index: string | undefined, scope: TemplateScope): TemplateValue {
  const value = scope.parameter(name);
  if (value === undefined)
    throw templateError('TEMPLATE_PARAMETER_UNKNOWN', `no value was given for '${name}'`);
  if (index === undefined) return value;
  if (!isList(value)) return `${toText(value)}[${index}]`;
  const element = value[Number(index)];
  if (element === undefined)
    throw templateError('TEMPLATE_MEMBER_UNKNOWN', `'${name}' has no element ${index}`);
  return element;
}

/** A list inside a text: one element stands for itself, several are separated by commas. */
function inlineText(value: TemplateValue): string {
  return isList(value) ? value.map(toText).join(',') : toText(value);
}

function fillPlaceholders(
  text: string,
  scope: TemplateScope,
  render: (value: TemplateValue) => string,
): string {
  return boundedText(
    text.replace(placeholderPattern, (_, name: string, index: string | undefined) =>
      render(parameterOf(name, index, scope)),
    ),
  );
}

/**
 * Value of one template text. Plain text comes back unchanged.
 * Throws SluiceError TEMPLATE_*; neither message nor place ever holds a parameter's value.
 */
export function resolveTemplate(text: string, scope: TemplateScope): TemplateValue {
  if (!isExpression(text)) {
    const whole = wholePlaceholder.exec(text);
    if (whole) return parameterOf(whole[1]!, whole[2], scope);
    return fillPlaceholders(text, scope, inlineText);
  }
  const filled = fillPlaceholders(text, scope, (value) => inlineText(value).replaceAll("'", "''"));
  return evaluate(parseTemplateExpression(filled), scope);
}

export interface TemplateReferences {
  /** Names used by placeholders and parameters(), in order of appearance, spelled as written. */
  readonly parameters: readonly string[];
  /** Set when an expression does not parse or calls something that does not exist. */
  readonly error?: SluiceError;
}

function collect(expression: Expression, names: string[]): void {
  if (expression.kind === 'literal') return;
  if (expression.kind !== 'call') {
    collect(expression.target, names);
    if (expression.kind === 'index') collect(expression.index, names);
    return;
  }
  checkCall(expression);
  const [argument] = expression.args;
  if (expression.name.toLowerCase() === 'parameters' && argument?.kind === 'literal')
    names.push(String(argument.value));
  for (const arg of expression.args) collect(arg, names);
}

/** What a template text needs, without evaluating it. Never throws. */
export function templateReferences(text: string): TemplateReferences {
  const names = Array.from(text.matchAll(placeholderPattern), (match) => match[1]!);
  if (!isExpression(text)) return { parameters: names };
  try {
    // Placeholders inside an expression stand for literal text; a name keeps the syntax checkable.
    collect(parseTemplateExpression(text), names);
    return { parameters: names };
  } catch (error) {
    const guessed = Array.from(text.matchAll(/parameters\(\s*'([^']+)'\s*\)/gi), (match) => match[1]!);
    const known = isSluiceError(error)
      ? error
      : new SluiceError({ code: 'TEMPLATE_SYNTAX', message: String(error) });
    return { parameters: [...new Set([...names, ...guessed])], error: known };
  }
}
