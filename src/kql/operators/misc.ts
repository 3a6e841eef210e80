import { quoteString } from '../clickhouse/literal.ts';
import { diagnosticOf } from '../errors.ts';
import { columnOf, schemaOf } from '../plan/relation.ts';
import { extended, resultColumns } from './columns.ts';
import type { TabularOperator } from './types.ts';

export const as: TabularOperator = {
  name: 'as',
  summary: 'Gives the rows so far a name.',
  rowWise: true,
  compile: (env, input, node) => {
    env.scope.define(node.need('Name').name, { kind: 'table', build: () => input });
    return input;
  },
};

export const render: TabularOperator = {
  name: 'render',
  summary: 'Hint for a chart; the rows stay as they are.',
  rowWise: false,
  compile: (env, input, node) => {
    env.compilation.diagnostics.push(
      diagnosticOf({
        code: 'KQL_RENDER_IGNORED',
        severity: 'info',
        message: 'render was ignored',
        span: node.span,
        text: env.compilation.text,
      }),
    );
    return input;
  },
};

export const serialize: TabularOperator = {
  name: 'serialize',
  summary: 'Marks the order of rows as meant, and adds columns that look at neighbours.',
  rowWise: false,
  compile: (env, input, node) =>
    node.items('Expressions').length === 0 ? input : extended(env, input, node),
};

const systemTypes: Readonly<Record<string, string>> = {
  bool: 'System.SByte',
  int: 'System.Int32',
  long: 'System.Int64',
  real: 'System.Double',
  decimal: 'System.Data.SqlTypes.SqlDecimal',
  datetime: 'System.DateTime',
  timespan: 'System.TimeSpan',
  guid: 'System.Guid',
  string: 'System.String',
  dynamic: 'System.Object',
};

export const getschema: TabularOperator = {
  name: 'getschema',
  summary: 'The columns of the rows so far, with their types.',
  rowWise: false,
  compile: (env, input, node) => {
    const alias = env.compilation.aliases.next();
    const rows = schemaOf(input).map(
      (c, i) =>
        `(${quoteString(c.name)},toInt64(${i}),${quoteString(systemTypes[c.type] ?? '')},${quoteString(c.type)})`,
    );
    const [name, ordinal, data, type] = resultColumns(node).map((c) => c.name) as [
      string,
      string,
      string,
      string,
    ];
    const at = (n: string, i: number, t: 'string' | 'long') => ({
      ...columnOf(alias, 'r', t, false),
      name: n,
      sql: `tupleElement(${alias}."r",${i})`,
    });
    return {
      columns: [at(name, 1, 'string'), at(ordinal, 2, 'long'), at(data, 3, 'string'), at(type, 4, 'string')],
      carried: [],
      from: `(SELECT arrayJoin([${rows.join(',')}]) AS "r") AS ${alias}`,
      where: [],
      order: [],
    };
  },
};
