import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine, type TestEngine } from '../engine/testing/engine.ts';
import { quoteName, quoteString } from './clickhouse/literal.ts';
import { compileKql } from './compile.ts';
import { runKql } from './testing/run.ts';

let test: TestEngine;
beforeAll(async () => {
  test = await startTestEngine();
});
afterAll(() => test.close());

const hostile = [
  "'; DROP TABLE x; --",
  '\\',
  "\\'",
  'a\nb',
  '\u0000',
  '\u0001t1."a"\u0002',
  '*/ 1 /*',
  '{p:String}',
  "$$'$$",
  '%_',
  'é😀',
  ';',
];

/** A KQL string literal of any text. */
function kqlString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

describe('text that a user wrote', () => {
  it('comes back from the engine unchanged', async () => {
    for (const text of hostile.filter((t) => !t.includes('\u0000'))) {
      const answer = await runKql(
        test.engine,
        `print a = ${kqlString(text)}, b = strlen(${kqlString(text)})`,
      );
      expect(answer.rows).toEqual([[text, [...text].length]]);
    }
  });

  it('never ends a literal, a name or the statement', () => {
    const texts = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(texts, (text) => {
        expect(quoteString(text)).toMatch(/^'(?:[^'\\;\u0000-\u001f]|\\[\s\S])*'$/);
        expect(quoteName(text)).toMatch(/^"(?:[^"\\;\u0000-\u001f]|\\[\s\S])*"$/);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('makes one statement without separator, also in names, patterns and JSON', () => {
    const evil = "x'; SELECT 1; --";
    const queries = [
      `print ['${evil.replace(/'/g, '')}'] = 1`,
      `print a = extract(${kqlString(evil)}, 0, ${kqlString(evil)})`,
      `print a = dynamic({${kqlString(evil)}: ${kqlString(evil)}}), b = trim(${kqlString(evil)}, "x")`,
      `print a = "q" | where a has ${kqlString(evil)} or a in (${kqlString(evil)}) | parse a with ${kqlString(evil)} b`,
    ];
    for (const text of queries) {
      const compiled = compileKql({ text, mode: 'query', tables: [] });
      expect(compiled.ok && compiled.sql).toMatch(/^SELECT [^;]*$/);
    }
  });
});
