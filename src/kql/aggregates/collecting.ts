import { convert, rawJson } from '../clickhouse/convert.ts';
import { arrayOf, bagOf } from '../clickhouse/dynamic.ts';
import { refuse } from '../plan/environment.ts';
import { constantInteger, type Value } from '../plan/value.ts';
import type { Aggregate, AggregateContext, AggregateExample } from './types.ts';

const ex = (kql: string, result: unknown): AggregateExample => ({ kql, result });

/** Most elements that make_list and make_set give when no limit is named. */
const defaultLimit = 1_048_576n;

function limitOf(value: Value | undefined, context: AggregateContext): string {
  if (!value) return String(defaultLimit);
  const limit = constantInteger(value);
  return limit === undefined
    ? refuse('KQL_NOT_CONSTANT', 'the size must be a literal number', context.node)
    : String(limit);
}

const present = (value: Value) =>
  value.nullable || value.type === 'dynamic' ? `isNotNull(${value.sql})` : 'true';
const test = (value: Value | undefined) => (value ? ` AND ifNull(${convert(value, 'bool').sql},false)` : '');

/** Lists keep the order of the rows where a sort went before. */
function list(
  value: Value,
  limit: string,
  context: AggregateContext,
  when: string,
  keepNulls: boolean,
): string {
  const filter = `${keepNulls ? 'true' : present(value)}${when}`;
  const items = context.ordinal
    ? `arrayMap(x->x.2,arraySort(x->x.1,groupArrayIf((${context.ordinal},${rawJson(value)}),${filter})))`
    : `groupArrayIf(${rawJson(value)},${filter})`;
  return `toNullable(${arrayOf(`arraySlice(${items},1,${limit})`)})`;
}

/** Sets in order of first sight where rows have an order, else sorted so that answers repeat. */
function set(value: Value, limit: string, context: AggregateContext, when: string): string {
  const filter = `${present(value)}${when}`;
  const items = context.ordinal
    ? `arrayDistinct(arrayMap(x->x.2,arraySort(x->x.1,groupArrayIf((${context.ordinal},${rawJson(value)}),${filter}))))`
    : `groupUniqArrayIf(${rawJson(value)},${filter})`;
  const stable = context.ordinal ? items : `arraySort(${items})`;
  return `toNullable(${arrayOf(`arraySlice(${stable},1,${limit})`)})`;
}

function bag(value: Value, when: string): string {
  const pairs = `arrayFlatten(groupArrayIf(JSONExtractKeysAndValuesRaw(ifNull(${value.sql},'')),true${when}))`;
  const firsts = `arrayMap(ps->arrayFilter((p,i)->indexOf(arrayMap(q->q.1,ps),p.1)=i,ps,arrayEnumerate(ps)),[${pairs}])[1]`;
  return `toNullable(${bagOf(firsts)})`;
}

const makeList = (nulls: boolean): Aggregate => ({
  summary: `All values as an array${nulls ? ', nulls too' : ''}.`,
  parameters: [1, 2],
  nullable: false,
  sql: ([v, n], c) => list(v as Value, limitOf(n, c), c, '', nulls),
  examples: [nulls ? ex('array_length(make_list_with_nulls(n))', 4) : ex('make_list(n)', [1, 2, 3])],
});

const makeSet: Aggregate = {
  summary: 'Different values as an array.',
  parameters: [1, 2],
  nullable: false,
  sql: ([v, n], c) => set(v as Value, limitOf(n, c), c, ''),
  examples: [ex('make_set(s)', ['', 'a', 'b'])],
};

export const collecting = {
  make_list: makeList(false),
  makelist: makeList(false),
  make_list_with_nulls: makeList(true),
  make_set: makeSet,
  makeset: makeSet,
  make_list_if: {
    summary: 'Values of rows for which a predicate is true.',
    parameters: [2, 3],
    nullable: false,
    sql: ([v, t, n], c) => list(v as Value, limitOf(n, c), c, test(t), false),
    examples: [ex('make_list_if(n, n > 1)', [2, 3])],
  },
  make_set_if: {
    summary: 'Different values of rows for which a predicate is true.',
    parameters: [2, 3],
    nullable: false,
    sql: ([v, t, n], c) => set(v as Value, limitOf(n, c), c, test(t)),
    examples: [ex('make_set_if(s, n > 1)', ['', 'b'])],
  },
  make_bag: {
    summary: 'One bag from all; the first value of a key stays.',
    parameters: [1, 2],
    nullable: false,
    sql: ([v]) => bag(v as Value, ''),
    examples: [ex('make_bag(d)', { k: 1 })],
  },
  make_bag_if: {
    summary: 'One bag from rows for which a predicate is true.',
    parameters: [2, 3],
    nullable: false,
    sql: ([v, t]) => bag(v as Value, test(t)),
    examples: [ex('make_bag_if(d, n == 1)', { k: 1 })],
  },
  take_any: {
    summary: 'A value of some row.',
    parameters: [1, 1],
    nullable: true,
    sql: ([v]) => anyOf(v as Value),
    examples: [ex('isnotnull(take_any(n))', true)],
  },
  any: {
    summary: 'A value of some row.',
    parameters: [1, 1],
    nullable: true,
    sql: ([v]) => anyOf(v as Value),
    examples: [ex('isnotnull(any(n))', true)],
  },
  take_anyif: {
    summary: 'A value of some row for which a predicate is true.',
    parameters: [2, 2],
    nullable: true,
    sql: ([v, t]) =>
      (v as Value).type === 'string'
        ? `anyIf(${v?.sql},true${test(t)})`
        : `anyIfOrNull(${v?.sql},true${test(t)})`,
    examples: [ex('take_anyif(n, n == 3)', 3)],
  },
} satisfies Readonly<Record<string, Aggregate>>;

function anyOf(value: Value): string {
  return value.type === 'string' ? `any(${value.sql})` : `anyOrNull(${value.sql})`;
}
