import type { KqlType } from '../api.ts';
import { computed, isNullConstant, nullValue, type Value } from '../plan/value.ts';
import { convert } from './convert.ts';

const numeric: ReadonlySet<KqlType> = new Set(['int', 'long', 'real', 'decimal', 'bool']);

/** Brings two operands to one engine type. A dynamic takes the type of the other side. */
export function aligned(left: Value, right: Value): readonly [Value, Value] {
  if (left.type === right.type) return [left, right];
  if (left.type === 'dynamic') return [convert(left, right.type), right];
  if (right.type === 'dynamic') return [left, convert(right, left.type)];
  if (left.type === 'guid' && right.type === 'string') return [left, convert(right, 'guid')];
  if (left.type === 'string' && right.type === 'guid') return [convert(left, 'guid'), right];
  if (numeric.has(left.type) && numeric.has(right.type)) {
    if (left.type === 'real' || right.type === 'real') return [convert(left, 'real'), convert(right, 'real')];
    if (left.type === 'decimal' || right.type === 'decimal')
      return [convert(left, 'decimal'), convert(right, 'decimal')];
    if (left.type === 'bool' || right.type === 'bool') return [convert(left, 'long'), convert(right, 'long')];
  }
  // The binder lets texts be compared with numbers; KQL compares them as texts.
  if (left.type === 'string') return [left, convert(right, 'string')];
  if (right.type === 'string') return [convert(left, 'string'), right];
  return [left, right];
}

/**
 * `==` and `!=`: a null equals nothing and differs from everything, but against a null the answer is null.
 * The forms with a side that is never null keep the plain comparison, which indexes understand.
 */
export function equality(left: Value, right: Value, negated: boolean): Value {
  const [a, b] = aligned(left, right);
  const op = negated ? '!=' : '=';
  const plain = `${a.sql} ${op} ${b.sql}`;
  if (!a.nullable && !b.nullable) return computed(`(${plain})`, 'bool', false);
  if (isNullConstant(a) && isNullConstant(b)) return nullValue('bool');
  if (!a.nullable || !b.nullable) return computed(`ifNull(${plain},${negated})`, 'bool', false);
  const answer = `${negated ? 'NOT ' : ''}(${a.sql} <=> ${b.sql})`;
  return computed(`if(isNull(${a.sql}) AND isNull(${b.sql}),NULL,${answer})`, 'bool', true);
}

/** `<`, `<=`, `>`, `>=`: null when a side is null. */
export function ordering(left: Value, right: Value, op: '<' | '<=' | '>' | '>='): Value {
  const [a, b] = aligned(left, right);
  return computed(`(${a.sql} ${op} ${b.sql})`, 'bool', a.nullable || b.nullable);
}
