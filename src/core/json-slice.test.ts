import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJsonPath, queryJson } from './json-path.ts';
import { longestArray, openJson, readScalar, sliceRecords } from './json-slice.ts';

const open = (text: string) => openJson(Buffer.from(text));
const slice = (text: string, ...paths: string[]) =>
  sliceRecords(open(text), paths.map(parseJsonPath)).map((record) => Buffer.from(record).toString('utf8'));
const scalar = (text: string, path: string) => readScalar(open(text), parseJsonPath(path));

/** Any JSON value in any white space, as a service may print it. */
const spelled = fc
  .tuple(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 1, 2, '\t', '   '))
  .map(([value, indent]) => ({
    value: JSON.parse(JSON.stringify(value)) as unknown,
    text: ` ${JSON.stringify(value, undefined, indent)}\r\n`,
  }));

describe('slicing any JSON equals parsing it', () => {
  test('elements of a nested array, in order and on one line', () => {
    fc.assert(
      fc.property(fc.array(spelled, { maxLength: 8 }), (items) => {
        const text = `{"a" : { "rows":[${items.map((item) => item.text).join(',')}] } }`;
        const records = slice(text, '$.a.rows');
        expect(records.map((record) => JSON.parse(record))).toEqual(
          items.map(({ value }) =>
            typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { value },
          ),
        );
        for (const record of records) {
          expect(record).not.toMatch(/[\r\n]/);
          expect(record).toBe(JSON.stringify(JSON.parse(record)));
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('member paths agree with evaluation on parsed values', () => {
    const path = fc.array(fc.constantFrom('.a', '.b', "['c d']", '[0]', '[-1]', '[-1:]', '[*]', '..a'), {
      maxLength: 3,
    });
    const keys = fc.constantFrom('a', 'b', 'c d', 'é', 'q"');
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.integer(),
        fc.string(),
        fc.constant(null),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(keys, tie('node'), { maxKeys: 4 }),
      ),
    })).node;
    fc.assert(
      fc.property(tree, path, (value, parts) => {
        const parsedPath = parseJsonPath(`$${parts.join('')}`);
        const first = queryJson(value, parsedPath)[0];
        const found = readScalar(open(JSON.stringify(value, undefined, 1)), parsedPath);
        const expected = Array.isArray(first) ? first[0] : first;
        if (expected === undefined) expect(found).toBeUndefined();
        else expect(found?.text).toBe(typeof expected === 'string' ? expected : JSON.stringify(expected));
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  test('validation agrees with JSON.parse on damaged texts', () => {
    fc.assert(
      fc.property(
        spelled,
        fc.nat(),
        fc.constantFrom('', '"', '}', ']', ',', ':', '\\', '1', 'e', ' ', '\u0001', '-'),
        ({ text }, at, insert) => {
          const cut = at % (text.length + 1);
          const damaged = text.slice(0, cut) + insert + text.slice(cut + 1);
          if (damaged.trim() === '' || /\n./.test(damaged.trim())) return;
          let valid = true;
          try {
            JSON.parse(damaged);
          } catch {
            valid = false;
          }
          if (valid) expect(() => open(damaged)).not.toThrow();
          else expect(() => open(damaged)).toThrow(expect.objectContaining({ code: 'RESPONSE_NOT_JSON' }));
        },
      ),
      { seed: 3, numRuns: 1000 },
    );
  });
});

describe('what slicing keeps', () => {
  test('numbers, escapes, key order and duplicate keys', () => {
    const text =
      '[\n { "id" : 9007199254740993123 , "v": 1.10, "e":1E+2, "id":2, "s":"a\\u0041 \\/ \\"x\\" \u2028é😀" }\n]';
    expect(slice(text, '$')).toEqual([
      '{"id":9007199254740993123,"v":1.10,"e":1E+2,"id":2,"s":"a\\u0041 \\/ \\"x\\" \u2028é😀"}',
    ]);
  });

  test('a byte-order mark is dropped and an empty body has no records', () => {
    expect(slice('\ufeff[{"a":1}]', '$')).toEqual(['{"a":1}']);
    expect(slice('  \n', '$')).toEqual([]);
  });

  test('one value a line is an array', () => {
    expect(slice('{"a":1}\n{"a":2}\r\n\n', '$')).toEqual(['{"a":1}', '{"a":2}']);
    expect(() => open('{"a":1}\n{"a":2')).toThrow(expect.objectContaining({ code: 'RESPONSE_NOT_JSON' }));
  });

  test('object, scalar, null and missing matches; several paths', () => {
    expect(
      slice('{"o":{"x":1},"s":"t","n":null,"r":[1,{"y":2},null]}', '$.o', '$.s', '$.n', '$.missing', '$.r'),
    ).toEqual(['{"x":1}', '{"value":"t"}', '{"value":1}', '{"y":2}', '{"value":null}']);
  });

  test('wildcards and descendants that match arrays give their elements', () => {
    expect(slice('{"p":[{"records":[{"a":1}]},{"records":[{"a":2},{"a":3}]}]}', '$..records')).toEqual([
      '{"a":1}',
      '{"a":2}',
      '{"a":3}',
    ]);
    expect(slice('{"p":[{"a":1},{"a":2}]}', '$.p[*]')).toEqual(['{"a":1}', '{"a":2}']);
  });
});

describe('scalars', () => {
  test('number text is not changed and strings are decoded', () => {
    expect(scalar('{"n":123456789012345678901234567890.10}', '$.n')).toEqual({
      kind: 'number',
      text: '123456789012345678901234567890.10',
    });
    expect(scalar('{"s":"a\\u00e9\\n"}', '$.s')).toEqual({ kind: 'string', text: 'aé\n' });
    expect(scalar('{"s":null}', '$.s')).toEqual({ kind: 'null', text: 'null' });
    expect(scalar('{"t":{ "a": [1, "z"] }}', '$.t')).toEqual({ kind: 'json', text: '{"a":[1,"z"]}' });
    expect(scalar('{"t":[ 1, "z" ]}', '$.t')).toEqual({ kind: 'number', text: '1' });
  });

  test('the last of equal keys counts, and escaped names are read', () => {
    expect(scalar('{"a":1,"a":2}', '$.a')?.text).toBe('2');
    expect(scalar('{"\\u0061":3}', '$.a')?.text).toBe('3');
  });

  test('slices and negative indexes', () => {
    for (const path of ['$[-1:].id', '$.[-1:].id', '$[-1].id'])
      expect(scalar('[{"id":1},{"id":2}]', path)?.text).toBe('2');
    expect(scalar('[]', '$[-1].id')).toBeUndefined();
  });

  test('the longest array', () => {
    expect(longestArray(open('{"a":[1,2],"b":{"c":[[1,2,3,4],1]}}'))).toBe(4);
    expect(longestArray(open('{"a":1}'))).toBe(0);
  });
});

test('the error shows where and no control characters', () => {
  expect(() => open('{"a":\u0007 oops}')).toThrow(/at byte 5 .* near `\{"a": +oops\}`/);
  expect(() => openJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(/not UTF-8/);
  expect(() => open('['.repeat(100_000))).toThrow(/nested more than/);
});
