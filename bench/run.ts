/**
 * `npm run bench`: each row is a ratio of two ways to do the same work, measured in one run, with the floor it must keep.
 * Ratios, because absolute figures say more about the machine than about the code. Writes bench/RESULTS.md.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../src/core/entry.ts';
import { compilation } from './compilation.ts';
import { indexing } from './indexing.ts';
import { slicing } from './slicing.ts';

export interface BenchRow {
  readonly name: string;
  /** What the ratio compares. */
  readonly compares: string;
  /** Median of the rounds. */
  readonly ratio: number;
  readonly floor: number;
  /** Absolute figures of the median round, for orientation only. */
  readonly figures: string;
}

function table(rows: readonly BenchRow[]): string {
  const lines = rows.map(
    (r) =>
      `| ${r.name} | ${r.compares} | ${r.ratio.toFixed(2)} | ${r.floor} | ${r.ratio >= r.floor ? 'kept' : '**missed**'} | ${r.figures} |`,
  );
  return ['| what | ratio of | ratio | floor | | figures |', '|---|---|---|---|---|---|', ...lines].join(
    '\n',
  );
}

const rows = [...(await slicing()), ...(await indexing()), ...(await compilation())];
const text = `# Bench results

Written by \`npm run bench\`: medians of several rounds in one run, Node ${process.versions.node}, ${process.platform} ${process.arch}.
The ratio and its floor are the promise; the figures are of one machine with two cores and only for orientation.

${table(rows)}
`;
await writeFile(join(projectRoot(), 'bench', 'RESULTS.md'), text);
console.log(text);
process.exit(rows.every((r) => r.ratio >= r.floor) ? 0 : 1);
