import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestEngine, type TestEngine } from '../../engine/testing/engine.ts';
import { aggregates } from '../aggregates/registry.ts';
import { runKql } from '../testing/run.ts';
import { functions } from './registry.ts';

let test: TestEngine;
beforeAll(async () => {
  test = await startTestEngine();
});
afterAll(() => test.close());

const aggregateData = `datatable(n:long, s:string, d:dynamic)[
  1, "a", dynamic({"k":1}),
  2, "b", dynamic(null),
  3, "", dynamic(null),
  long(null), "a", dynamic(null)]`;

describe('examples of functions give their documented results on the engine', () => {
  for (const [name, entry] of Object.entries(functions)) {
    if (entry.examples.length === 0) continue;
    it(name, async () => {
      for (const example of entry.examples) {
        const answer = await runKql(test.engine, `print r = ${example.kql}`);
        expect([example.kql, answer.rows[0]?.[0]]).toEqual([example.kql, example.result]);
      }
    });
  }
});

describe('examples of aggregates give their documented results on the engine', () => {
  for (const [name, entry] of Object.entries(aggregates)) {
    if (entry.examples.length === 0) continue;
    it(name, async () => {
      for (const example of entry.examples) {
        const answer = await runKql(test.engine, `${aggregateData} | summarize r = ${example.kql}`);
        expect([example.kql, answer.rows[0]?.[0]]).toEqual([example.kql, example.result]);
      }
    });
  }
});
