import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasSecondStatement, statementKind } from './sql-scan.ts';

describe('hasSecondStatement', () => {
  it.each([
    'SELECT 1',
    'SELECT 1;',
    'SELECT 1 ; -- done ; here\n /* and ; here */ ;',
    "SELECT 'a;b', 'it''s;', 'back\\';slash'",
    'SELECT `a;b`, "c;d"',
    'SELECT $tag$ a ; b $tag$, $$;$$',
    'SELECT 1 -- ; DROP TABLE t',
    'SELECT ‘a;b’, “c;d”',
  ])('takes %s as one statement', (sql) => {
    expect(hasSecondStatement(sql)).toBe(false);
  });

  it.each([
    'SELECT 1; DROP TABLE t',
    "SELECT 'a'; SELECT 'b'",
    "SELECT 'a\\\\'; DROP TABLE t",
    'SELECT 1 /* a /* b */ ; DROP TABLE t -- */',
    'SELECT $x$ a $y$ b $x$; DROP TABLE t',
    'SELECT 1;;SELECT 2',
    '; SELECT 1',
    "SELECT “'” ; DROP TABLE t --'",
  ])('refuses %s', (sql) => {
    expect(hasSecondStatement(sql)).toBe(true);
  });

  it('finds a second statement after any quoted text', () => {
    const quoted = fc.string().map((text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`);
    fc.assert(
      fc.property(quoted, (literal) => {
        expect(hasSecondStatement(`SELECT ${literal}`)).toBe(false);
        expect(hasSecondStatement(`SELECT ${literal}; SELECT 2`)).toBe(true);
      }),
      { seed: 20261127 },
    );
  });
});

describe('statementKind', () => {
  it.each([
    ['/*sluice:a*/ insert into t select 1', 'INSERT'],
    ['-- note\n  SELECT 1', 'SELECT'],
    ['(SELECT 1)', ''],
    ['', ''],
  ])('reads %s as %s', (sql, kind) => {
    expect(statementKind(sql)).toBe(kind);
  });
});
