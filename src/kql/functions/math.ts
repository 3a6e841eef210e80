import { convert } from '../clickhouse/convert.ts';
import { epochTicks, fromTicks, ticksOf } from '../clickhouse/time.ts';
import { computed, type Value } from '../plan/value.ts';
import { ex, plain } from './build.ts';
import type { CallContext, Example, FunctionFamily, ScalarFunction } from './types.ts';

const real = (summary: string, fn: (x: string) => string, examples: readonly Example[]): ScalarFunction =>
  plain(summary, ['real'], 'propagate', fn, examples);

/** Ticks are counted from 0001-01-01, where KQL's bins start; ClickHouse's intervals start in 1970. */
function binTicks(ticks: string, size: string): string {
  return `${ticks} - positiveModulo(${ticks} + ${epochTicks},nullIf(${size},0))`;
}

function bin([value, size]: readonly Value[], call: CallContext): Value {
  if (!value || !size) throw new Error('bin takes two arguments');
  if (value.type === 'datetime') {
    return computed(fromTicks(binTicks(ticksOf(value.sql), convert(size, 'timespan').sql)), 'datetime', true);
  }
  if (call.type === 'real') {
    const [x, n] = [convert(value, 'real').sql, convert(size, 'real').sql];
    return computed(`(floor(${x}/nullIf(${n},0))*${n})`, 'real', true);
  }
  const [x, n] = [convert(value, call.type), convert(size, call.type === 'timespan' ? 'timespan' : 'long')];
  return computed(
    `toInt64(${x.sql} - positiveModulo(${x.sql},nullIf(${n.sql},0)))`,
    call.type === 'int' ? 'long' : call.type,
    true,
  );
}

function binAt([value, size, origin]: readonly Value[], call: CallContext): Value {
  if (!value || !size || !origin) throw new Error('bin_at takes three arguments');
  if (value.type === 'datetime') {
    const [t, n, o] = [
      ticksOf(value.sql),
      convert(size, 'timespan').sql,
      ticksOf(convert(origin, 'datetime').sql),
    ];
    return computed(fromTicks(`${t} - positiveModulo(${t} - ${o},nullIf(${n},0))`), 'datetime', true);
  }
  const [x, n, o] = [value, size, origin].map((v) => convert(v, call.type).sql) as [string, string, string];
  if (call.type === 'real') return computed(`(${o} + floor((${x}-${o})/nullIf(${n},0))*${n})`, 'real', true);
  return computed(`toInt64(${x} - positiveModulo(${x}-${o},nullIf(${n},0)))`, call.type, true);
}

function round([value, digits]: readonly Value[], call: CallContext): Value {
  if (!value) throw new Error('round takes an argument');
  // .NET rounds halves away from zero in KQL; ClickHouse's round on floats goes to even.
  const x = convert(value, 'real').sql;
  const p = digits ? `pow(10,${digits.sql})` : '1';
  const scaled = `(sign(${x})*floor(abs(${x})*${p}+0.5)/${p})`;
  return convert(computed(scaled, 'real', value.nullable || (digits?.nullable ?? false)), call.type);
}

const sameType =
  (fn: string) =>
  (args: readonly Value[], call: CallContext): Value => {
    const [v] = args as [Value];
    if (v.type === 'timespan') return computed(`toInt64(${fn}(${v.sql}))`, 'timespan', v.nullable);
    if (v.type === 'int' || v.type === 'long')
      return convert(computed(`toInt64(${fn}(${v.sql}))`, 'long', v.nullable), call.type);
    return convert(computed(`${fn}(${convert(v, 'real').sql})`, 'real', v.nullable), call.type);
  };

const bits =
  (fn: string): ScalarFunction['sql'] =>
  ([a, b]) =>
    `toInt64(${fn}(${a?.sql},${b?.sql}))`;

const binEntry: ScalarFunction = {
  summary: 'Rounds down to a multiple; datetimes count from 0001-01-01.',
  parameters: ['any', 'any'],
  nulls: 'always',
  sql: bin,
  examples: [
    ex('bin(-14, 12)', -24),
    ex('bin(4.5, 1)', 4),
    ex('bin(datetime(1970-05-11 13:45:07), 1d)', '1970-05-11T00:00:00Z'),
  ],
};

export const math = {
  bin: binEntry,
  floor: {
    ...binEntry,
    parameters: ['any', 'any'],
    optional: 1,
    sql: (args, call) => (args.length === 1 ? sameType('floor')(args, call) : bin(args, call)),
    examples: [ex('floor(5.7, 1)', 5)],
  },
  bin_at: {
    summary: 'Rounds down to a multiple counted from an origin.',
    parameters: ['any', 'any', 'any'],
    nulls: 'always',
    sql: binAt,
    examples: [
      ex('bin_at(6.5, 2.5, 7)', 4.5),
      ex('bin_at(datetime(2017-05-17 10:20:00.0), 7d, datetime(2017-06-04))', '2017-05-14T00:00:00Z'),
    ],
  },
  ceiling: {
    summary: 'Rounds up.',
    parameters: ['number'],
    nulls: 'propagate',
    sql: sameType('ceil'),
    examples: [ex('ceiling(1.1)', 2)],
  },
  abs: {
    summary: 'The absolute value.',
    parameters: ['any'],
    nulls: 'propagate',
    sql: sameType('abs'),
    examples: [ex('abs(-5)', 5), ex('abs(-1h)', '01:00:00')],
  },
  round: {
    summary: 'Rounds to a number of decimals, halves away from zero.',
    parameters: ['number', 'long'],
    optional: 1,
    nulls: 'propagate',
    sql: round,
    examples: [ex('round(2.98765, 3)', 2.988), ex('round(2.5)', 3)],
  },
  sign: {
    summary: 'The sign: -1, 0 or 1.',
    parameters: ['number'],
    nulls: 'propagate',
    sql: sameType('sign'),
    examples: [ex('sign(-42)', -1)],
  },
  sqrt: real('The square root; null for negative numbers.', (x) => `sqrt(if(${x}<0,NULL,${x}))`, [
    ex('sqrt(9)', 3),
  ]),
  exp: real('e to the power.', (x) => `exp(${x})`, [ex('exp(0)', 1)]),
  exp2: real('2 to the power.', (x) => `exp2(${x})`, [ex('exp2(3)', 8)]),
  exp10: real('10 to the power.', (x) => `exp10(${x})`, [ex('exp10(2)', 100)]),
  log: real('The natural logarithm.', (x) => `log(${x})`, [ex('log(1)', 0)]),
  log2: real('The logarithm to base 2.', (x) => `log2(${x})`, [ex('log2(8)', 3)]),
  log10: real('The logarithm to base 10.', (x) => `log10(${x})`, [ex('log10(100)', 2)]),
  sin: real('Sine.', (x) => `sin(${x})`, [ex('sin(0)', 0)]),
  cos: real('Cosine.', (x) => `cos(${x})`, [ex('cos(0)', 1)]),
  tan: real('Tangent.', (x) => `tan(${x})`, [ex('tan(0)', 0)]),
  cot: real('Cotangent.', (x) => `(1/tan(${x}))`, [ex('round(cot(1), 6)', 0.642093)]),
  asin: real('Arc sine.', (x) => `asin(${x})`, [ex('asin(0)', 0)]),
  acos: real('Arc cosine.', (x) => `acos(${x})`, [ex('acos(1)', 0)]),
  atan: real('Arc tangent.', (x) => `atan(${x})`, [ex('atan(0)', 0)]),
  atan2: plain('Angle of a point.', ['real', 'real'], 'propagate', (y, x) => `atan2(${y},${x})`, [
    ex('atan2(0, 1)', 0),
  ]),
  degrees: real('Degrees of radians.', (x) => `degrees(${x})`, [ex('degrees(pi())', 180)]),
  radians: real('Radians of degrees.', (x) => `radians(${x})`, [ex('radians(0)', 0)]),
  gamma: real('The gamma function.', (x) => `tgamma(${x})`, [ex('round(gamma(5), 6)', 24)]),
  loggamma: real('Logarithm of the gamma function.', (x) => `lgamma(${x})`, [ex('round(loggamma(1), 6)', 0)]),
  erf: real('The error function.', (x) => `erf(${x})`, [ex('erf(0)', 0)]),
  erfc: real('The complement of the error function.', (x) => `erfc(${x})`, [ex('erfc(0)', 1)]),
  pi: plain('The number pi.', [], 'never', () => 'pi()', [ex('round(pi(), 1)', 3.1)]),
  pow: plain('A power.', ['real', 'real'], 'propagate', (x, y) => `pow(${x},${y})`, [ex('pow(2, 3)', 8)]),
  isnan: plain('True for NaN.', ['real'], 'never', (x) => `ifNull(isNaN(${x}),false)`, [
    ex('isnan(real(nan))', true),
  ]),
  isinf: plain('True for an infinity.', ['real'], 'never', (x) => `ifNull(isInfinite(${x}),false)`, [
    ex('isinf(1.0/0.0)', true),
  ]),
  isfinite: plain('True for a finite number.', ['real'], 'never', (x) => `ifNull(isFinite(${x}),false)`, [
    ex('isfinite(1.0)', true),
  ]),
  rand: {
    summary: 'A random number in [0, 1), or below n.',
    parameters: ['long'],
    optional: 1,
    nulls: 'never',
    sql: ([n]) => (n ? `toFloat64(rand64() % toUInt64(${n.sql}))` : 'randCanonical()'),
    examples: [ex('rand() < 1', true)],
  },
  binary_and: {
    summary: 'Bitwise and.',
    parameters: ['long', 'long'],
    nulls: 'propagate',
    sql: bits('bitAnd'),
    examples: [ex('binary_and(6, 3)', 2)],
  },
  binary_or: {
    summary: 'Bitwise or.',
    parameters: ['long', 'long'],
    nulls: 'propagate',
    sql: bits('bitOr'),
    examples: [ex('binary_or(6, 3)', 7)],
  },
  binary_xor: {
    summary: 'Bitwise exclusive or.',
    parameters: ['long', 'long'],
    nulls: 'propagate',
    sql: bits('bitXor'),
    examples: [ex('binary_xor(6, 3)', 5)],
  },
  binary_not: {
    summary: 'Bitwise complement.',
    parameters: ['long'],
    nulls: 'propagate',
    sql: ([a]) => `toInt64(bitNot(${a?.sql}))`,
    examples: [ex('binary_not(100)', -101)],
  },
  binary_shift_left: {
    summary: 'Shifts bits left.',
    parameters: ['long', 'long'],
    nulls: 'propagate',
    sql: ([a, b]) => `toInt64(bitShiftLeft(${a?.sql},positiveModulo(${b?.sql},64)))`,
    examples: [ex('binary_shift_left(1, 4)', 16)],
  },
  binary_shift_right: {
    summary: 'Shifts bits right.',
    parameters: ['long', 'long'],
    nulls: 'propagate',
    sql: ([a, b]) => `toInt64(bitShiftRight(${a?.sql},positiveModulo(${b?.sql},64)))`,
    examples: [ex('binary_shift_right(16, 4)', 1)],
  },
  bitset_count_ones: {
    summary: 'Number of set bits.',
    parameters: ['long'],
    nulls: 'propagate',
    sql: ([a]) => `toInt64(bitCount(${a?.sql}))`,
    examples: [ex('bitset_count_ones(42)', 3)],
  },
} satisfies FunctionFamily;
