import type { KqlType } from '../api.ts';
import { convert, toText } from '../clickhouse/convert.ts';
import { jsonType, parsedJson } from '../clickhouse/dynamic.ts';
import { computed, type Value } from '../plan/value.ts';
import { ex } from './build.ts';
import type { Example, FunctionFamily, ScalarFunction } from './types.ts';

function to(type: KqlType, examples: readonly Example[]): ScalarFunction {
  return {
    summary: `Converts to ${type}; what can't be converted is ${type === 'string' ? 'empty' : 'null'}.`,
    parameters: ['any'],
    nulls: 'always',
    sql: ([v]) => convert(v as Value, type),
    examples,
  };
}

/** Opens text that is JSON; a dynamic that is a string is opened too. */
function parseJson(value: Value): Value {
  if (value.constant?.kind === 'json' && typeof value.constant.value !== 'string') return value;
  return computed(parsedJson(toText(value).sql), 'dynamic', true);
}

const jsonTypeNames = `'Null','null','String','string','Array','array','Bool','bool','Double','double','Int64','long','UInt64','long','Object','dictionary'`;

function typeName(value: Value): string {
  if (value.type !== 'dynamic') return `'${value.type}'`;
  const pairs = jsonTypeNames.match(/'(\w+)','(\w+)'/g)?.map((p) => p.split(',')) ?? [];
  const from = pairs.map((p) => p[0]).join(',');
  const into = pairs.map((p) => p[1]).join(',');
  return `transform(toString(${jsonType(value)}),[${from}],[${into}],'null')`;
}

const parse: ScalarFunction = {
  summary: 'A dynamic from JSON text; other text stays a string.',
  parameters: ['any'],
  nulls: 'always',
  sql: ([v]) => parseJson(v as Value),
  examples: [ex('parse_json(\'{"a":[1,2]}\').a[1]', 2), ex('parse_json("abc")', 'abc')],
};

export const conversion = {
  tostring: to('string', [
    ex('tostring(5.0)', '5.0'),
    ex('tostring(1e15)', '1E+15'),
    ex('tostring(0.00001)', '1E-05'),
    ex('tostring(1d)', '1.00:00:00'),
    ex('tostring(datetime(2020-01-02 03:04:05.6))', '2020-01-02T03:04:05.6000000Z'),
    ex('tostring(true)', 'true'),
    ex('tostring(dynamic("a"))', 'a'),
    ex('tostring(dynamic({"a":[1,"x"]}))', '{"a":[1,"x"]}'),
    ex('tostring(long(null))', ''),
  ]),
  toint: to('int', [ex('toint("42")', 42), ex('toint("0x1F")', 31), ex('toint("x")', null)]),
  tolong: to('long', [ex('tolong("42")', 42), ex('tolong(2.7)', 2), ex('tolong(dynamic(7))', 7)]),
  toreal: to('real', [ex('toreal("1.5")', 1.5)]),
  todouble: to('real', [ex('todouble("123.4")', 123.4)]),
  tobool: to('bool', [ex('tobool("true")', true), ex('tobool("x")', null), ex('tobool(0)', false)]),
  toboolean: to('bool', [ex('toboolean("FALSE")', false)]),
  todatetime: to('datetime', [
    ex('todatetime("2015-12-24")', '2015-12-24T00:00:00Z'),
    ex('todatetime("12-02-2022")', '2022-12-02T00:00:00Z'),
    ex('todatetime("x")', null),
  ]),
  totimespan: to('timespan', [ex('totimespan("0.00:01:00")', '00:01:00')]),
  todecimal: to('decimal', [ex('todecimal("1.25")', '1.25')]),
  toguid: to('guid', [
    ex('toguid("70fc66f7-8279-44fc-9092-d364d70fce44")', '70fc66f7-8279-44fc-9092-d364d70fce44'),
  ]),
  parse_json: parse,
  todynamic: { ...parse, examples: [ex('todynamic("[1]")[0]', 1)] },
  parsejson: { ...parse, examples: [ex('parsejson("[2]")[0]', 2)] },
  toobject: { ...parse, examples: [ex('toobject("[1]")[0]', 1)] },
  gettype: {
    summary: 'Name of the type of a value.',
    parameters: ['any'],
    nulls: 'never',
    sql: ([v]) => typeName(v as Value),
    examples: [
      ex('gettype(1)', 'long'),
      ex('gettype(dynamic([1]))', 'array'),
      ex('gettype(dynamic({}))', 'dictionary'),
    ],
  },
} satisfies FunctionFamily;
