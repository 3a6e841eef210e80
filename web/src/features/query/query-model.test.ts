import { describe, expect, test } from 'vitest';
import type { QuerySchema } from '../../lib/api-types.ts';
import { chartOf } from './chart-model.ts';
import { cliCommand } from './cli-command.ts';
import { kqlOptions } from './completion.ts';
import { moveCell } from './grid-model.ts';
import { marksFrom } from './marks.ts';
import { statementAt, statements } from './statement.ts';

const schema: QuerySchema = {
  tables: [
    { name: 'A_CL', columns: [{ name: 'Actor', type: 'string' }] },
    { name: 'B_CL', columns: [{ name: 'Size', type: 'long' }] },
  ],
  functions: ['ago'],
  aggregates: ['count'],
  operators: ['where', 'summarize'],
};
const labels = (text: string) => kqlOptions(text, text.length, schema)?.map((option) => option.label);

describe('completion', () => {
  test('tables first, operators after a pipe, columns of named tables after an operator', () => {
    expect(labels('')).toEqual(['A_CL', 'B_CL']);
    expect(labels('A_')).toEqual(['A_CL', 'B_CL']);
    expect(labels('A_CL | ')).toEqual(['where', 'summarize']);
    expect(labels('A_CL | wh')).toEqual(['where', 'summarize']);
    expect(labels('A_CL | where ')).toEqual(['Actor', 'ago', 'count', 'A_CL', 'B_CL']);
    expect(labels('A_CL | join ')).toEqual(['A_CL', 'B_CL']);
  });
  test('nothing inside strings and comments', () => {
    expect(labels('A_CL | where x == "ab')).not.toContain('where');
    expect(labels('A_CL // wh')).toBeUndefined();
  });
});

describe('statements', () => {
  const text = 'A\n| take 1\n\n\nlet x = 1;\n\nB | where y == x\n';
  test('blank lines divide, a semicolon joins', () => {
    expect(statements(text).map((part) => part.text)).toEqual([
      'A\n| take 1',
      'let x = 1;\n\nB | where y == x',
    ]);
    for (const part of statements(text)) expect(text.slice(part.from, part.to)).toBe(part.text);
  });
  test('the one at the cursor, or before it', () => {
    expect(statementAt(text, 3)?.text).toBe('A\n| take 1');
    expect(statementAt(text, text.indexOf('B'))?.text).toContain('where');
    expect(statementAt(text, text.length)?.text).toContain('where');
    expect(statementAt(' \n ', 0)).toBeUndefined();
  });
});

test('marks are shifted, at least one character wide, and inside the text', () => {
  const [mark, whole] = marksFrom(
    [
      { code: 'X', severity: 'error', message: 'm', hint: 'h', place: { start: 4, end: 4 } },
      { code: 'Y', severity: 'warning', message: 'w' },
    ],
    10,
    8,
  );
  expect(mark).toEqual({ from: 14, to: 15, severity: 'error', message: 'm h' });
  expect(whole).toMatchObject({ from: 10, to: 18 });
});

test('moves stay in the grid', () => {
  const last = { row: 9, column: 2 };
  expect(moveCell('ArrowUp', false, { row: 0, column: 1 }, last, 5)).toEqual({ row: -1, column: 1 });
  expect(moveCell('ArrowUp', false, { row: -1, column: 1 }, last, 5)).toEqual({ row: -1, column: 1 });
  expect(moveCell('PageDown', false, { row: 7, column: 0 }, last, 5)).toEqual({ row: 9, column: 0 });
  expect(moveCell('End', true, { row: 0, column: 0 }, last, 5)).toEqual(last);
  expect(moveCell('x', false, { row: 0, column: 0 }, last, 5)).toBeUndefined();
});

test('a command for the shell survives quotes', () => {
  expect(
    cliCommand("T | where a == 'x'", { from: '2026-11-19T12:00:00.000Z', to: '2026-11-20T12:00:00.000Z' }),
  ).toBe(
    "sluice query 'T | where a == '\\''x'\\''' --from 2026-11-19T12:00:00.000Z --to 2026-11-20T12:00:00.000Z",
  );
  expect(cliCommand('T', {})).toBe("sluice query 'T'");
});

test('render timechart splits by the string column', () => {
  const columns = [
    { name: 'TimeGenerated', type: 'datetime' },
    { name: 'who', type: 'string' },
    { name: 'n', type: 'long' },
  ];
  const rows = [
    ['2026-11-20T01:00:00Z', 'a', 2],
    ['2026-11-20T00:00:00Z', 'a', 1],
    ['2026-11-20T01:00:00Z', 'b', 9],
  ];
  const chart = chartOf(
    'T | summarize n=count() by bin(TimeGenerated, 1h), who | render timechart',
    columns,
    rows,
  );
  expect(chart?.series.map((item) => [item.legend, item.values])).toEqual([
    ['b', [0, 9]],
    ['a', [1, 2]],
  ]);
  expect(chart?.binMinutes).toBe(60);
  expect(chartOf('T | take 1', columns, rows)).toBeUndefined();
});
