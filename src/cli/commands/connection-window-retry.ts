import type { z } from 'zod';
import type { ParkedWindow } from '../../api/schemas.ts';
import { segment } from '../client.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { note, printResult } from '../output.ts';

type Item = z.output<typeof ParkedWindow>;

function resultText(window: Item): string {
  if (window.state === 'done') return `The window ${window.start} to ${window.end} is read.\n`;
  const hint = window.error.hint === undefined ? '' : `\n  ${window.error.hint}`;
  return `The window ${window.start} to ${window.end} failed again: ${window.error.message} [${window.error.code}]${hint}\n`;
}

export const connectionWindowRetry: CommandSpec = {
  group: 'connection',
  create: (cli) =>
    onRun(
      command('window-retry', 'Read a parked window again; nothing is delivered twice').argument(
        '<id>',
        'see `sluice connection windows NAME`',
      ),
      cli,
      async ({ io, json, client, args: [id = ''] }) => {
        if (!json) note(io, 'Reading the window …');
        const window = await client().call<Item>(`/windows/${segment(id)}:retry`, { method: 'POST' });
        await printResult(io, json, window, () => resultText(window));
        return window.state === 'done' ? exitCodes.ok : exitCodes.failed;
      },
    ),
};
