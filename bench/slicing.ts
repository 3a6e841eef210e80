import { parseJsonPath } from '../src/core/json-path.ts';
import { openJson, sliceRecords } from '../src/core/json-slice.ts';
import { auditRecord } from './records.ts';
import { paired } from './rounds.ts';
import type { BenchRow } from './run.ts';

/** Records out of a page: byte slices against parsing the page and writing each record again. */
export async function slicing(): Promise<BenchRow[]> {
  const page = Buffer.from(
    JSON.stringify({ total: 1, records: Array.from({ length: 5_000 }, (_, n) => auditRecord(n)) }),
  );
  const paths = [parseJsonPath('$.records')];
  const result = await paired(
    9,
    () => sliceRecords(openJson(page), paths),
    () =>
      (JSON.parse(page.toString('utf8')) as { records: unknown[] }).records.map((record) =>
        Buffer.from(JSON.stringify(record)),
      ),
  );
  const mbPerSecond = (ms: number) => (page.length / 1e6 / (ms / 1e3)).toFixed(0);
  return [
    {
      name: 'records out of a page',
      compares: 'JSON.parse + JSON.stringify time to slicing time (slicing keeps every byte, and validates)',
      ratio: result.other / result.ours,
      floor: 0.25,
      figures: `slicing ${mbPerSecond(result.ours)} MB/s, parse and write ${mbPerSecond(result.other)} MB/s`,
    },
  ];
}
