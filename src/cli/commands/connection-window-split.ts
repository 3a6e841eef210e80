import type { z } from 'zod';
import type { ParkedWindow } from '../../api/schemas.ts';
import { segment } from '../client.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { printResult } from '../output.ts';
import { windowTable } from './connection-windows.ts';

export const connectionWindowSplit: CommandSpec = {
  group: 'connection',
  create: (cli) =>
    onRun(
      command('window-split', 'Split a parked window into two halves, to find what makes it fail').argument(
        '<id>',
        'see `sluice connection windows NAME`',
      ),
      cli,
      async ({ io, json, client, args: [id = ''] }) => {
        const path = `/windows/${segment(id)}:split`;
        const { items } = await client().call<{ items: z.output<typeof ParkedWindow>[] }>(path, {
          method: 'POST',
        });
        await printResult(io, json, { items }, () => windowTable(items));
        return 0;
      },
    ),
};
