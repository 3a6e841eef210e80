import type { z } from 'zod';
import type { Token } from '../../api/schemas.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { printResult } from '../output.ts';
import { renderTable } from '../table.ts';

export const tokenList: CommandSpec = {
  group: 'token',
  create: (cli) =>
    onRun(command('list', 'List the API tokens'), cli, async ({ io, json, client }) => {
      const { items } = await client().call<{ items: z.output<typeof Token>[] }>('/tokens');
      const rows = items.map((t) => [
        t.id,
        t.name,
        t.role,
        t.createdAt,
        t.lastUsedAt ?? 'never',
        t.expiresAt ?? 'never',
      ]);
      await printResult(io, json, { items }, () =>
        renderTable(['ID', 'NAME', 'ROLE', 'CREATED', 'LAST USED', 'EXPIRES'], rows),
      );
      return 0;
    }),
};
