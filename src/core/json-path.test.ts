import { describe, expect, test } from 'vitest';
import { parseJsonPath, queryJson } from './json-path.ts';

describe('the tolerant dialect', () => {
  test.each([
    ['$', []],
    ['', []],
    ['$.a.b', ['a', 'b']],
    ['a.b', ['a', 'b']],
    ["$['a']['b c']", ['a', 'b c']],
    ['$.["@odata.nextLink"]', ['@odata.nextLink']],
    ["$['it\\'s']", ["it's"]],
    [' $.a-b ', ['a-b']],
  ])('%s names members', (text, names) => {
    expect(parseJsonPath(text).steps).toEqual(names.map((name) => ({ kind: 'member', name })));
  });

  test.each([
    ['$[0]', { kind: 'index', index: 0 }],
    ['$[-1]', { kind: 'index', index: -1 }],
    ['$.[-1:]', { kind: 'slice', start: -1, end: undefined }],
    ['$[1:3]', { kind: 'slice', start: 1, end: 3 }],
    ['$[*]', { kind: 'wildcard' }],
    ['$.*', { kind: 'wildcard' }],
    ['$..x', { kind: 'descendant', name: 'x' }],
  ])('%s', (text, step) => {
    expect(parseJsonPath(text).steps).toEqual([step]);
  });

  test.each([
    ['$[?(@.a==1)]', 'JSON_PATH_UNSUPPORTED'],
    ["$['a','b']", 'JSON_PATH_UNSUPPORTED'],
    ['$[0:4:2]', 'JSON_PATH_UNSUPPORTED'],
    ['$..[0]', 'JSON_PATH_UNSUPPORTED'],
    ['$.', 'JSON_PATH_INVALID'],
    ['$..', 'JSON_PATH_INVALID'],
    ['$.a[', 'JSON_PATH_INVALID'],
    ['$.a[]', 'JSON_PATH_INVALID'],
    ['$a', 'JSON_PATH_INVALID'],
    ['$[x]', 'JSON_PATH_INVALID'],
  ])('%s is refused with %s', (text, code) => {
    expect(() => parseJsonPath(text)).toThrow(expect.objectContaining({ code }));
  });

  test('evaluation', () => {
    const value = { a: [{ b: 1 }, { b: 2, c: { b: 3 } }] };
    expect(queryJson(value, parseJsonPath('$.a[*].b'))).toEqual([1, 2]);
    expect(queryJson(value, parseJsonPath('$..b'))).toEqual([1, 2, 3]);
    expect(queryJson(value, parseJsonPath('$.a[-1:].c.b'))).toEqual([3]);
    expect(queryJson(value, parseJsonPath('$.a.toString'))).toEqual([]);
  });
});
