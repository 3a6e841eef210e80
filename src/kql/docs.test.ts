import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kqlDocs, kqlDocsFile } from '../../scripts/write-kql-docs.ts';

test('docs/kql.md says what the compiler supports', () => {
  expect(readFileSync(kqlDocsFile, 'utf8'), 'run `npx tsx scripts/write-kql-docs.ts`').toBe(kqlDocs());
});
