import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../core/entry.ts';
import { startTestEngine, type TestEngine } from '../engine/testing/engine.ts';
import { compileKql } from './compile.ts';
import { toCell } from './result.ts';
import { sampleTables } from './testing/run.ts';

const folder = join(projectRoot(), 'testdata', 'kql');
/** RECORD=1 writes output files anew; results always come from the engine. */
const record = process.env.RECORD === '1';

let test: TestEngine;
beforeAll(async () => {
  test = await startTestEngine();
});
afterAll(() => test.close());

function check(file: string, actual: string): void {
  if (record) writeFileSync(file, actual);
  expect(actual).toBe(readFileSync(file, 'utf8'));
}

function compileCase(name: string) {
  const text = readFileSync(join(folder, name, 'input.kql'), 'utf8');
  const transform = text.startsWith('source');
  const [events] = sampleTables;
  if (!events) throw new Error('no sample table');
  const source = { ...events, name: 'source', carried: ['TimeGenerated'] };
  return compileKql(
    transform
      ? {
          text,
          mode: 'transform',
          tables: [{ ...source, columns: source.columns.slice(1) }],
          nowSql: '"TimeGenerated"',
        }
      : { text, mode: 'query', tables: sampleTables, maxRows: 1000 },
  );
}

describe('goldens: input, SQL and the result of running it', () => {
  for (const name of readdirSync(folder).sort()) {
    it(name, async () => {
      const compiled = compileCase(name);
      const errorFile = join(folder, name, 'error.txt');
      if (!compiled.ok) {
        if (!record && !existsSync(errorFile)) expect(compiled.diagnostics).toEqual([]);
        const lines = compiled.diagnostics
          .filter((d) => d.severity === 'error')
          .map((d) => `${d.place?.line ?? 0}:${d.place?.column ?? 0} ${d.code} ${d.message}\n`);
        return check(errorFile, lines.join(''));
      }
      check(join(folder, name, 'output.sql'), `${compiled.sql}\n`);
      const result = await test.engine.query(compiled.sql);
      const rows = result.rows.map((row) => compiled.columns.map((c, i) => toCell(c.type, row[i])));
      const ordered = /\b(sort|order|top)\b[^|]*$/.test(
        readFileSync(join(folder, name, 'input.kql'), 'utf8'),
      );
      const lines = rows.map((row) => JSON.stringify(row));
      const shown = ordered ? lines : lines.sort();
      const columns = compiled.columns.map((c) => `${c.name}:${c.type}`);
      check(join(folder, name, 'output.json'), `${JSON.stringify(columns)}\n${shown.join('\n')}\n`);
    });
  }
});
