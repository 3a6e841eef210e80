import type { z } from 'zod';
import type { RebuildReport } from '../../api/schemas.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { note, printResult } from '../output.ts';

type Report = z.output<typeof RebuildReport>;

function reportText(report: Report): string {
  const head = `Read ${report.segments} segments, added ${report.rows} rows and ${report.rejected} rejected records.`;
  const problems = report.problems.map((p) => `  ${p.segmentId} flow ${p.flow}: ${p.message} [${p.code}]`);
  return `${[head, ...problems].join('\n')}\n`;
}

export const tableRebuild: CommandSpec = {
  group: 'table',
  create: (cli) =>
    onRun(
      command('rebuild', 'Insert what the tables lack, from the archive alone; rows that are there stay'),
      cli,
      async ({ io, json, client }) => {
        if (!json) note(io, 'Reading the archive …');
        const report = await client().call<Report>('/tables:rebuild', { method: 'POST' });
        await printResult(io, json, report, () => reportText(report));
        return report.problems.length > 0 ? 1 : 0;
      },
    ),
};
