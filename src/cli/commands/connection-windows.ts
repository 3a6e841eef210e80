import type { z } from 'zod';
import type { ParkedWindow } from '../../api/schemas.ts';
import { segment } from '../client.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { printResult } from '../output.ts';
import { renderTable } from '../table.ts';

type Item = z.output<typeof ParkedWindow>;

const head = ['ID', 'STATE', 'START', 'END', 'FAILURES', 'ERROR', 'DECIDED BY', 'NOTE'];

/** Shared by the commands that answer with windows. */
export function windowTable(items: readonly Item[]): string {
  const rows = items.map((w) => [
    w.id,
    w.state,
    w.start,
    w.end,
    String(w.failures),
    w.state === 'done' ? '' : w.error.code,
    w.decidedBy ?? '',
    w.note ?? '',
  ]);
  return renderTable(head, rows);
}

export const connectionWindows: CommandSpec = {
  group: 'connection',
  create: (cli) =>
    onRun(
      command('windows', 'List time windows that kept failing and were parked').argument(
        '<name>',
        'name or id',
      ),
      cli,
      async ({ io, json, client, args: [name = ''] }) => {
        const { items } = await client().call<{ items: Item[] }>(`/connections/${segment(name)}/windows`);
        await printResult(io, json, { items }, () =>
          items.length === 0 ? 'No window is parked.\n' : windowTable(items),
        );
        return 0;
      },
    ),
};
