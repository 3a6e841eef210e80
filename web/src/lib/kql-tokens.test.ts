import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filtersTime, tablesIn, tokenizeKql } from './kql-tokens.ts';

const kinds = (source: string) =>
  tokenizeKql(source).map((token) => `${token.kind}:${source.slice(token.from, token.to)}`);

describe('tokenizeKql', () => {
  test('colours a usual query', () => {
    expect(kinds('T_CL\n| where a == "x" and ago(1d) < t // why')).toEqual([
      'identifier:T_CL',
      'operator:|',
      'keyword:where',
      'identifier:a',
      'operator:==',
      'string:"x"',
      'keyword:and',
      'function:ago',
      'punctuation:(',
      'number:1d',
      'punctuation:)',
      'operator:<',
      'identifier:t',
      'comment:// why',
    ]);
  });

  test('keeps operators with a dash and negated words together', () => {
    expect(kinds('x | mv-expand y | where z !in (1)')).toContain('keyword:mv-expand');
    expect(kinds('x | where z !contains "a"')).toContain('keyword:!contains');
    expect(kinds('a-b')).toEqual(['identifier:a', 'operator:-', 'identifier:b']);
  });

  test('a string without an end stops at the line, a verbatim one does not escape', () => {
    expect(kinds('"abc\nT')).toEqual(['string:"abc', 'identifier:T']);
    expect(kinds('@"c:\\"')).toEqual(['string:@"c:\\"']);
    expect(kinds('```a\nb``` x')).toEqual(['string:```a\nb```', 'identifier:x']);
  });

  test('law: tokens lie in order, do not overlap, and leave only blanks out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (source) => {
        let at = 0;
        for (const token of tokenizeKql(source)) {
          expect(token.from).toBeGreaterThanOrEqual(at);
          expect(source.slice(at, token.from).trim()).toBe('');
          expect(token.to).toBeGreaterThan(token.from);
          at = token.to;
        }
        expect(source.slice(at).trim()).toBe('');
      }),
      { seed: 7 },
    );
  });
});

describe('what the text tells', () => {
  test('tables are found as names, not inside strings or comments', () => {
    expect(
      tablesIn('A_CL | join (B_CL) on x // C_CL\n| where y == "D_CL"', ['A_CL', 'B_CL', 'C_CL', 'D_CL']),
    ).toEqual(['A_CL', 'B_CL']);
  });

  test.each([
    ['T | where TimeGenerated > ago(1h)', true],
    ['T | where TimeGenerated between (ago(2d) .. now())', true],
    ['T | summarize max(TimeGenerated)', false],
    ['T | sort by TimeGenerated desc', false],
    ['T // where TimeGenerated > ago(1h)', false],
    ['T | where x == "TimeGenerated > 1"', false],
  ])('%s filters time: %s', (query, expected) => {
    expect(filtersTime(query)).toBe(expected);
  });
});
