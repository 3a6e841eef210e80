import type { z } from 'zod';
import type { DefinitionSummary } from '../../api/schemas.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { printResult } from '../output.ts';
import { renderTable } from '../table.ts';

export const connectorList: CommandSpec = {
  group: 'connector',
  create: (cli) =>
    onRun(command('list', 'List the installed connectors'), cli, async ({ io, json, client }) => {
      const { items } = await client().call<{ items: z.output<typeof DefinitionSummary>[] }>('/definitions');
      const rows = items.map((d) => [
        d.id,
        d.title,
        d.status,
        d.connections,
        d.lastDataAt ?? 'never',
        d.tables.join(', '),
      ]);
      const head = ['ID', 'TITLE', 'STATUS', 'CONNECTIONS', 'LAST DATA', 'TABLES'];
      await printResult(io, json, { items }, () => renderTable(head, rows));
      return 0;
    }),
};
