import { convert, rawJson, toText } from '../clickhouse/convert.ts';
import {
  arrayOf,
  arrayRaw,
  bagOf,
  jsonString,
  jsonType,
  openedText,
  pairsRaw,
} from '../clickhouse/dynamic.ts';
import { refuse } from '../plan/environment.ts';
import { computed, constantString, type Value } from '../plan/value.ts';
import { ex } from './build.ts';
import type { CallContext, FunctionFamily, ScalarFunction } from './types.ts';

const dynamic = (sql: string, nullable = false): Value => computed(`toNullable(${sql})`, 'dynamic', nullable);

/** NULL unless the value is an array. */
function ifArray(value: Value, sql: string): Value {
  return computed(`if(${jsonType(value)}='Array',${sql},NULL)`, 'dynamic', true);
}

function pack(args: readonly Value[], call: CallContext): Value {
  if (args.length % 2 !== 0)
    return refuse('KQL_ARGUMENT', 'bag_pack() takes pairs of name and value', call.node);
  const pairs: string[] = [];
  for (let i = 0; i < args.length; i += 2) {
    pairs.push(`(${toText(args[i] as Value).sql},${rawJson(args[i + 1] as Value)})`);
  }
  return pairs.length === 0 ? dynamic("'{}'") : dynamic(bagOf(`[${pairs.join(',')}]`));
}

function packArray(args: readonly Value[]): Value {
  if (args.length === 0) return dynamic("'[]'");
  return dynamic(arrayOf(`[${args.map(rawJson).join(',')}]`));
}

function arraySlice([list, start, end]: readonly Value[]): Value {
  const items = arrayRaw(list as Value);
  const n = `toInt64(length(a))`;
  const at = (v: Value | undefined) => `if(${v?.sql} < 0,${n}+${v?.sql},${v?.sql})`;
  const slice = `arraySlice(a,toInt64(greatest(${at(start)},0))+1,toInt64(greatest(least(${at(end)},${n}-1)-greatest(${at(start)},0)+1,0)))`;
  return ifArray(list as Value, arrayOf(`arrayFlatten(arrayMap(a->${slice},[${items}]))`));
}

/** Distinct elements of several arrays, in order of first sight. */
function setUnion(args: readonly Value[]): Value {
  const all =
    args.length > 1 ? `arrayConcat(${args.map((a) => arrayRaw(a)).join(',')})` : arrayRaw(args[0] as Value);
  return dynamic(arrayOf(`arrayDistinct(${all})`));
}

function setIntersect(args: readonly Value[]): Value {
  const [first, ...rest] = args as [Value, ...Value[]];
  const tests = rest.map((r) => `has(${arrayRaw(r)},e)`).join(' AND ') || '1';
  return dynamic(arrayOf(`arrayDistinct(arrayFilter(e->${tests},${arrayRaw(first)}))`));
}

function setDifference(args: readonly Value[]): Value {
  const [first, ...rest] = args as [Value, ...Value[]];
  const tests = rest.map((r) => `has(${arrayRaw(r)},e)`).join(' OR ') || '0';
  return dynamic(arrayOf(`arrayDistinct(arrayFilter(e->NOT (${tests}),${arrayRaw(first)}))`));
}

function indexOfElement([list, wanted]: readonly Value[]): string {
  const raw = rawJson(wanted as Value);
  return `if(${jsonType(list as Value)}='Array',toInt64(indexOf(${arrayRaw(list as Value)},${raw}))-1,NULL)`;
}

function bagMerge(args: readonly Value[]): Value {
  const all = args.length > 1 ? `arrayConcat(${args.map(pairsRaw).join(',')})` : pairsRaw(args[0] as Value);
  // The first bag that has a key wins.
  const firsts = `arrayMap(ps->arrayFilter((p,i)->indexOf(arrayMap(q->q.1,ps),p.1)=i,ps,arrayEnumerate(ps)),[${all}])[1]`;
  return dynamic(bagOf(firsts));
}

function bagRemove([bag, keys]: readonly Value[]): Value {
  const names = `arrayMap(e->${openedText('e')},${arrayRaw(keys as Value)})`;
  return computed(
    `if(${jsonType(bag as Value)}='Object',${bagOf(`arrayFilter(p->NOT has(${names},p.1),${pairsRaw(bag as Value)})`)},NULL)`,
    'dynamic',
    true,
  );
}

function bagSet([bag, key, value]: readonly Value[]): Value {
  const k = toText(key as Value).sql;
  const v = rawJson(value as Value);
  const base = pairsRaw(bag as Value);
  const updated = `if(has(arrayMap(p->p.1,${base}),${k}),arrayMap(p->if(p.1=${k},(p.1,${v}),p),${base}),arrayConcat(${base},[(${k},${v})]))`;
  return computed(`if(${jsonType(bag as Value)}='Object',${bagOf(updated)},NULL)`, 'dynamic', true);
}

function zip(args: readonly Value[]): Value {
  const arrays = args.map((a) => `if(${jsonType(a)}='Array',${arrayRaw(a)},[${rawJson(a)}])`);
  const lengths = `arrayMax([${arrays.map((a) => `length(${a})`).join(',')}])`;
  const cells = arrays.map((a) => `if(i<=length(${a}),(${a})[i],'null')`).join(',');
  return dynamic(arrayOf(`arrayMap(i->${arrayOf(`[${cells}]`)},range(1,${lengths}+1))`));
}

function rangeArray([start, stop, step]: readonly Value[], call: CallContext): Value {
  const kind = (start as Value).type;
  if (kind === 'real')
    return refuse('KQL_UNSUPPORTED_OPTION', 'range() of reals is not supported', call.node);
  if (kind === 'datetime')
    return refuse('KQL_UNSUPPORTED_OPTION', 'range() of datetimes is not supported', call.node);
  const [from, to] = [start, stop].map((v) => convert(v as Value, 'long').sql) as [string, string];
  const by = step ? convert(step, 'long').sql : '1';
  const count = `if(ifNull(${by},0)=0 OR (${to}-${from})*sign(${by})<0,0,least(intDiv(${to}-${from},${by})+1,1048576))`;
  return dynamic(
    arrayOf(`arrayMap(i->toString(${from}+toInt64(i)*${by}),range(toUInt64(ifNull(${count},0))))`),
  );
}

/** JSONPath of the simple kind `$.a.b[0]`. */
function extractJson([path, text, type]: readonly Value[], call: CallContext): Value {
  const literal = path ? constantString(path) : undefined;
  if (literal === undefined)
    return refuse('KQL_NOT_CONSTANT', 'extract_json() needs a literal path', call.node);
  const steps: string[] = [];
  for (const match of literal.matchAll(/\.([A-Za-z_][\w-]*)|\[(\d+)\]|\[['"]([^'"]+)['"]\]/g)) {
    steps.push(
      match[2] !== undefined
        ? String(Number(match[2]) + 1)
        : `'${(match[1] ?? match[3] ?? '').replace(/[\\']/g, '\\$&')}'`,
    );
  }
  const covered = literal.replace(/\.([A-Za-z_][\w-]*)|\[(\d+)\]|\[['"]([^'"]+)['"]\]/g, '');
  if (covered !== '$' || steps.length === 0)
    return refuse('KQL_ARGUMENT', `the path ${literal} is not supported`, call.node);
  const raw = computed(
    `ifNull(JSONExtract(${[toText(text as Value).sql, ...steps].join(',')},'Nullable(String)'),'')`,
    'string',
    false,
  );
  return type ? convert(raw, call.type) : raw;
}

const packEntry: ScalarFunction = {
  summary: 'A bag from names and values.',
  parameters: ['any'],
  optional: 1,
  rest: 'any',
  nulls: 'never',
  sql: pack,
  examples: [ex('bag_pack("a", 1, "b", "x/y", "c", true)', { a: 1, b: 'x/y', c: true })],
};

const sortArray = (descending: boolean): ScalarFunction => ({
  summary: `Elements in ${descending ? 'descending' : 'ascending'} order, nulls last.`,
  parameters: ['dynamic'],
  nulls: 'always',
  sql: ([list]) => {
    const items = arrayRaw(list as Value);
    // Numbers and texts sort apart; nulls come last.
    const key = `(if(JSONType(e)='Null',1,0),if(JSONType(e) IN ('Int64','UInt64','Double'),${descending ? '-' : ''}toFloat64OrZero(e),0))`;
    const texts = descending
      ? `arrayReverse(arraySort(e->${openedText('e')},${items}))`
      : `arraySort(e->${openedText('e')},${items})`;
    return ifArray(list as Value, arrayOf(`arraySort(e->${key},${texts})`));
  },
  examples: [
    descending
      ? ex('array_sort_desc(dynamic([1,3,2]))', [3, 2, 1])
      : ex('array_sort_asc(dynamic(["b","a"]))', ['a', 'b']),
  ],
});

const rotate =
  (sign: 1 | -1): ScalarFunction['sql'] =>
  ([list, by]) => {
    const a = arrayRaw(list as Value);
    const n = `toInt64(length(a))`;
    const k = `positiveModulo(${sign === 1 ? '' : '-'}(${by?.sql}),greatest(${n},1))`;
    return ifArray(
      list as Value,
      arrayOf(`arrayFlatten(arrayMap(a->arrayConcat(arraySlice(a,${k}+1),arraySlice(a,1,${k})),[${a}]))`),
    );
  };

const shift =
  (sign: 1 | -1): ScalarFunction['sql'] =>
  ([list, by, fill]) => {
    const a = arrayRaw(list as Value);
    const f = fill ? rawJson(fill) : `if(JSONType((${a})[1])='String','""','null')`;
    const k = `toInt64(${sign === 1 ? '' : '-'}(${by?.sql}))`;
    const moved = `arrayMap(i->if(toInt64(i)+${k} BETWEEN 1 AND toInt64(length(${a})),(${a})[toInt64(i)+${k}],${f}),range(1,length(${a})+1))`;
    return ifArray(list as Value, arrayOf(moved));
  };

export const dynamics = {
  array_length: {
    summary: 'Number of elements; null when it is no array.',
    parameters: ['dynamic'],
    nulls: 'always',
    sql: ([v]) => `if(${jsonType(v as Value)}='Array',toInt64(length(${arrayRaw(v as Value)})),NULL)`,
    examples: [ex('array_length(dynamic([1,2,3]))', 3), ex('array_length(parse_json("{}"))', null)],
  },
  arraylength: {
    summary: 'Older name of array_length.',
    parameters: ['dynamic'],
    nulls: 'always',
    sql: ([v]) => `if(${jsonType(v as Value)}='Array',toInt64(length(${arrayRaw(v as Value)})),NULL)`,
    examples: [ex('arraylength(dynamic([1]))', 1)],
  },
  array_concat: {
    summary: 'Elements of several arrays.',
    parameters: ['dynamic'],
    rest: 'dynamic',
    nulls: 'never',
    sql: (args) =>
      dynamic(
        arrayOf(
          args.length > 1
            ? `arrayConcat(${args.map((a) => arrayRaw(a)).join(',')})`
            : arrayRaw(args[0] as Value),
        ),
      ),
    examples: [ex('array_concat(dynamic([1]), dynamic(["a"]))', [1, 'a'])],
  },
  array_slice: {
    summary: 'Elements between two places, both included, negative from the end.',
    parameters: ['dynamic', 'long', 'long'],
    nulls: 'always',
    sql: arraySlice,
    examples: [ex('array_slice(dynamic([1,2,3,4,5]), 1, -2)', [2, 3, 4])],
  },
  array_index_of: {
    summary: 'Zero-based place of an element, or -1.',
    parameters: ['dynamic', 'any'],
    nulls: 'always',
    sql: indexOfElement,
    examples: [ex('array_index_of(dynamic(["a","b"]), "b")', 1)],
  },
  array_reverse: {
    summary: 'Elements in reverse order.',
    parameters: ['dynamic'],
    nulls: 'always',
    sql: ([v]) => ifArray(v as Value, arrayOf(`arrayReverse(${arrayRaw(v as Value)})`)),
    examples: [ex('array_reverse(dynamic([1,2]))', [2, 1])],
  },
  array_sum: {
    summary: 'Sum of the numbers in an array.',
    parameters: ['dynamic'],
    nulls: 'always',
    sql: ([v]) =>
      `if(${jsonType(v as Value)}='Array',arraySum(arrayMap(e->toFloat64OrZero(e),${arrayRaw(v as Value)})),NULL)`,
    examples: [ex('array_sum(dynamic([1,2.5]))', 3.5)],
  },
  array_sort_asc: sortArray(false),
  array_sort_desc: sortArray(true),
  array_rotate_left: {
    summary: 'Moves elements round to the left.',
    parameters: ['dynamic', 'long'],
    nulls: 'always',
    sql: rotate(1),
    examples: [ex('array_rotate_left(dynamic([1,2,3]), 1)', [2, 3, 1])],
  },
  array_rotate_right: {
    summary: 'Moves elements round to the right.',
    parameters: ['dynamic', 'long'],
    nulls: 'always',
    sql: rotate(-1),
    examples: [ex('array_rotate_right(dynamic([1,2,3]), 1)', [3, 1, 2])],
  },
  array_shift_left: {
    summary: 'Moves elements to the left and fills up.',
    parameters: ['dynamic', 'long', 'any'],
    optional: 1,
    nulls: 'always',
    sql: shift(1),
    examples: [ex('array_shift_left(dynamic([1,2,3]), 1)', [2, 3, null])],
  },
  array_shift_right: {
    summary: 'Moves elements to the right and fills up.',
    parameters: ['dynamic', 'long', 'any'],
    optional: 1,
    nulls: 'always',
    sql: shift(-1),
    examples: [ex('array_shift_right(dynamic([1,2,3]), 1, 0)', [0, 1, 2])],
  },
  bag_keys: {
    summary: 'Names of the members of a bag.',
    parameters: ['dynamic'],
    nulls: 'always',
    sql: ([v]) =>
      computed(
        `if(${jsonType(v as Value)}='Object',${arrayOf(`arrayMap(p->${jsonString('p.1')},${pairsRaw(v as Value)})`)},NULL)`,
        'dynamic',
        true,
      ),
    examples: [ex('bag_keys(dynamic({"a":1,"b":2}))', ['a', 'b'])],
  },
  bag_values: {
    summary: 'Values of the members of a bag.',
    parameters: ['dynamic'],
    nulls: 'always',
    sql: ([v]) =>
      computed(
        `if(${jsonType(v as Value)}='Object',${arrayOf(`arrayMap(p->p.2,${pairsRaw(v as Value)})`)},NULL)`,
        'dynamic',
        true,
      ),
    examples: [],
  },
  bag_has_key: {
    summary: 'True when a bag has a member.',
    parameters: ['dynamic', 'string'],
    nulls: 'never',
    sql: ([bag, key], call) =>
      constantString(key as Value)?.startsWith('$')
        ? refuse('KQL_UNSUPPORTED_OPTION', 'bag_has_key() with a path is not supported', call.node)
        : `has(arrayMap(p->p.1,${pairsRaw(bag as Value)}),${key?.sql})`,
    examples: [ex('bag_has_key(dynamic({"a":1}), "a")', true)],
  },
  bag_merge: {
    summary: 'One bag from several; the first value of a key wins.',
    parameters: ['dynamic'],
    rest: 'dynamic',
    nulls: 'never',
    sql: bagMerge,
    examples: [ex('bag_merge(dynamic({"a":1}), dynamic({"a":2,"b":3}))', { a: 1, b: 3 })],
  },
  bag_remove_keys: {
    summary: 'A bag without some members.',
    parameters: ['dynamic', 'dynamic'],
    nulls: 'always',
    sql: (args, call) =>
      args[1]?.constant?.kind === 'json' && JSON.stringify(args[1].constant.value).includes('"$')
        ? refuse('KQL_UNSUPPORTED_OPTION', 'bag_remove_keys() with paths is not supported', call.node)
        : bagRemove(args),
    examples: [ex('bag_remove_keys(dynamic({"a":1,"b":2}), dynamic(["a"]))', { b: 2 })],
  },
  bag_set_key: {
    summary: 'A bag with a member set.',
    parameters: ['dynamic', 'string', 'any'],
    nulls: 'always',
    sql: (args, call) =>
      constantString(args[1] as Value)?.startsWith('$')
        ? refuse('KQL_UNSUPPORTED_OPTION', 'bag_set_key() with a path is not supported', call.node)
        : bagSet(args),
    examples: [ex('bag_set_key(dynamic({"a":1}), "b", 2)', { a: 1, b: 2 })],
  },
  bag_pack: packEntry,
  pack: { ...packEntry, examples: [ex('pack("a", long(null))', { a: null })] },
  pack_dictionary: { ...packEntry, examples: [ex('pack_dictionary("a", 1)', { a: 1 })] },
  pack_array: {
    summary: 'An array of values.',
    parameters: [],
    rest: 'any',
    nulls: 'never',
    sql: packArray,
    examples: [ex('pack_array(1, "a", true)', [1, 'a', true])],
  },
  set_union: {
    summary: 'Distinct elements of several arrays.',
    parameters: ['dynamic'],
    rest: 'dynamic',
    nulls: 'never',
    sql: setUnion,
    examples: [ex('set_union(dynamic([1,2]), dynamic([2,3]))', [1, 2, 3])],
  },
  set_intersect: {
    summary: 'Distinct elements that all arrays have.',
    parameters: ['dynamic'],
    rest: 'dynamic',
    nulls: 'never',
    sql: setIntersect,
    examples: [ex('set_intersect(dynamic([1,2]), dynamic([2,3]))', [2])],
  },
  set_difference: {
    summary: 'Distinct elements of the first array that no other has.',
    parameters: ['dynamic'],
    rest: 'dynamic',
    nulls: 'never',
    sql: setDifference,
    examples: [ex('set_difference(dynamic([1,2]), dynamic([2,3]))', [1])],
  },
  set_has_element: {
    summary: 'True when an array holds a value.',
    parameters: ['dynamic', 'any'],
    nulls: 'never',
    sql: ([list, v]) => `has(${arrayRaw(list as Value)},${rawJson(v as Value)})`,
    examples: [ex('set_has_element(dynamic(["a"]), "a")', true)],
  },
  zip: {
    summary: 'Arrays of the elements at each place of several arrays.',
    parameters: ['dynamic', 'dynamic'],
    rest: 'dynamic',
    nulls: 'never',
    sql: zip,
    examples: [
      ex('zip(dynamic([1,2]), dynamic(["a"]))', [
        [1, 'a'],
        [2, null],
      ]),
    ],
  },
  range: {
    summary: 'An array of evenly spaced numbers.',
    parameters: ['any', 'any', 'any'],
    optional: 1,
    nulls: 'never',
    sql: rangeArray,
    examples: [ex('range(1, 8, 3)', [1, 4, 7])],
  },
  extract_json: {
    summary: 'A value of JSON text by a path.',
    parameters: ['string', 'any', 'any'],
    optional: 1,
    nulls: 'always',
    sql: extractJson,
    examples: [ex('extract_json("$.a[0]", \'{"a":["x"]}\')', 'x')],
  },
  extractjson: {
    summary: 'A value of JSON text by a path.',
    parameters: ['string', 'any', 'any'],
    optional: 1,
    nulls: 'always',
    sql: extractJson,
    examples: [ex('extractjson("$.a", \'{"a":"x"}\')', 'x')],
  },
} satisfies FunctionFamily;
