import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine, type TestEngine } from '../engine/testing/engine.ts';
import { compileKql } from './compile.ts';
import { toCell } from './result.ts';
import { sharedFolder } from './testing/run.ts';

/** Documented examples that pass at least; raise it when more do. */
const floor = 179;
/** Examples that compile and give another result, with the reason. A wrong answer is worse than a refusal: keep it short. */
const knownWrong: Readonly<Record<string, string>> = {};

interface Case {
  readonly id: string;
  readonly query: string;
  readonly area: string;
}
interface Scores {
  readonly total: number;
  readonly passed: number;
  readonly areas: Readonly<Record<string, { readonly total: number; readonly passed: number }>>;
}
interface Comparator {
  loadCases(file: string): readonly Case[];
  compare(testCase: Case, result: unknown): { readonly ok: boolean; readonly reason?: string };
  scoreResults(cases: readonly Case[], results: readonly unknown[]): Scores;
}

let test: TestEngine;
beforeAll(async () => {
  test = await startTestEngine();
});
afterAll(() => test.close());

async function run(testCase: Case): Promise<{ id: string } & Record<string, unknown>> {
  const compiled = compileKql({ text: testCase.query, mode: 'query', tables: [] });
  if (!compiled.ok) {
    const codes = compiled.diagnostics.filter((d) => d.severity === 'error').map((d) => d.code);
    return { id: testCase.id, error: codes.join(' '), refused: true };
  }
  try {
    const result = await test.engine.query(compiled.sql);
    const rows = result.rows.map((row) => compiled.columns.map((c, i) => toCell(c.type, row[i])));
    return { id: testCase.id, columns: compiled.columns, rows };
  } catch (error) {
    return { id: testCase.id, error: String(error) };
  }
}

const shared = sharedFolder();

describe.skipIf(!shared)('conformance with the documented examples', () => {
  it(`passes at least ${floor}, and gives no wrong answer that is not known`, {
    timeout: 120_000,
  }, async () => {
    const folder = join(shared ?? '', 'kql');
    const comparator = (await import(join(folder, 'compare.mjs'))) as Comparator;
    const cases = comparator.loadCases(join(folder, 'conformance.jsonl'));
    const results: Awaited<ReturnType<typeof run>>[] = [];
    for (const testCase of cases) results.push(await run(testCase));
    const scores = comparator.scoreResults(cases, results);
    const areas = Object.entries(scores.areas).map(([area, s]) => `${area} ${s.passed}/${s.total}`);
    console.log(`conformance: ${scores.passed}/${scores.total}; ${areas.join(', ')}`);
    const unexpected = cases.flatMap((c, i) => {
      const result = results[i];
      if (!result || result.refused || knownWrong[c.id]) return [];
      const verdict = comparator.compare(c, result);
      return verdict.ok ? [] : [`${c.id}: ${verdict.reason ?? ''} ${String(result.error ?? '')}`];
    });
    expect(unexpected).toEqual([]);
    expect(results.filter((r) => r.refused && !/^(KQL_[A-Z_]+ ?)+$/.test(String(r.error)))).toEqual([]);
    expect(results.filter((r) => r.refused && String(r.error).includes('KQL_INTERNAL'))).toEqual([]);
    expect(scores.passed).toBeGreaterThanOrEqual(floor);
  });
});
