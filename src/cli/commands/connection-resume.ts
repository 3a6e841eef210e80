import type { z } from 'zod';
import type { Connection } from '../../api/schemas.ts';
import { segment } from '../client.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { printResult } from '../output.ts';

export const connectionResume: CommandSpec = {
  group: 'connection',
  create: (cli) =>
    onRun(
      command('resume', 'Go on polling where the connection stopped').argument('<name>', 'name or id'),
      cli,
      async ({ io, json, client, args: [name = ''] }) => {
        const path = `/connections/${segment(name)}:resume`;
        const connection = await client().call<z.output<typeof Connection>>(path, { method: 'POST' });
        await printResult(io, json, connection, () => `${connection.name} is ${connection.state}.\n`);
        return 0;
      },
    ),
};
