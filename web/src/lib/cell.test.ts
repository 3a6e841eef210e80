import { describe, expect, test } from 'vitest';
import { cellText, escapeHidden, rowJson, sortedOrder } from './cell.ts';
import { csvCell, toCsv } from './csv.ts';

describe('cellText', () => {
  test.each([
    [null, 'string', '∅', true],
    ['', 'string', '""', true],
    [false, 'boolean', 'false', false],
    [0, 'long', '0', false],
    ['9007199254740993', 'long', '9007199254740993', false],
    [{ a: [1] }, 'dynamic', '{"a":[1]}', false],
    ['a\n  b', 'string', 'a ⏎ b', false],
    ['2026-11-20T12:01:44.0000000Z', 'datetime', '2026-11-20 12:01:44', false],
    ['2026-11-20T12:01:44.5000000Z', 'datetime', '2026-11-20 12:01:44.500', false],
    ['2026-11-20T12:01:44.1234567Z', 'datetime', '2026-11-20 12:01:44.1234567', false],
    ['no time', 'datetime', 'no time', false],
  ])('%j of %s is %s', (value, type, text, dim) => {
    expect(cellText(value, type)).toEqual({ text, dim });
  });

  test('shows direction-changing and control characters', () => {
    expect(escapeHidden('a\u202eb\u0000')).toBe('a⟨U+202E⟩b⟨U+0000⟩');
  });
});

test('a row as JSON keeps names and nulls', () => {
  expect(
    JSON.parse(
      rowJson(
        [
          { name: 'a', type: 'string' },
          { name: 'b', type: 'dynamic' },
        ],
        [null, { c: 1 }],
      ),
    ),
  ).toEqual({ a: null, b: { c: 1 } });
});

describe('sortedOrder', () => {
  const rows = [[10], [null], [2], ['9007199254740993']];
  test('numbers by value, nulls last both ways', () => {
    expect(sortedOrder(rows, 0, 'long', false)).toEqual([2, 0, 3, 1]);
    expect(sortedOrder(rows, 0, 'long', true)).toEqual([3, 0, 2, 1]);
  });
  test('equal cells keep their order', () => {
    expect(sortedOrder([['x'], ['x'], ['a']], 0, 'string', true)).toEqual([0, 1, 2]);
  });
});

describe('CSV', () => {
  test.each([
    ['=1+1', false, "'=1+1"],
    ['@cmd', false, "'@cmd"],
    ['-5', true, '-5'],
    ['-x', false, "'-x"],
    ['a,"b"', false, '"a,""b"""'],
    ['\t=1', false, "'\t=1"],
  ])('%j becomes %j', (text, isNumber, expected) => {
    expect(csvCell(text, isNumber)).toBe(expected);
  });
  test('whole result', () => {
    expect(
      toCsv(
        [
          { name: 'n', type: 'long' },
          { name: 's', type: 'string' },
        ],
        [
          [1, 'a\nb'],
          [null, '=x'],
        ],
      ),
    ).toBe('n,s\r\n1,"a\nb"\r\n,\'=x\r\n');
  });
});
