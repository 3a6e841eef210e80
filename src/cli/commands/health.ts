import type { z } from 'zod';
import type { Health } from '../../api/schemas.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { printResult } from '../output.ts';
import { formatBytes, formatSeconds } from '../quantities.ts';
import { renderFields } from '../table.ts';

type Value = z.output<typeof Health>;

function render(h: Value): string {
  const { ok, failing, paused, running } = h.connections;
  return renderFields([
    ['status', h.status],
    ['version', h.version],
    ['up', formatSeconds(h.uptimeSeconds)],
    [
      'engine',
      `${h.engine.state}, ${h.engine.restarts} restarts${h.engine.lastError ? `, last error: ${h.engine.lastError}` : ''}`,
    ],
    [
      'disk',
      `${formatBytes(h.disk.freeBytes)} free of ${formatBytes(h.disk.totalBytes)}${h.disk.collectionPaused ? ', collection paused' : ''}`,
    ],
    ['connections', `${ok} ok, ${failing} failing, ${paused} paused, ${running} running`],
    ['inserts', `${h.outbox.pending} pending, ${h.outbox.failed} failed`],
    ...h.alerts.map((a): [string, string] => ['alert', `${a.message} Since ${a.since}.`]),
    ['data folder', h.dataFolder],
  ]);
}

export const health: CommandSpec = {
  create: (cli) =>
    onRun(
      command('health', 'Show the health of the server; exit code 1 when it is failing'),
      cli,
      async ({ io, json, client }) => {
        const value = await client().call<Value>('/health');
        await printResult(io, json, value, () => render(value));
        return value.status === 'failing' ? exitCodes.failed : exitCodes.ok;
      },
    ),
};
