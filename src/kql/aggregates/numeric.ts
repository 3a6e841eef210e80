import { convert } from '../clickhouse/convert.ts';
import { fromTicks, ticksOf } from '../clickhouse/time.ts';
import { refuse } from '../plan/environment.ts';
import { constantInteger, type Value } from '../plan/value.ts';
import type { Aggregate, AggregateContext, AggregateExample } from './types.ts';

const ex = (kql: string, result: unknown): AggregateExample => ({ kql, result });
const condition = (value: Value | undefined) =>
  value ? `ifNull(${convert(value, 'bool').sql},false)` : 'true';

function integerOrReal(value: Value, type: Value['type'], fn: string, extra = ''): string {
  const x = value.type === 'dynamic' ? convert(value, 'real') : value;
  if (type === 'timespan' || type === 'long') return `ifNull(toInt64(${fn}(${x.sql}${extra})),0)`;
  if (type === 'decimal') return `CAST(ifNull(${fn}(${x.sql}${extra}),0),'Nullable(Decimal(38,18))')`;
  return `ifNull(toFloat64(${fn}(${convert(x, 'real').sql}${extra})),0)`;
}

/** avg keeps datetimes and timespans; everything else becomes real. */
function average(value: Value, type: Value['type'], test?: string): string {
  const fn = test ? 'avgIf' : 'avg';
  const extra = test ? `,${test}` : '';
  if (type === 'datetime') return fromTicks(`${fn}OrNull(${ticksOf(value.sql)}${extra})`);
  if (type === 'timespan') return `toInt64(${fn}OrNull(${value.sql}${extra}))`;
  if (type === 'decimal')
    return `accurateCastOrNull(${fn}OrNull(toFloat64(${value.sql})${extra}),'Decimal(38,18)')`;
  return `ifNull(${fn}(${convert(value, 'real').sql}${extra}),nan)`;
}

function extreme(fn: 'max' | 'min', value: Value, context: AggregateContext, test?: string): string {
  if (value.type === 'dynamic' || value.type === 'guid') {
    return refuse('KQL_UNSUPPORTED_OPTION', `${fn}() of ${value.type} is not supported`, context.node);
  }
  const extra = test ? `,${test}` : '';
  const name = test ? `${fn}If` : fn;
  return value.type === 'string' ? `${name}(${value.sql}${extra})` : `${name}OrNull(${value.sql}${extra})`;
}

/** Values that count as different: nulls don't count, empty strings do. */
function distinctCount(value: Value, test?: string): string {
  const sql = value.type === 'dynamic' ? convert(value, 'string').sql : value.sql;
  return `toInt64(uniqExact${test ? 'If' : ''}(${sql}${test ? `,${test}` : ''}))`;
}

/** Deviation and variance are 0 for fewer than two values. */
const spread =
  (fn: string, minimum: 1 | 2, withTest: boolean) =>
  ([value, test]: readonly Value[]): string => {
    const x = convert(value as Value, 'real').sql;
    const suffix = withTest ? 'If' : '';
    const extra = withTest ? `,${condition(test)}` : '';
    return `if(count${suffix}(${x}${extra})<${minimum},0,ifNull(${fn}${suffix}(${x}${extra}),0))`;
  };

/** Nearest rank, as KQL's percentile; other quantile functions interpolate or are off by a rank. */
export function percentileSql(value: Value, p: string, type: Value['type']): string {
  const weighted = (x: string) => `quantileExactWeightedOrNull(${p})(${x},1)`;
  if (type === 'datetime') return fromTicks(weighted(ticksOf(value.sql)));
  if (type === 'timespan') return `toInt64(${weighted(value.sql)})`;
  const x = value.type === 'dynamic' ? convert(value, 'real') : value;
  return weighted(x.sql);
}

/** Percentile as a fraction; must be known when compiling. */
export function fraction(value: Value | undefined, context: Pick<AggregateContext, 'node'>): string {
  const number =
    value?.constant?.kind === 'real'
      ? value.constant.value
      : value
        ? Number(constantInteger(value) ?? Number.NaN)
        : Number.NaN;
  if (!(number >= 0 && number <= 100)) {
    return refuse('KQL_NOT_CONSTANT', 'percentiles must be literal numbers from 0 to 100', context.node);
  }
  return String(number / 100);
}

const dcount: Aggregate = {
  summary: 'Number of different values.',
  parameters: [1, 2],
  nullable: false,
  sql: ([v]) => distinctCount(v as Value),
  examples: [ex('dcount(s)', 3)],
};

export const numeric = {
  count: {
    summary: 'Number of rows.',
    parameters: [0, 1],
    nullable: false,
    sql: () => 'toInt64(count())',
    examples: [ex('count()', 4)],
  },
  countif: {
    summary: 'Number of rows for which a predicate is true.',
    parameters: [1, 1],
    nullable: false,
    sql: ([t]) => `toInt64(countIf(${condition(t)}))`,
    examples: [ex('countif(n > 1)', 2)],
  },
  dcount,
  count_distinct: { ...dcount, examples: [ex('count_distinct(s)', 3)] },
  dcountif: {
    summary: 'Number of different values among rows for which a predicate is true.',
    parameters: [2, 3],
    nullable: false,
    sql: ([v, t]) => distinctCount(v as Value, condition(t)),
    examples: [ex('dcountif(s, n > 1)', 2)],
  },
  count_distinctif: {
    summary: 'Number of different values among rows for which a predicate is true.',
    parameters: [2, 2],
    nullable: false,
    sql: ([v, t]) => distinctCount(v as Value, condition(t)),
    examples: [ex('count_distinctif(s, n > 1)', 2)],
  },
  sum: {
    summary: 'Sum; 0 of no values.',
    parameters: [1, 1],
    nullable: false,
    sql: ([v], c) => integerOrReal(v as Value, c.type, 'sum'),
    examples: [ex('sum(n)', 6)],
  },
  sumif: {
    summary: 'Sum of rows for which a predicate is true.',
    parameters: [2, 2],
    nullable: false,
    sql: ([v, t], c) => integerOrReal(v as Value, c.type, 'sumIf', `,${condition(t)}`),
    examples: [ex('sumif(n, n > 1)', 5)],
  },
  avg: {
    summary: 'Average; NaN of no values.',
    parameters: [1, 1],
    nullable: true,
    sql: ([v], c) => average(v as Value, c.type),
    examples: [ex('avg(n)', 2)],
  },
  avgif: {
    summary: 'Average of rows for which a predicate is true.',
    parameters: [2, 2],
    nullable: true,
    sql: ([v, t], c) => average(v as Value, c.type, condition(t)),
    examples: [ex('avgif(n, n > 1)', 2.5)],
  },
  min: {
    summary: 'Smallest value.',
    parameters: [1, 1],
    nullable: true,
    sql: ([v], c) => extreme('min', v as Value, c),
    examples: [ex('min(n)', 1)],
  },
  max: {
    summary: 'Largest value.',
    parameters: [1, 1],
    nullable: true,
    sql: ([v], c) => extreme('max', v as Value, c),
    examples: [ex('max(n)', 3)],
  },
  minif: {
    summary: 'Smallest value of rows for which a predicate is true.',
    parameters: [2, 2],
    nullable: true,
    sql: ([v, t], c) => extreme('min', v as Value, c, condition(t)),
    examples: [ex('minif(n, n > 1)', 2)],
  },
  maxif: {
    summary: 'Largest value of rows for which a predicate is true.',
    parameters: [2, 2],
    nullable: true,
    sql: ([v, t], c) => extreme('max', v as Value, c, condition(t)),
    examples: [ex('maxif(n, n < 3)', 2)],
  },
  stdev: {
    summary: 'Sample standard deviation.',
    parameters: [1, 1],
    nullable: false,
    sql: spread('stddevSamp', 2, false),
    examples: [ex('stdev(n)', 1)],
  },
  stdevp: {
    summary: 'Population standard deviation.',
    parameters: [1, 1],
    nullable: false,
    sql: spread('stddevPop', 1, false),
    examples: [ex('round(stdevp(n), 4)', 0.8165)],
  },
  stdevif: {
    summary: 'Sample standard deviation of rows for which a predicate is true.',
    parameters: [2, 2],
    nullable: false,
    sql: spread('stddevSamp', 2, true),
    examples: [ex('round(stdevif(n, n > 1), 2)', 0.71)],
  },
  variance: {
    summary: 'Sample variance.',
    parameters: [1, 1],
    nullable: false,
    sql: spread('varSamp', 2, false),
    examples: [ex('variance(n)', 1)],
  },
  variancep: {
    summary: 'Population variance.',
    parameters: [1, 1],
    nullable: false,
    sql: spread('varPop', 1, false),
    examples: [ex('round(variancep(n), 4)', 0.6667)],
  },
  varianceif: {
    summary: 'Sample variance of rows for which a predicate is true.',
    parameters: [2, 2],
    nullable: false,
    sql: spread('varSamp', 2, true),
    examples: [ex('varianceif(n, n > 1)', 0.5)],
  },
  percentile: {
    summary: 'Value at a percentile, by nearest rank.',
    parameters: [2, 2],
    nullable: true,
    sql: ([v, p], c) => percentileSql(v as Value, fraction(p, c), c.type),
    examples: [ex('percentile(n, 50)', 2)],
  },
  binary_all_and: {
    summary: 'Bitwise and of all values.',
    parameters: [1, 1],
    nullable: true,
    sql: ([v]) => `toInt64(reinterpretAsInt64(groupBitAnd(reinterpretAsUInt64(${(v as Value).sql}))))`,
    examples: [ex('binary_all_and(n)', 0)],
  },
  binary_all_or: {
    summary: 'Bitwise or of all values.',
    parameters: [1, 1],
    nullable: true,
    sql: ([v]) => `toInt64(reinterpretAsInt64(groupBitOr(reinterpretAsUInt64(${(v as Value).sql}))))`,
    examples: [ex('binary_all_or(n)', 3)],
  },
} satisfies Readonly<Record<string, Aggregate>>;
