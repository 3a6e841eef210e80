import type { KqlType } from '../api.ts';
import { convert, toText } from '../clickhouse/convert.ts';
import { arrayOf, arrayRaw, jsonString, openedText } from '../clickhouse/dynamic.ts';
import { quoteString } from '../clickhouse/literal.ts';
import { refuse } from '../plan/environment.ts';
import { computed, constantInteger, constantString, type Value } from '../plan/value.ts';
import { ex, plain } from './build.ts';
import type { CallContext, FunctionFamily, ScalarFunction } from './types.ts';

function strings(args: readonly Value[]): string[] {
  return args.map((a) => toText(a).sql);
}

function substring([text, start, length]: readonly Value[]): string {
  const s = text?.sql ?? "''";
  const from = start?.sql ?? '0';
  // A negative start counts from the end; ClickHouse counts characters from 1.
  const position = `if(${from} < 0,greatest(toInt64(lengthUTF8(${s}))+${from},0),${from})+1`;
  if (!length) return `substringUTF8(${s},ifNull(${position},1))`;
  return `substringUTF8(${s},ifNull(${position},1),ifNull(greatest(${length.sql},0),0))`;
}

function split([text, delimiter, index]: readonly Value[]): Value {
  const s = text?.sql ?? "''";
  const d = delimiter?.sql ?? "''";
  const parts = `if(${d}='',[${s}],splitByString(${d},${s}))`;
  const quoted = (list: string) => `toNullable(${arrayOf(`arrayMap(p->${jsonString('p')},${list})`)})`;
  if (!index) return computed(quoted(parts), 'dynamic', false);
  const at = `arrayElement(${parts},toInt64(${index.sql})+1)`;
  const one = `if(${index.sql} >= 0 AND ${index.sql} < length(${parts}),[${at}],[])`;
  return computed(quoted(`arrayMap(x->x,${one})`), 'dynamic', false);
}

function indexOf(args: readonly Value[]): string {
  const [text, needle, start, length, occurrence] = args;
  const s = text?.sql ?? "''";
  const n = needle?.sql ?? "''";
  if (length || occurrence) return indexOfWithin(args);
  const from = start ? `greatest(${start.sql},0)+1` : '1';
  return `(toInt64(positionUTF8(${s},${n},toUInt64(${from})))-1)`;
}

function indexOfWithin([text, needle, start, length, occurrence]: readonly Value[]): string {
  const s = text?.sql ?? "''";
  const n = needle?.sql ?? "''";
  const from = `greatest(${start?.sql ?? '0'},0)`;
  const size = length?.sql ?? '-1';
  const window = `if(${size} < 0,substringUTF8(${s},${from}+1),substringUTF8(${s},${from}+1,greatest(${size},0)))`;
  const hits = `arrayFilter(i->substringUTF8(w,i,lengthUTF8(${n}))=${n},range(1,toUInt64(lengthUTF8(w)+1)))`;
  const nth = occurrence?.sql ?? '1';
  return `arrayMap(w->if(length(${hits}) >= ${nth} AND ${nth} > 0,toInt64((${hits})[${nth}])-1+${from},-1),[${window}])[1]`;
}

function typedExtract(text: string, call: CallContext, typeNode: Value | undefined): Value {
  const type = call.type;
  return typeNode
    ? convert(computed(text, 'string', false), type as KqlType)
    : computed(text, 'string', false);
}

function extract([pattern, group, text, type]: readonly Value[], call: CallContext): Value {
  const number = group ? constantInteger(group) : 0n;
  const source = text?.sql ?? "''";
  if (number === undefined) {
    return refuse('KQL_NOT_CONSTANT', 'extract() needs a literal group number', call.node);
  }
  const whole = `regexpExtract(${source},${pattern?.sql ?? "''"},${number})`;
  return typedExtract(whole, call, type);
}

function extractAll(args: readonly Value[]): Value {
  const pattern = args[0]?.sql ?? "''";
  const text = (args.length > 2 ? args[2] : args[1])?.sql ?? "''";
  const groups = `extractAllGroupsVertical(${text},${pattern})`;
  const one = (g: string) => jsonString(g);
  const row = `if(length(g)=1,${one('g[1]')},${arrayOf(`arrayMap(x->${one('x')},g)`)})`;
  return computed(
    `if(empty(${groups}),NULL,toNullable(${arrayOf(`arrayMap(g->${row},${groups})`)}))`,
    'dynamic',
    true,
  );
}

/** KQL writes group references as \1; so does ClickHouse. */
const replaceRegex: ScalarFunction = {
  summary: 'Replaces every match of a regular expression.',
  parameters: ['string', 'string', 'string'],
  nulls: 'never',
  sql: ([text, pattern, by]) => `replaceRegexpAll(${text?.sql},${pattern?.sql},${by?.sql})`,
  examples: [
    ex('replace_regex("a1b22", @"\\d+", "#")', 'a#b#'),
    ex('replace_regex("ab", "(a)(b)", @"\\2\\1")', 'ba'),
  ],
};

function trimmed(side: 'start' | 'end' | 'both') {
  return ([pattern, text]: readonly Value[], call: CallContext): string => {
    const regex = pattern ? constantString(pattern) : undefined;
    if (regex === undefined)
      return refuse('KQL_NOT_CONSTANT', 'trim functions need a literal pattern', call.node);
    const start = quoteString(`^(?:${regex})+`);
    const end = quoteString(`(?:${regex})+$`);
    let sql = text?.sql ?? "''";
    if (side !== 'end') sql = `replaceRegexpOne(${sql},${start},'')`;
    if (side !== 'start') sql = `replaceRegexpOne(${sql},${end},'')`;
    return sql;
  };
}

function countOf([text, needle, kind]: readonly Value[]): string {
  const s = text?.sql ?? "''";
  const n = needle?.sql ?? "''";
  if (kind && constantString(kind) === 'regex') return `toInt64(countMatches(${s},${n}))`;
  const starts = `length(arrayFilter(i->substring(${s},i,length(${n}))=${n},range(1,length(${s})+1)))`;
  return `if(${n}='',toInt64(0),toInt64(${starts}))`;
}

const replaceAll: ScalarFunction = plain(
  'Replaces every occurrence of a text.',
  ['string', 'string', 'string'],
  'never',
  (s, a, b) => `if(${a}='',${s},replaceAll(${s},${a},${b}))`,
  [ex('replace_string("aXbX", "X", "-")', 'a-b-')],
);

const encode = plain('Base64 of a text.', ['string'], 'never', (s) => `base64Encode(${s})`, [
  ex('base64_encode_tostring("Kusto")', 'S3VzdG8='),
]);
const decode = plain(
  'Text of a base64 string; empty when it is none.',
  ['string'],
  'never',
  (s) => `tryBase64Decode(${s})`,
  [ex('base64_decode_tostring("S3VzdG8=")', 'Kusto')],
);

function xxhash([value, mod]: readonly Value[], call: CallContext): string {
  if (!value) return refuse('KQL_ARGUMENT', 'hash() takes a value', call.node);
  let bytes: string;
  if (value.type === 'string') bytes = value.sql;
  else if (value.type === 'datetime')
    bytes = `reinterpretAsString(toInt64(reinterpretAsInt64(${value.sql})+621355968000000000))`;
  else
    return refuse(
      'KQL_UNSUPPORTED_OPTION',
      `hash() of ${value.type} is not supported`,
      call.node,
      'Use tostring() first.',
    );
  const hash = `reinterpretAsInt64(xxHash64(${bytes}))`;
  return mod ? `toInt64(positiveModulo(${hash},nullIf(${mod.sql},0)))` : hash;
}

export const text = {
  strcat: {
    summary: 'Joins texts; other values are written as tostring does.',
    parameters: ['any'],
    rest: 'any',
    nulls: 'never',
    sql: (args) => (args.length === 1 ? (strings(args)[0] ?? "''") : `concat(${strings(args).join(',')})`),
    examples: [ex('strcat("a", 1, true)', 'a1true'), ex('strcat("x")', 'x')],
  },
  strcat_delim: {
    summary: 'Joins texts with a delimiter.',
    parameters: ['string', 'any'],
    rest: 'any',
    nulls: 'never',
    sql: (args) => `arrayStringConcat([${strings(args.slice(1)).join(',')}],${args[0]?.sql})`,
    examples: [ex('strcat_delim("-", 1, "2", 3)', '1-2-3')],
  },
  strcat_array: {
    summary: 'Joins the elements of a dynamic array.',
    parameters: ['dynamic', 'string'],
    nulls: 'never',
    sql: ([list, delimiter]) =>
      `arrayStringConcat(arrayMap(e->${openedText('e')},${arrayRaw(list as Value)}),${delimiter?.sql})`,
    examples: [ex('strcat_array(dynamic([1,"b"]), "->")', '1->b')],
  },
  strlen: plain('Number of characters.', ['string'], 'never', (s) => `toInt64(lengthUTF8(${s}))`, [
    ex('strlen("héllo")', 5),
  ]),
  string_size: plain('Number of bytes in UTF-8.', ['string'], 'never', (s) => `toInt64(length(${s}))`, [
    ex('string_size("é")', 2),
  ]),
  substring: {
    summary: 'Part of a text, from a zero-based start.',
    parameters: ['string', 'long', 'long'],
    optional: 1,
    nulls: 'never',
    sql: substring,
    examples: [
      ex('substring("123456", 1)', '23456'),
      ex('substring("123456", 2, 2)', '34'),
      ex('substring("ABCD", -2)', 'CD'),
    ],
  },
  toupper: plain('Upper case.', ['string'], 'never', (s) => `upperUTF8(${s})`, [ex('toupper("abc")', 'ABC')]),
  tolower: plain('Lower case.', ['string'], 'never', (s) => `lowerUTF8(${s})`, [ex('tolower("ABC")', 'abc')]),
  reverse: {
    summary: 'Characters in reverse order.',
    parameters: ['any'],
    nulls: 'never',
    sql: ([v]) => `reverseUTF8(${toText(v as Value).sql})`,
    examples: [ex('reverse("abc")', 'cba')],
  },
  split: {
    summary: 'Parts of a text between delimiters, as an array.',
    parameters: ['string', 'string', 'long'],
    optional: 1,
    nulls: 'never',
    sql: split,
    examples: [
      ex('split("a_b", "_")', ['a', 'b']),
      ex('split("a_b", "_", 1)', ['b']),
      ex('split("", "_")', ['']),
    ],
  },
  indexof: {
    summary: 'Zero-based place of a text in another, or -1.',
    parameters: ['string', 'string', 'long', 'long', 'long'],
    optional: 3,
    nulls: 'propagate',
    sql: indexOf,
    examples: [
      ex('indexof("abcdef", "cde")', 2),
      ex('indexof("abc", "x")', -1),
      ex('indexof("abcabc", "abc", 1, 10)', 3),
    ],
  },
  countof: {
    summary: 'Number of occurrences of a text, overlaps counted, or of matches of a regular expression.',
    parameters: ['string', 'string', 'string'],
    optional: 1,
    nulls: 'never',
    sql: countOf,
    examples: [ex('countof("aaa", "aa")', 2), ex('countof("abcabc", "a.c", "regex")', 2)],
  },
  extract: {
    summary: 'A group of the first match of a regular expression.',
    parameters: ['string', 'long', 'string', 'any'],
    optional: 1,
    nulls: 'always',
    sql: extract,
    examples: [
      ex('extract("x=([0-9.]+)", 1, "x=45.6|w")', '45.6'),
      ex('extract("x=(\\\\d+)", 1, "none")', ''),
    ],
  },
  extract_all: {
    summary: 'The groups of all matches of a regular expression.',
    parameters: ['string', 'any', 'string'],
    optional: 1,
    nulls: 'always',
    sql: (args, call) =>
      args.length > 2
        ? refuse('KQL_UNSUPPORTED_OPTION', 'extract_all() with chosen groups is not supported', call.node)
        : extractAll(args.map((a) => toText(a))),
    examples: [ex('extract_all(@"(\\w)\\d", "a1b2")', ['a', 'b'])],
  },
  replace_string: replaceAll,
  replace_regex: replaceRegex,
  replace: {
    summary: 'Older form of replace_regex: pattern, replacement, text.',
    parameters: ['string', 'string', 'string'],
    nulls: 'never',
    sql: ([pattern, by, s]) => `replaceRegexpAll(${s?.sql},${pattern?.sql},${by?.sql})`,
    examples: [ex('replace("a", "b", "banana")', 'bbnbnb')],
  },
  trim: {
    summary: 'Removes matches of a pattern at both ends.',
    parameters: ['string', 'string'],
    nulls: 'never',
    sql: trimmed('both'),
    examples: [
      ex('trim("--", "--https://bing.com--")', 'https://bing.com'),
      ex('trim(@"[^\\w]+", "- x -")', 'x'),
    ],
  },
  trim_start: {
    summary: 'Removes matches of a pattern at the start.',
    parameters: ['string', 'string'],
    nulls: 'never',
    sql: trimmed('start'),
    examples: [ex('trim_start("a", "aab")', 'b')],
  },
  trim_end: {
    summary: 'Removes matches of a pattern at the end.',
    parameters: ['string', 'string'],
    nulls: 'never',
    sql: trimmed('end'),
    examples: [ex('trim_end("b", "abb")', 'a')],
  },
  strrep: {
    summary: 'Repeats a text.',
    parameters: ['any', 'long', 'string'],
    optional: 1,
    nulls: 'never',
    sql: ([v, n, delimiter]) =>
      `arrayStringConcat(arrayMap(i->${toText(v as Value).sql},range(toUInt64(least(greatest(ifNull(${n?.sql},0),0),1024)))),${delimiter?.sql ?? "''"})`,
    examples: [ex('strrep("ab", 2)', 'abab'), ex('strrep("a", 2, "-")', 'a-a')],
  },
  strcmp: plain(
    '-1, 0 or 1 as the first text comes before, at or after the second.',
    ['string', 'string'],
    'never',
    (a, b) => `toInt64(multiIf(${a}<${b},-1,${a}>${b},1,0))`,
    [ex('strcmp("abc", "abd")', -1)],
  ),
  base64_encode_tostring: encode,
  base64_encodestring: { ...encode, examples: [ex('base64_encodestring("Kusto")', 'S3VzdG8=')] },
  base64_decode_tostring: decode,
  base64_decodestring: { ...decode, examples: [ex('base64_decodestring("S3VzdG8=")', 'Kusto')] },
  hash_sha256: {
    summary: 'SHA-256 in hexadecimal.',
    parameters: ['any'],
    nulls: 'never',
    sql: ([v]) => `lower(hex(SHA256(${toText(v as Value).sql})))`,
    examples: [
      ex('hash_sha256("World")', '78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524'),
    ],
  },
  hash_sha1: {
    summary: 'SHA-1 in hexadecimal.',
    parameters: ['any'],
    nulls: 'never',
    sql: ([v]) => `lower(hex(SHA1(${toText(v as Value).sql})))`,
    examples: [ex('hash_sha1("World")', '70c07ec18ef89c5309bbb0937f3a6342411e1fdd')],
  },
  hash_md5: {
    summary: 'MD5 in hexadecimal.',
    parameters: ['any'],
    nulls: 'never',
    sql: ([v]) => `lower(hex(MD5(${toText(v as Value).sql})))`,
    examples: [ex('hash_md5("World")', 'f5a7924e621e84c9280a9a27e1bcb7f6')],
  },
  hash_xxhash64: {
    summary: 'xxHash64 of a text as a signed number, or its remainder.',
    parameters: ['any', 'long'],
    optional: 1,
    nulls: 'always',
    sql: xxhash,
    examples: [ex('hash_xxhash64("World")', '1846988464401551951')],
  },
  hash: {
    summary: 'xxHash64 of a text as a signed number, or its remainder.',
    parameters: ['any', 'long'],
    optional: 1,
    nulls: 'always',
    sql: xxhash,
    examples: [ex('hash("World")', '1846988464401551951'), ex('hash("World", 100)', 51)],
  },
  url_decode: plain(
    'Text of a percent-encoded URL part.',
    ['string'],
    'never',
    (s) => `decodeURLComponent(${s})`,
    [ex('url_decode("a%20b")', 'a b')],
  ),
  url_encode: plain('Percent-encodes a text.', ['string'], 'never', (s) => `encodeURLComponent(${s})`, [
    ex('url_encode("a b")', 'a%20b'),
  ]),
  isascii: plain(
    'True when all characters are ASCII.',
    ['string'],
    'never',
    (s) => `(length(${s})=lengthUTF8(${s}))`,
    [ex('isascii("abc")', true)],
  ),
  tohex: {
    summary: 'Hexadecimal text of a number.',
    parameters: ['long', 'long'],
    optional: 1,
    nulls: 'never',
    sql: ([n, width], call) => {
      const source = call.node.child('ArgumentList')?.items('Expressions')[0];
      if (source?.type === 'int')
        return refuse(
          'KQL_UNSUPPORTED_OPTION',
          'tohex() of int is not supported',
          call.node,
          'Use tolong() first.',
        );
      const hex = `if(isNull(${n?.sql}),'',arrayMap(h->if(h='','0',h),[replaceRegexpOne(lower(hex(reinterpretAsUInt64(${n?.sql}))),'^0+','')])[1])`;
      return width
        ? `arrayMap(h->leftPad(h,greatest(length(h),toUInt64(${width.sql})),'0'),[${hex}])[1]`
        : `ifNull(${hex},'')`;
    },
    examples: [
      ex('tohex(256)', '100'),
      ex('tohex(256, 8)', '00000100'),
      ex('tohex(-256)', 'ffffffffffffff00'),
    ],
  },
  unicode_codepoints_from_string: {
    summary: 'Code points of the characters of a text.',
    parameters: ['string'],
    nulls: 'never',
    sql: ([s]) =>
      computed(
        `toNullable(${arrayOf(`arrayMap(c->toString(multiIf(length(c)=1,reinterpretAsUInt8(c),length(c)=2,bitOr(bitShiftLeft(toUInt32(bitAnd(reinterpretAsUInt8(c),31)),6),bitAnd(reinterpretAsUInt8(substring(c,2,1)),63)),length(c)=3,bitOr(bitOr(bitShiftLeft(toUInt32(bitAnd(reinterpretAsUInt8(c),15)),12),bitShiftLeft(toUInt32(bitAnd(reinterpretAsUInt8(substring(c,2,1)),63)),6)),bitAnd(reinterpretAsUInt8(substring(c,3,1)),63)),bitOr(bitOr(bitOr(bitShiftLeft(toUInt32(bitAnd(reinterpretAsUInt8(c),7)),18),bitShiftLeft(toUInt32(bitAnd(reinterpretAsUInt8(substring(c,2,1)),63)),12)),bitShiftLeft(toUInt32(bitAnd(reinterpretAsUInt8(substring(c,3,1)),63)),6)),bitAnd(reinterpretAsUInt8(substring(c,4,1)),63)))),ngrams(${s?.sql},1))`)})`,
        'dynamic',
        false,
      ),
    examples: [ex('unicode_codepoints_from_string("aé")', [97, 233])],
  },
} satisfies FunctionFamily;
