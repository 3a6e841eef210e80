import { readFile } from 'node:fs/promises';
import { Option } from 'commander';
import type { z } from 'zod';
import type { QueryMessage } from '../../api/schemas.ts';
import { cliError, ProblemError } from '../cli-error.ts';
import type { Client } from '../client.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { numberAtLeast } from '../connection-options.ts';
import type { CliIo } from '../io.ts';
import { note, renderDiagnostics } from '../output.ts';
import { plural } from '../quantities.ts';
import { createWriter, type Format, formats, readAll } from '../result-formats.ts';

type Message = z.output<typeof QueryMessage>;
interface Flags {
  readonly from?: string;
  readonly to?: string;
  readonly maxRows?: number;
  readonly timeout?: number;
  readonly format?: Format;
  readonly file?: string;
}

async function queryText(io: CliIo, given: string | undefined, file: string | undefined): Promise<string> {
  if ((given === undefined) === (file === undefined)) {
    throw cliError(
      'USAGE',
      'Give the query as an argument, or with --file, not both',
      'Write sluice query "TABLE | take 10".',
    );
  }
  if (given !== undefined) return given;
  if (file === '-') return readAll(io);
  try {
    return await readFile(file ?? '', 'utf8');
  } catch (error) {
    throw cliError('INPUT_UNREADABLE', `The query file ${file} cannot be read`, undefined, error);
  }
}

interface Answer {
  readonly rows: number;
  readonly truncated: boolean;
  readonly elapsedMs: number;
}

async function stream(io: CliIo, client: Client, body: object, format: Format): Promise<Answer> {
  const writer = createWriter(io, format);
  let queryId = '';
  for await (const message of client.lines<Message>('/query', { body })) {
    if (message.type === 'meta') {
      queryId = message.queryId;
      if (message.diagnostics.length > 0) note(io, renderDiagnostics(message.diagnostics));
      await writer.start(message.columns);
    } else if (message.type === 'rows') await writer.rows(message.rows);
    else if (message.type === 'error') throw new ProblemError(message.problem);
    else {
      await writer.end({ queryId, truncated: message.truncated, elapsedMs: message.elapsedMs });
      return message;
    }
  }
  throw cliError('SERVER_CONNECTION_LOST', 'The answer ended before the result was complete');
}

export const query: CommandSpec = {
  create: (cli) =>
    onRun<Flags>(
      command('query', 'Run a KQL query')
        .argument('[kql]', 'the query')
        .option('--file <file>', 'read the query from a file, - for stdin')
        .option('--from <time>', 'only rows with TimeGenerated at or after this ISO time')
        .option('--to <time>', 'only rows with TimeGenerated before this ISO time')
        .option('--max-rows <n>', 'rows at most (default 10000)', numberAtLeast(1))
        .option('--timeout <seconds>', 'end the query after this long (default 60)', numberAtLeast(1))
        .addOption(new Option('--format <format>', 'default: table, json with --json').choices(formats)),
      cli,
      async (invocation) => {
        const { io, json, client, options, args } = invocation;
        const text = await queryText(io, args[0], options.file);
        invocation.source = text;
        const { from, to, maxRows, timeout } = options;
        const body = {
          query: text,
          ...(from === undefined ? {} : { from }),
          ...(to === undefined ? {} : { to }),
          ...(maxRows === undefined ? {} : { maxRows }),
          ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
        };
        const format = options.format ?? (json ? 'json' : 'table');
        const answer = await stream(io, client(), body, format);
        if (format === 'table') note(io, `${plural(answer.rows, 'row')} in ${answer.elapsedMs} ms`);
        if (answer.truncated && !json)
          note(io, `Only the first ${answer.rows} rows are shown; raise --max-rows for more.`);
        return 0;
      },
    ),
};
