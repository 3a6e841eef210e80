import { Option } from 'commander';
import type { z } from 'zod';
import type { Token } from '../../api/schemas.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { numberAtLeast } from '../connection-options.ts';
import { note, printResult } from '../output.ts';

interface Flags {
  readonly role: string;
  readonly expiresInDays?: number;
}

export const tokenCreate: CommandSpec = {
  group: 'token',
  create: (cli) =>
    onRun<Flags>(
      command('create', 'Create an API token; its text is printed once, alone on stdout')
        .argument('<name>', 'what it is for')
        .addOption(
          new Option('--role <role>', 'what it may do')
            .choices(['viewer', 'editor', 'admin'])
            .default('viewer'),
        )
        .option('--expires-in-days <n>', 'ends by itself after this long', numberAtLeast(1)),
      cli,
      async ({ io, json, client, options, args: [name = ''] }) => {
        const { role, expiresInDays } = options;
        const body = { name, role, ...(expiresInDays === undefined ? {} : { expiresInDays }) };
        const token = await client().call<z.output<typeof Token>>('/tokens', { body });
        if (!json)
          note(
            io,
            `Token ${token.id} (${token.role}), expires: ${token.expiresAt ?? 'never'}. It is not shown again.`,
          );
        await printResult(io, json, token, () => `${token.token}\n`);
        return 0;
      },
    ),
};
