import type { z } from 'zod';
import type { Table } from '../../api/schemas.ts';
import { segment } from '../client.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { numberAtLeast } from '../connection-options.ts';
import { printResult } from '../output.ts';

export const tableRetention: CommandSpec = {
  group: 'table',
  create: (cli) => {
    const self = command('retention', 'Set for how many days a table keeps its rows; the archive stays')
      .argument('<table>', 'name of the table')
      .argument('<days>', '1 to 3650', numberAtLeast(1));
    return onRun(self, cli, async ({ io, json, client, args: [name = '', days] }) => {
      const body = { retentionDays: Number(days) };
      const table = await client().call<z.output<typeof Table>>(`/tables/${segment(name)}`, {
        method: 'PATCH',
        body,
      });
      await printResult(io, json, table, () => `${table.name} keeps rows for ${table.retentionDays} days.\n`);
      return 0;
    });
  },
};
