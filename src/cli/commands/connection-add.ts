import type { z } from 'zod';
import type { Connection, DefinitionDetail, InputFieldDto, TestResult } from '../../api/schemas.ts';
import { segment } from '../client.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { addConnectionFlags, type ConnectionFlags, toConnectionOptions } from '../connection-options.ts';
import { exitCodes } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { printResult } from '../output.ts';
import { type Parameters, readParameters } from '../parameters.ts';
import { ask, canAsk } from '../prompt.ts';
import { renderTest } from './connection-test.ts';

type Field = z.output<typeof InputFieldDto>;
interface Flags extends ConnectionFlags {
  readonly name?: string;
  readonly dryRun?: boolean;
}

function question(field: Field): string {
  const choices = field.options ? ` (${field.options.map((o) => o.key).join(', ')})` : '';
  const example = field.placeholder ? ` e.g. ${field.placeholder}` : '';
  const fallback = field.defaultValue === undefined ? '' : ` [${field.defaultValue}]`;
  return `${field.label || field.name}${choices}${example}${fallback}:`;
}

/** Asks for what was not given; without a terminal the server names what is missing. */
async function askMissing(io: CliIo, fields: readonly Field[], given: Parameters): Promise<Parameters> {
  const parameters = { ...given };
  if (!canAsk(io)) return parameters;
  const known = new Set(Object.keys(given).map((name) => name.toLowerCase()));
  for (const field of fields.filter((f) => !known.has(f.name.toLowerCase()) && (f.declared || f.required))) {
    let answer = '';
    do {
      answer = (await ask(io, question(field), { hidden: field.masked })).trim();
    } while (answer === '' && field.required && field.defaultValue === undefined);
    if (answer !== '')
      parameters[field.name] = field.kind === 'multiselect' ? answer.split(/\s*,\s*/) : answer;
  }
  return parameters;
}

function defaultName(id: string): string {
  const name = id
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '');
  return name.slice(0, 60) || 'connection';
}

export const connectionAdd: CommandSpec = {
  group: 'connection',
  create: (cli) =>
    onRun<Flags>(
      addConnectionFlags(
        command('add', 'Connect a connector; asks for missing inputs on a terminal')
          .argument('<definition>', 'id of the connector, see `sluice connector list`')
          .option('--name <name>', 'name of the connection; default: from the connector')
          .option('--dry-run', 'send the first request and show what comes back, save nothing'),
      ),
      cli,
      async ({ io, json, client, options, args: [id = ''] }) => {
        const definition = await client().call<z.output<typeof DefinitionDetail>>(
          `/definitions/${segment(id)}`,
        );
        const given = await readParameters(options.parameters ?? []);
        const body = {
          definitionId: definition.id,
          name: options.name ?? defaultName(definition.id),
          parameters: await askMissing(io, definition.inputs, given),
          ...(options.start === undefined ? {} : { start: options.start }),
          options: toConnectionOptions(options),
        };
        if (options.dryRun) {
          const result = await client().call<z.output<typeof TestResult>>('/connections:test', { body });
          await printResult(io, json, result, () => renderTest(result));
          return result.ok ? exitCodes.ok : exitCodes.failed;
        }
        const made = await client().call<z.output<typeof Connection>>('/connections', { body });
        const next = made.nextRunAt
          ? `First run at ${made.nextRunAt}.`
          : `Start it with \`sluice connection run ${made.name}\`.`;
        await printResult(
          io,
          json,
          made,
          () => `${made.name} is connected to ${made.definitionTitle}. ${next}\n`,
        );
        return exitCodes.ok;
      },
    ),
};
