import type { z } from 'zod';
import type { SchemaDrift } from '../../api/schemas.ts';
import { segment } from '../client.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { printResult } from '../output.ts';
import { printable } from '../printable.ts';

type Drift = z.output<typeof SchemaDrift>;
type Stream = Drift['streams'][number];

function streamText(s: Stream): string {
  if (s.records === 0) return `${s.stream}: no records in the archive yet\n`;
  const lines = [
    `${s.stream}: ${s.records} records of ${s.segments} segments, the newest of ${s.newest}`,
    ...s.undeclared.map((f) => `  not declared: ${f.field} (${f.types.join(', ')}), in ${f.seen} records`),
    ...s.alwaysNull.map((c) => `  always null:  ${c.column} (${c.type})`),
  ];
  if (lines.length === 1) lines.push('  every field is declared, every declared column has values');
  // Names of fields come from the service.
  return `${lines.map(printable).join('\n')}\n`;
}

export const connectorDrift: CommandSpec = {
  group: 'connector',
  create: (cli) => {
    const self = command(
      'drift',
      'Compare the newest archived records with what the connector declares',
    ).argument('<id>', 'id of the connector');
    return onRun(self, cli, async ({ io, json, client, args: [id = ''] }) => {
      const drift = await client().call<Drift>(`/definitions/${segment(id)}/drift`);
      await printResult(io, json, drift, () => drift.streams.map(streamText).join(''));
      return 0;
    });
  },
};
