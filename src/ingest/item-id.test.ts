import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quoteString } from '../engine/sql-text.ts';
import { startTestEngine, type TestEngine } from '../engine/testing/engine.ts';
import { itemId, itemIdSql } from './item-id.ts';

let test: TestEngine;
beforeAll(async () => {
  test = await startTestEngine();
});
afterAll(() => test.close());

const key = '00112233445566778899aabbccddeeff';
const cases = [
  { sourceIdentity: 'source-1', key, occurrence: 1, flow: 0 },
  { sourceIdentity: 'source-1', key, occurrence: 12, flow: -1 },
  { sourceIdentity: "it's \\ odd:\n\tÜ", key, occurrence: 4_294_967_295, flow: 3 },
  { sourceIdentity: '', key: 'f'.repeat(32), occurrence: 1, flow: 10 },
];

describe('_ItemId', () => {
  it.each(cases)('is the same in the engine and here: %j', async (parts) => {
    const sql = itemIdSql({
      ...parts,
      key: quoteString(parts.key),
      occurrence: `toUInt32(${parts.occurrence})`,
    });
    const { rows } = await test.engine.query(`SELECT ${sql}`);
    expect(rows[0]?.[0]).toBe(itemId(parts));
    expect(itemId(parts)).toMatch(/^[0-9a-f]{32}$/);
  });

  it('differs in every part', () => {
    const base = { sourceIdentity: 'a', key, occurrence: 1, flow: 1 };
    const others = [{ sourceIdentity: 'b' }, { key: `1${key.slice(1)}` }, { occurrence: 11 }, { flow: 11 }];
    const ids = [base, ...others.map((change) => ({ ...base, ...change }))].map(itemId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
