import { systemClock } from '../src/core/clock.ts';
import { createKqlCompiler } from '../src/kql/client.ts';
import { median, timed } from './rounds.ts';
import type { BenchRow } from './run.ts';

const query = `Events
| where TimeGenerated > ago(1d) and Name has "admin"
| extend Actor = tostring(Data.actor.name)
| summarize Count = count(), Last = max(TimeGenerated) by Actor, bin(TimeGenerated, 1h)
| top 20 by Count`;

/** A warm compilation against the first one of a process: what storing compiled SQL saves after an idle time. */
export async function compilation(): Promise<BenchRow[]> {
  const compiler = createKqlCompiler({ clock: systemClock });
  const request = {
    text: query,
    mode: 'query' as const,
    tables: [
      {
        name: 'Events',
        sql: 'sluice."Events"',
        columns: [
          { name: 'TimeGenerated', type: 'datetime' as const },
          { name: 'Name', type: 'string' as const },
          { name: 'Data', type: 'dynamic' as const },
        ],
      },
    ],
  };
  const cold = await timed(() => compiler.compile(request));
  const warm: number[] = [];
  for (let round = 0; round < 20; round += 1) warm.push(await timed(() => compiler.compile(request)));
  await compiler.close();
  const warmMs = median(warm.slice(5));
  return [
    {
      name: 'KQL compilation',
      compares: 'first compilation (process start included) to a warm one',
      ratio: cold / warmMs,
      floor: 10,
      figures: `first ${cold.toFixed(0)} ms, warm ${warmMs.toFixed(1)} ms`,
    },
  ];
}
