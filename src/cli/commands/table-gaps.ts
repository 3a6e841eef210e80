import type { z } from 'zod';
import type { TableGaps } from '../../api/schemas.ts';
import { segment } from '../client.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { numberAtLeast } from '../connection-options.ts';
import { printResult } from '../output.ts';
import { printable } from '../printable.ts';
import { renderTable } from '../table.ts';

type Gaps = z.output<typeof TableGaps>;
type Bin = Gaps['bins'][number];

interface Range {
  readonly from?: string;
  readonly to?: string;
  readonly bin?: number;
}

/** Bins in a row with the same state are one line. */
function stretches(gaps: Gaps): (readonly [string, string, string, number])[] {
  const groups: Bin[][] = [];
  for (const bin of gaps.bins) {
    const last = groups.at(-1);
    if (last?.[0]?.state === bin.state) last.push(bin);
    else groups.push([bin]);
  }
  return groups.map((group, index) => {
    const rows = group.reduce((sum, bin) => sum + bin.rows, 0);
    return [group[0]?.at ?? '', groups[index + 1]?.[0]?.at ?? gaps.to, group[0]?.state ?? '', rows];
  });
}

function render(gaps: Gaps): string {
  const notes = [
    ...gaps.withoutWindows.map((name) => `${name} goes by a cursor: nothing is known per time.`),
    ...gaps.pollers.flatMap((p) =>
      p.parked.map((w) => `${p.connection}/${p.poller}: parked window ${w.from} to ${w.to}`),
    ),
    ...(gaps.pendingInserts > 0 ? [`${gaps.pendingInserts} inserts wait; their rows are not counted.`] : []),
  ];
  const table = renderTable(['FROM', 'TO', 'STATE', 'ROWS'], stretches(gaps));
  return notes.length === 0 ? table : `${table}${notes.map(printable).join('\n')}\n`;
}

export const tableGaps: CommandSpec = {
  group: 'table',
  create: (cli) => {
    const self = command('gaps', 'Show what was collected when, and what was not')
      .argument('<table>', 'name of the table')
      .option('--from <time>', 'ISO time; default: seven days back')
      .option('--to <time>', 'ISO time; default: now')
      .option('--bin <minutes>', 'length of a bin; default: 60', numberAtLeast(1));
    return onRun<Range>(self, cli, async ({ io, json, client, args: [name = ''], options }) => {
      const query = new URLSearchParams();
      for (const key of ['from', 'to', 'bin'] as const)
        if (options[key] !== undefined) query.set(key, String(options[key]));
      const gaps = await client().call<Gaps>(`/tables/${segment(name)}/gaps?${query}`);
      await printResult(io, json, gaps, () => render(gaps));
      return 0;
    });
  },
};
