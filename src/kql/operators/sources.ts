import { convert } from '../clickhouse/convert.ts';
import { nullableType, quoteString } from '../clickhouse/literal.ts';
import { fromTicks, ticksOf } from '../clickhouse/time.ts';
import { refuse, scalar } from '../plan/environment.ts';
import { type Column, columnOf } from '../plan/relation.ts';
import type { Value } from '../plan/value.ts';
import { namedColumn, resultColumns } from './columns.ts';
import type { TabularSource } from './types.ts';
import { unionSource } from './union.ts';

const print: TabularSource = {
  name: 'print',
  summary: 'One row of computed columns.',
  compile: (env, node) => {
    const names = resultColumns(node);
    const row = { ...env, row: { columns: new Map(), mode: 'scalar' as const, order: '' } };
    const columns = node.items('Expressions').map((n, i): Column => {
      const column = names[i] ?? refuse('KQL_INTERNAL', 'print lost a column', n);
      return namedColumn(column.name, convert(scalar(row, n), column.type));
    });
    return { columns, carried: [], from: 'system.one', where: [], order: [] };
  },
};

function rowTuple(values: readonly Value[]): string {
  return `tuple(${values.map((v) => v.sql).join(',')})`;
}

const datatable: TabularSource = {
  name: 'datatable',
  summary: 'Rows written in the query.',
  compile: (env, node) => {
    const columns = resultColumns(node);
    const values = node.items('Values');
    const rows: string[] = [];
    for (let i = 0; i + columns.length <= values.length && columns.length > 0; i += columns.length) {
      rows.push(
        rowTuple(
          columns.map((c, k) => {
            const cell = values[i + k];
            return cell
              ? convert(scalar(env, cell), c.type)
              : refuse('KQL_INTERNAL', 'datatable lost a cell', node);
          }),
        ),
      );
    }
    const alias = env.compilation.aliases.next();
    const structure = `Array(Tuple(${columns.map((c) => nullableType(c.type)).join(',')}))`;
    const list = `CAST([${rows.join(',')}],${quoteString(structure)})`;
    return {
      columns: columns.map((c, i) => ({
        ...columnOf(alias, 'r', c.type, c.type !== 'string'),
        name: c.name,
        sql: `tupleElement(${alias}."r",${i + 1})`,
      })),
      carried: [],
      from: `(SELECT arrayJoin(${list}) AS "r") AS ${alias}`,
      where: [],
      order: [],
    };
  },
};

function rangeSql(type: Value['type'], from: Value, to: Value, step: Value): string {
  if (type === 'real') {
    return `arrayMap(i->${from.sql}+i*${step.sql},range(toUInt64(greatest(0,ifNull(floor((${to.sql}-${from.sql})/${step.sql})+1,0)))))`;
  }
  const ticks = (v: Value) => (v.type === 'datetime' ? ticksOf(v.sql) : v.sql);
  const count = `toUInt64(greatest(0,ifNull(intDivOrNull(${ticks(to)}-${ticks(from)},${step.sql})+1,0)))`;
  const guarded = `if((${ticks(to)}-${ticks(from)} < 0 AND ${step.sql} > 0) OR (${ticks(to)}-${ticks(from)} > 0 AND ${step.sql} < 0),0,${count})`;
  const item = `${ticks(from)}+toInt64(i)*${step.sql}`;
  const shown = type === 'datetime' ? fromTicks(item) : `to${type === 'int' ? 'Int32' : 'Int64'}(${item})`;
  return `arrayMap(i->${shown},range(ifNull(${guarded},0)))`;
}

const range: TabularSource = {
  name: 'range',
  summary: 'A column of evenly spaced values.',
  compile: (env, node) => {
    const column = resultColumns(node)[0] ?? refuse('KQL_INTERNAL', 'range lost its column', node);
    const stepType = column.type === 'datetime' ? 'timespan' : column.type;
    const [from, to] = [node.need('From'), node.need('To')].map((n) =>
      convert(scalar(env, n), column.type),
    ) as [Value, Value];
    const step = convert(scalar(env, node.need('Step')), stepType === 'int' ? 'long' : stepType);
    const alias = env.compilation.aliases.next();
    return {
      columns: [
        {
          ...columnOf(alias, 'x', column.type, from.nullable || step.nullable || to.nullable),
          name: column.name,
        },
      ],
      carried: [],
      from: `(SELECT arrayJoin(${rangeSql(column.type, from, to, step)}) AS "x") AS ${alias}`,
      where: [],
      order: [],
    };
  },
};

/** Tabular expressions that begin a query, by syntax node. */
export const sources = {
  PrintOperator: print,
  DataTableExpression: datatable,
  RangeOperator: range,
  UnionOperator: unionSource,
} as Readonly<Record<string, TabularSource>>;
