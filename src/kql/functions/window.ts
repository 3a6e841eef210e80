import { convert } from '../clickhouse/convert.ts';
import { refuse } from '../plan/environment.ts';
import { computed, constantInteger, type Value } from '../plan/value.ts';
import type { CallContext, FunctionFamily } from './types.ts';

function over(call: CallContext): string {
  const row = call.env.row;
  if (!row?.order)
    return refuse(
      'KQL_UNSUPPORTED_EXPRESSION',
      'rows have no order here',
      call.node,
      'Put `sort by` before.',
    );
  return row.order;
}

function neighbour(fn: 'lagInFrame' | 'leadInFrame') {
  return (args: readonly Value[], call: CallContext): Value => {
    const [value, offset, fallback] = args as [Value, Value | undefined, Value | undefined];
    const by = offset ? constantInteger(offset) : 1n;
    if (by === undefined || by < 0n)
      return refuse('KQL_NOT_CONSTANT', 'the offset must be a literal number', call.node);
    const none = fallback ? convert(fallback, value.type).sql : value.type === 'string' ? "''" : 'NULL';
    const shown = value.type === 'string' ? value.sql : `toNullable(${value.sql})`;
    const frame = `(${over(call)} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)`;
    return computed(`${fn}(${shown},${by},${none}) OVER ${frame}`, value.type, true);
  };
}

/** Functions that look at other rows. Each needs the order that a sort gave. */
export const window = {
  row_number: {
    summary: 'Number of the row in the order, from 1 or another start.',
    parameters: ['long', 'bool'],
    optional: 2,
    nulls: 'never',
    sql: ([start, restart], call) => {
      if (restart)
        return refuse('KQL_UNSUPPORTED_OPTION', 'row_number() with restart is not supported', call.node);
      const order = call.env.row?.order ?? '';
      return `toInt64(row_number() OVER (${order}) + ${start ? `${start.sql} - 1` : '0'})`;
    },
    examples: [],
  },
  prev: {
    summary: 'A value of a row before.',
    parameters: ['any', 'long', 'any'],
    optional: 2,
    nulls: 'always',
    sql: neighbour('lagInFrame'),
    examples: [],
  },
  next: {
    summary: 'A value of a row after.',
    parameters: ['any', 'long', 'any'],
    optional: 2,
    nulls: 'always',
    sql: neighbour('leadInFrame'),
    examples: [],
  },
  row_cumsum: {
    summary: 'Sum of the rows up to this one.',
    parameters: ['number', 'bool'],
    optional: 1,
    nulls: 'propagate',
    sql: ([value, restart], call) => {
      if (restart)
        return refuse('KQL_UNSUPPORTED_OPTION', 'row_cumsum() with restart is not supported', call.node);
      return computed(
        `sum(${value?.sql}) OVER (${over(call)} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`,
        call.type,
        true,
      );
    },
    examples: [],
  },
} satisfies FunctionFamily;
