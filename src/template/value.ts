import { templateError } from './errors.ts';

export type TemplateValue =
  | string
  | number
  | boolean
  | null
  | readonly TemplateValue[]
  | { readonly [name: string]: TemplateValue };

export type TemplateObject = { readonly [name: string]: TemplateValue };

/** Longest text or list that an expression may produce. */
export const maxTemplateLength = 1_000_000;

export function isList(value: TemplateValue): value is readonly TemplateValue[] {
  return Array.isArray(value);
}

export function isObject(value: TemplateValue): value is TemplateObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function typeName(value: TemplateValue): string {
  if (value === null) return 'null';
  if (isList(value)) return 'array';
  return typeof value;
}

/** Text of a value as string() and concat() give it: booleans capitalised, composites as JSON. */
export function toText(value: TemplateValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  return JSON.stringify(value);
}

/** Property names compare without regard to case, an exact match first. */
export function findMember(object: TemplateObject, name: string): TemplateValue | undefined {
  if (Object.hasOwn(object, name)) return object[name];
  const wanted = name.toLowerCase();
  const key = Object.keys(object).find((candidate) => candidate.toLowerCase() === wanted);
  return key === undefined ? undefined : object[key];
}

/** Structural equality; texts compare exactly. */
export function sameValue(left: TemplateValue, right: TemplateValue): boolean {
  if (isList(left) && isList(right))
    return left.length === right.length && left.every((item, index) => sameValue(item, right[index] ?? null));
  if (isObject(left) && isObject(right)) {
    const names = Object.keys(left);
    if (names.length !== Object.keys(right).length) return false;
    return names.every(
      (name) => Object.hasOwn(right, name) && sameValue(left[name] ?? null, right[name] ?? null),
    );
  }
  return left === right;
}

/** Sets a member as an own property even when it is called `__proto__`. */
export function setMember(target: Record<string, TemplateValue>, name: string, value: TemplateValue): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Refuses results beyond the limit, so that an expression cannot eat the memory. */
export function boundedText(text: string): string {
  if (text.length > maxTemplateLength)
    throw templateError(
      'TEMPLATE_TOO_LARGE',
      'the result of an expression is longer than 1,000,000 characters',
    );
  return text;
}
