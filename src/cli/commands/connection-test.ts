import type { z } from 'zod';
import type { TestResult } from '../../api/schemas.ts';
import { segment } from '../client.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { printResult } from '../output.ts';
import { printable } from '../printable.ts';
import { plural } from '../quantities.ts';

type Result = z.output<typeof TestResult>;

function requestLines(r: Result['requests'][number]): string[] {
  const lines = [
    `${r.error ? '✗' : '✓'} ${r.poller}: ${r.method} ${r.url} → ${r.status ?? 'no answer'} in ${r.durationMs} ms, ${plural(r.records, 'record')}`,
  ];
  if (r.error) lines.push(`  ${r.error.message} [${r.error.code}]`);
  if (r.error?.hint) lines.push(`  fix: ${r.error.hint}`);
  return [...lines, ...r.sample.slice(0, 1).map((s) => `  first record: ${s.slice(0, 300)}`)].map(printable);
}

export function renderTest(result: Result): string {
  const lines = result.requests.flatMap(requestLines);
  return `${[...lines, result.ok ? 'The connection works.' : 'The connection does not work.'].join('\n')}\n`;
}

export const connectionTest: CommandSpec = {
  group: 'connection',
  create: (cli) =>
    onRun(
      command(
        'test',
        'Send the first request of a connection and show what came back; stores nothing',
      ).argument('<name>', 'name or id'),
      cli,
      async ({ io, json, client, args: [name = ''] }) => {
        const result = await client().call<Result>(`/connections/${segment(name)}:test`, { method: 'POST' });
        await printResult(io, json, result, () => renderTest(result));
        return result.ok ? exitCodes.ok : exitCodes.failed;
      },
    ),
};
