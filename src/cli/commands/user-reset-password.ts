import type { z } from 'zod';
import type { NewPassword } from '../../api/schemas.ts';
import { segment } from '../client.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { note, printResult } from '../output.ts';

export const userResetPassword: CommandSpec = {
  group: 'user',
  create: (cli) =>
    onRun(
      command(
        'reset-password',
        'Give a user a new generated password; it is printed once, alone on stdout',
      ).argument('[name]', 'who signs in', 'admin'),
      cli,
      async ({ io, json, client, args: [name = 'admin'] }) => {
        const path = `/users/${segment(name)}:reset-password`;
        const answer = await client().call<z.output<typeof NewPassword>>(path, { method: 'POST' });
        if (!json)
          note(io, `New password of ${answer.name}; open sessions have ended. It is not shown again.`);
        await printResult(io, json, answer, () => `${answer.password}\n`);
        return 0;
      },
    ),
};
