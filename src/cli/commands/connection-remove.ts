import { segment } from '../client.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { note, printResult } from '../output.ts';
import { confirm } from '../prompt.ts';

export const connectionRemove: CommandSpec = {
  group: 'connection',
  create: (cli) =>
    onRun<{ yes?: boolean }>(
      command('remove', 'Remove a connection and its secrets; archive and tables stay')
        .argument('<name>', 'name or id')
        .option('-y, --yes', 'do not ask'),
      cli,
      async ({ io, json, client, options, args: [name = ''] }) => {
        const api = client();
        // Asked for first: a name that does not exist needs no confirmation.
        await api.call(`/connections/${segment(name)}`);
        if (!(await confirm(io, `Remove the connection ${name}? Its collected data stays.`, options.yes))) {
          note(io, 'Nothing was removed.');
          return exitCodes.refused;
        }
        await api.call(`/connections/${segment(name)}`, { method: 'DELETE' });
        await printResult(io, json, { removed: name }, () => `${name} is removed.\n`);
        return exitCodes.ok;
      },
    ),
};
