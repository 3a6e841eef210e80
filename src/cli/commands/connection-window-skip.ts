import type { z } from 'zod';
import type { ParkedWindow } from '../../api/schemas.ts';
import { segment } from '../client.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { printResult } from '../output.ts';

export const connectionWindowSkip: CommandSpec = {
  group: 'connection',
  create: (cli) =>
    onRun<{ note: string }>(
      command('window-skip', 'Give a parked window up; who, when and why stay on record')
        .argument('<id>', 'see `sluice connection windows NAME`')
        .requiredOption('--note <text>', 'why the window is given up'),
      cli,
      async ({ io, json, client, options, args: [id = ''] }) => {
        const path = `/windows/${segment(id)}:skip`;
        const window = await client().call<z.output<typeof ParkedWindow>>(path, {
          method: 'POST',
          body: { note: options.note },
        });
        const text = `The window ${window.start} to ${window.end} is skipped; it stays listed.\n`;
        await printResult(io, json, window, () => text);
        return 0;
      },
    ),
};
