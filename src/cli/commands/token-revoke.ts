import { segment } from '../client.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { printResult } from '../output.ts';

export const tokenRevoke: CommandSpec = {
  group: 'token',
  create: (cli) =>
    onRun(
      command('revoke', 'End an API token at once').argument('<id>', 'see `sluice token list`'),
      cli,
      async ({ io, json, client, args: [id = ''] }) => {
        await client().call(`/tokens/${segment(id)}`, { method: 'DELETE' });
        await printResult(io, json, { revoked: id }, () => `Token ${id} is revoked.\n`);
        return 0;
      },
    ),
};
