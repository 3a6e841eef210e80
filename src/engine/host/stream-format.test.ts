import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatOf, isJoinable, joinBlocks } from './stream-format.ts';

async function join(blocks: readonly string[], format: string): Promise<string> {
  const source = (async function* () {
    for (const block of blocks) yield Buffer.from(block);
  })();
  let text = '';
  for await (const part of joinBlocks(source, format)) text += part.toString();
  return text;
}

describe('joinBlocks', () => {
  it('keeps one header and every row', async () => {
    const rows = fc.array(fc.array(fc.integer(), { maxLength: 5 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(rows, async (blocks) => {
        const header = '["a"]\n["Int64"]\n';
        const lines = (block: readonly number[]) => block.map((value) => `[${value}]\n`).join('');
        const joined = await join(
          blocks.map((block) => header + lines(block)),
          'JSONCompactEachRowWithNamesAndTypes',
        );
        expect(joined).toBe(header + lines(blocks.flat()));
      }),
      { seed: 20261127 },
    );
  });

  it('refuses a block with another header', async () => {
    await expect(join(['["a"]\n[1]\n', '["b"]\n[1]\n'], 'JSONCompactEachRowWithNames')).rejects.toThrow(
      'different headers',
    );
    await expect(join(['["a"]'], 'JSONCompactEachRowWithNames')).rejects.toThrow('no header');
  });
});

it('reads the format from the statement, then from the request', () => {
  expect(formatOf('SELECT 1 \nFORMAT JSONCompact', 'CSV')).toBe('JSONCompact');
  expect(formatOf("SELECT 'FORMAT JSON'", 'CSV')).toBe('CSV');
  expect(isJoinable('JSONCompact')).toBe(false);
});
