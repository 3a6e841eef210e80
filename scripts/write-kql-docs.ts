/** Writes docs/kql.md from the compiler's registries: `npx tsx scripts/write-kql-docs.ts`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../src/core/entry.ts';
import { supportedKql } from '../src/kql/supported.ts';

export const kqlDocsFile = join(projectRoot(), 'docs', 'kql.md');

const names = (list: readonly string[]) => list.map((name) => `\`${name}\``).join(', ');

/** The page as it should be. */
export function kqlDocs(): string {
  const { operators, functions, aggregates } = supportedKql();
  return `# Supported KQL

Queries and transforms are parsed and bound by Microsoft's own KQL parser and compiled to ClickHouse SQL. What is not listed here is
refused with a code, the place in the text and a hint; nothing is guessed. This page is generated from the compiler.

Transforms (\`transformKql\` of a DCR) allow row-wise operators only; \`now()\` in them is the record's receive time, so that a rebuilt
table has the same rows. Results of documented examples: \`src/kql/conformance.test.ts\`.

## Tabular operators (${operators.length})

${names(operators)}

## Scalar functions (${functions.length})

${names(functions)}

## Aggregation functions (${aggregates.length})

${names(aggregates)}
`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await writeFile(kqlDocsFile, kqlDocs());
}
