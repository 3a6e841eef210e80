import { equality, ordering } from '../clickhouse/compare.ts';
import { convert } from '../clickhouse/convert.ts';
import { fromTicks, ticksOf } from '../clickhouse/time.ts';
import type { SyntaxNode } from '../parser/syntax.ts';
import { refuse } from './environment.ts';
import { stringOperators } from './string-operators.ts';
import { computed, constantInteger, longValue, realValue, type Value } from './value.ts';

type Operator = (left: Value, right: Value, node: SyntaxNode) => Value;

function resultType(node: SyntaxNode): Value['type'] {
  const type = node.type;
  if (type === 'table' || type === 'tuple' || type === 'none') {
    return refuse('KQL_UNSUPPORTED_EXPRESSION', `the type of ${node.text.slice(0, 60)} is not known`, node);
  }
  return type;
}

/** Arithmetic on two values of the result's type. */
function plainArithmetic(op: '+' | '-' | '*', left: Value, right: Value, type: Value['type']): Value {
  const nullable = left.nullable || right.nullable;
  const [a, b] = [constantInteger(left), constantInteger(right)];
  if (type === 'long' && a !== undefined && b !== undefined) {
    return longValue(BigInt.asIntN(64, op === '+' ? a + b : op === '-' ? a - b : a * b));
  }
  const [x, y] = [convert(left, type), convert(right, type)];
  const sql = `(${x.sql} ${op} ${y.sql})`;
  if (type === 'decimal') return computed(`CAST(${sql},'Nullable(Decimal(38,18))')`, type, true);
  return computed(type === 'real' ? sql : `toInt64(${sql})`, type, nullable || x.nullable || y.nullable);
}

function isNumber(value: Value): boolean {
  return ['int', 'long', 'real', 'decimal', 'dynamic', 'bool'].includes(value.type);
}

/** A timespan scaled by a number. */
function scaledTimespan(span: Value, factor: Value, op: '*' | '/'): Value {
  const number = convert(factor, factor.type === 'long' || factor.type === 'int' ? 'long' : 'real');
  const nullable = span.nullable || number.nullable;
  if (op === '*' && number.type === 'long')
    return computed(`toInt64(${span.sql} * ${number.sql})`, 'timespan', nullable);
  if (number.type === 'long')
    return computed(`toInt64(intDivOrNull(${span.sql},${number.sql}))`, 'timespan', true);
  return computed(`toInt64(${span.sql} ${op} ${number.sql})`, 'timespan', nullable);
}

const additive =
  (op: '+' | '-'): Operator =>
  (left, right, node) => {
    const type = resultType(node);
    const nullable = left.nullable || right.nullable;
    if (left.type === 'datetime' && right.type === 'datetime') {
      return computed(`(${ticksOf(left.sql)} - ${ticksOf(right.sql)})`, 'timespan', nullable);
    }
    if (type === 'datetime') {
      const [date, span] =
        left.type === 'datetime' ? [left, convert(right, 'timespan')] : [right, convert(left, 'timespan')];
      return computed(
        fromTicks(`${ticksOf(date.sql)} ${op} ${span.sql}`),
        'datetime',
        date.nullable || span.nullable,
      );
    }
    if (type === 'timespan') {
      const [x, y] = [convert(left, 'timespan'), convert(right, 'timespan')];
      return computed(`toInt64(${x.sql} ${op} ${y.sql})`, 'timespan', nullable || x.nullable || y.nullable);
    }
    return plainArithmetic(op, left, right, type);
  };

const multiply: Operator = (left, right, node) => {
  const type = resultType(node);
  if (type !== 'timespan') return plainArithmetic('*', left, right, type);
  return left.type === 'timespan' ? scaledTimespan(left, right, '*') : scaledTimespan(right, left, '*');
};

const divide: Operator = (left, right, node) => {
  const type = resultType(node);
  if (type === 'timespan') return scaledTimespan(left, right, '/');
  if (type === 'decimal') {
    const [x, y] = [convert(left, 'decimal'), convert(right, 'decimal')];
    return computed(
      `accurateCastOrNull(toFloat64(${x.sql}) / toFloat64(nullIf(${y.sql},0)),'Decimal(38,18)')`,
      type,
      true,
    );
  }
  if (type === 'real') {
    const both = left.type === 'timespan' ? [left, right] : [convert(left, 'real'), convert(right, 'real')];
    const [x, y] = both as [Value, Value];
    return computed(`(toFloat64(${x.sql}) / toFloat64(${y.sql}))`, 'real', x.nullable || y.nullable);
  }
  const [x, y] = [convert(left, 'long'), convert(right, 'long')];
  return computed(`intDivOrNull(${x.sql},${y.sql})`, type, true);
};

const modulo: Operator = (left, right, node) => {
  const type = resultType(node);
  if (type === 'real' || type === 'decimal') {
    const [x, y] = [convert(left, 'real'), convert(right, 'real')];
    return convert(computed(`positiveModulo(${x.sql},nullIf(${y.sql},0))`, 'real', true), type);
  }
  const kind = type === 'timespan' ? 'timespan' : 'long';
  const [x, y] = [convert(left, kind), convert(right, kind)];
  return computed(`toInt64(positiveModulo(${x.sql},nullIf(${y.sql},0)))`, type, true);
};

const logical =
  (op: 'AND' | 'OR'): Operator =>
  (left, right) => {
    const [a, b] = [convert(left, 'bool'), convert(right, 'bool')];
    return computed(`(${a.sql} ${op} ${b.sql})`, 'bool', a.nullable || b.nullable);
  };

/** Binary operators by the name of the binder's operator symbol. */
export const binaryOperators: Readonly<Record<string, Operator>> = {
  Add: additive('+'),
  Subtract: additive('-'),
  Multiply: multiply,
  Divide: divide,
  Modulo: modulo,
  And: logical('AND'),
  Or: logical('OR'),
  Equal: (left, right) => equality(left, right, false),
  NotEqual: (left, right) => equality(left, right, true),
  LessThan: (left, right) => ordering(left, right, '<'),
  LessThanOrEqual: (left, right) => ordering(left, right, '<='),
  GreaterThan: (left, right) => ordering(left, right, '>'),
  GreaterThanOrEqual: (left, right) => ordering(left, right, '>='),
  ...stringOperators,
};

/** `-x` and `+x`. */
export function unary(op: string, value: Value): Value {
  if (op === '+') return value;
  const integer = constantInteger(value);
  if (integer !== undefined && (value.type === 'long' || value.type === 'timespan')) {
    return { ...longValue(-integer), type: value.type };
  }
  if (value.constant?.kind === 'real') return realValue(-value.constant.value);
  const number =
    isNumber(value) && value.type !== 'dynamic'
      ? value
      : convert(value, value.type === 'timespan' ? 'timespan' : 'real');
  if (number.type === 'real' || number.type === 'decimal')
    return computed(`(-${number.sql})`, number.type, number.nullable);
  return computed(`toInt64(-${number.sql})`, number.type === 'int' ? 'long' : number.type, number.nullable);
}
