import type { z } from 'zod';
import type { Connection } from '../../api/schemas.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { printResult } from '../output.ts';
import { formatSeconds } from '../quantities.ts';
import { renderTable } from '../table.ts';

type Item = z.output<typeof Connection>;

/** The poller that is furthest behind decides. */
export function behindText(connection: Item): string {
  const known = connection.pollers.map((p) => p.behindSeconds).filter((s) => s !== null);
  return known.length === 0 ? '' : formatSeconds(Math.max(...known));
}

export const connectionList: CommandSpec = {
  group: 'connection',
  create: (cli) =>
    onRun(command('list', 'List the connections and their state'), cli, async ({ io, json, client }) => {
      const { items } = await client().call<{ items: Item[] }>('/connections');
      const head = ['NAME', 'CONNECTOR', 'STATE', 'BEHIND', 'LAST DATA', 'WHY'];
      const rows = items.map((c) => [
        c.name,
        c.definitionTitle,
        c.state,
        behindText(c),
        c.lastDataAt ?? 'never',
        c.stateReason,
      ]);
      await printResult(io, json, { items }, () => renderTable(head, rows));
      return 0;
    }),
};
