import type { z } from 'zod';
import type { Table } from '../../api/schemas.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { printResult } from '../output.ts';
import { formatBytes } from '../quantities.ts';
import { renderTable } from '../table.ts';

export const tableList: CommandSpec = {
  group: 'table',
  create: (cli) =>
    onRun(
      command('list', 'List the tables with rows, size and retention'),
      cli,
      async ({ io, json, client }) => {
        const { items } = await client().call<{ items: z.output<typeof Table>[] }>('/tables');
        const head = ['TABLE', 'ROWS', 'SIZE', 'RETENTION DAYS', 'OLDEST', 'NEWEST'];
        const rows = items.map((t) => [
          t.name,
          t.rows,
          formatBytes(t.bytes),
          t.retentionDays,
          t.oldest ?? '',
          t.newest ?? '',
        ]);
        await printResult(io, json, { items }, () => renderTable(head, rows));
        return 0;
      },
    ),
};
