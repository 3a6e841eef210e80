import { convert, toText } from '../clickhouse/convert.ts';
import { refuse } from '../plan/environment.ts';
import { computed, constantString, type Value } from '../plan/value.ts';
import { ex } from './build.ts';
import type { CallContext, FunctionFamily, ScalarFunction } from './types.ts';

/** A null predicate counts as false. */
function choose(args: readonly Value[], call: CallContext): Value {
  const [test, yes, no] = args as [Value, Value, Value];
  const [a, b] = [convert(yes, call.type), convert(no, call.type)];
  return computed(`if(ifNull(${test.sql},false),${a.sql},${b.sql})`, call.type, a.nullable || b.nullable);
}

function caseOf(args: readonly Value[], call: CallContext): Value {
  const parts: string[] = [];
  let nullable = false;
  args.forEach((arg, i) => {
    const isTest = i % 2 === 0 && i < args.length - 1;
    const value = convert(arg, isTest ? 'bool' : call.type);
    if (!isTest) nullable ||= value.nullable;
    parts.push(isTest ? `ifNull(${value.sql},false)` : value.sql);
  });
  return computed(`multiIf(${parts.join(',')})`, call.type, nullable);
}

const iff: ScalarFunction = {
  summary: 'The second argument where the first is true, else the third.',
  parameters: ['bool', 'any', 'any'],
  nulls: 'always',
  sql: choose,
  examples: [ex('iff(1 == 1, "yes", "no")', 'yes'), ex('iff(bool(null), 1, 2)', 2)],
};

/** coalesce also passes over empty strings. */
function coalesce(args: readonly Value[], call: CallContext): Value {
  const values = args.map((a) => convert(a, call.type));
  if (call.type === 'string') {
    const nonEmpty = values.map((v) => `nullIf(${v.sql},'')`).join(',');
    return computed(`coalesce(${nonEmpty},'')`, 'string', false);
  }
  return computed(
    `coalesce(${values.map((v) => v.sql).join(',')})`,
    call.type,
    values.every((v) => v.nullable),
  );
}

function isEmpty(value: Value): string {
  if (value.type === 'string' || value.type === 'dynamic') return `(${toText(value).sql} = '')`;
  return value.nullable ? `isNull(${value.sql})` : 'false';
}

function isNull(value: Value): string {
  if (value.type === 'string' || !value.nullable) return 'false';
  return `isNull(${value.sql})`;
}

const extreme =
  (op: 'greatest' | 'least') =>
  (args: readonly Value[], call: CallContext): Value => {
    const values = args.map((a) => convert(a, call.type));
    const reducer = op === 'greatest' ? 'arrayMax' : 'arrayMin';
    const nullable = values.some((v) => v.nullable);
    if (!nullable) return computed(`${op}(${values.map((v) => v.sql).join(',')})`, call.type, false);
    const list = values.map((v) => v.sql).join(',');
    const present = `arrayFilter(v->isNotNull(v),[${list}])`;
    return computed(
      `if(empty(${present}),NULL,${reducer}(arrayMap(v->assumeNotNull(v),${present})))`,
      call.type,
      true,
    );
  };

/** The named column where the rows have it, else the fallback. */
function columnIfExists([name, fallback]: readonly Value[], call: CallContext): Value {
  const text = name ? constantString(name) : undefined;
  if (text === undefined || !fallback)
    return refuse('KQL_NOT_CONSTANT', 'the column name must be a literal text', call.node);
  return call.env.row?.columns.get(text) ?? fallback;
}

export const conditional = {
  column_ifexists: {
    summary: 'A column by name, or another value where there is none; in transforms also columnifexists.',
    parameters: ['string', 'any'],
    nulls: 'always',
    sql: columnIfExists,
    examples: [ex('column_ifexists("nope", 5)', 5)],
  },
  iff,
  iif: { ...iff, examples: [ex('iif(2 > 1, 1, 0)', 1)] },
  case: {
    summary: 'The value after the first true predicate, else the last argument.',
    parameters: ['bool', 'any', 'any'],
    rest: 'any',
    nulls: 'always',
    sql: caseOf,
    examples: [ex('case(1 > 2, "a", 2 > 1, "b", "c")', 'b'), ex('case(false, 1, 3)', 3)],
  },
  coalesce: {
    summary: 'The first argument that is neither null nor empty.',
    parameters: ['any'],
    rest: 'any',
    nulls: 'always',
    sql: coalesce,
    examples: [ex('coalesce(tolong("x"), 42)', 42), ex('coalesce("", "b")', 'b')],
  },
  max_of: {
    summary: 'The largest argument.',
    parameters: ['any'],
    rest: 'any',
    nulls: 'always',
    sql: extreme('greatest'),
    examples: [ex('max_of(3, 10, 2)', 10), ex('max_of(long(null), 4)', 4)],
  },
  min_of: {
    summary: 'The smallest argument.',
    parameters: ['any'],
    rest: 'any',
    nulls: 'always',
    sql: extreme('least'),
    examples: [ex('min_of(3, 10, 2)', 2)],
  },
  isempty: {
    summary: 'True for an empty string and for null.',
    parameters: ['any'],
    nulls: 'never',
    sql: ([v]) => isEmpty(v as Value),
    examples: [ex('isempty("")', true), ex('isempty("a")', false), ex('isempty(long(null))', true)],
  },
  isnotempty: {
    summary: 'True for what is neither empty nor null.',
    parameters: ['any'],
    nulls: 'never',
    sql: ([v]) => `(NOT ${isEmpty(v as Value)})`,
    examples: [ex('isnotempty("a")', true), ex('isnotempty(dynamic(null))', false)],
  },
  isnull: {
    summary: 'True for null; never for a string.',
    parameters: ['any'],
    nulls: 'never',
    sql: ([v]) => isNull(v as Value),
    examples: [ex('isnull(long(null))', true), ex('isnull("")', false)],
  },
  isnotnull: {
    summary: 'True for what is not null.',
    parameters: ['any'],
    nulls: 'never',
    sql: ([v]) => `(NOT ${isNull(v as Value)})`,
    examples: [ex('isnotnull(1)', true)],
  },
  not: {
    summary: 'The opposite of a bool.',
    parameters: ['bool'],
    nulls: 'propagate',
    sql: ([v]) => `(NOT ${(v as Value).sql})`,
    examples: [ex('not(1 == 2)', true), ex('not(bool(null))', null)],
  },
} satisfies FunctionFamily;
