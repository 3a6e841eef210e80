/** Writes docs/cli.md from the command tree: `npx tsx scripts/write-cli-docs.ts`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command, Option } from 'commander';
import { exitCodeMeanings } from '../src/cli/exit-codes.ts';
import { processIo } from '../src/cli/io.ts';
import { buildProgram, pathOf } from '../src/cli/program.ts';
import { projectRoot } from '../src/core/entry.ts';

export const cliDocsFile = join(projectRoot(), 'docs', 'cli.md');

const cell = (text: string) => text.replaceAll('|', '\\|');

function optionNotes(option: Option): string {
  const notes = [
    option.description,
    option.argChoices ? `one of ${option.argChoices.join(', ')}` : '',
    option.defaultValue === undefined || option.negate ? '' : `default ${String(option.defaultValue)}`,
    option.envVar ? `environment: ${option.envVar}` : '',
  ];
  return notes.filter(Boolean).join('; ');
}

function optionTable(options: readonly Option[]): string[] {
  const shown = options.filter((o) => !o.hidden);
  if (shown.length === 0) return [];
  return [
    '| option | meaning |',
    '|---|---|',
    ...shown.map((o) => `| \`${cell(o.flags)}\` | ${cell(optionNotes(o))} |`),
    '',
  ];
}

function section(command: Command): string[] {
  if (command.commands.length > 0) return command.commands.flatMap(section);
  const words = command.registeredArguments.map((a) => (a.required ? `<${a.name()}>` : `[${a.name()}]`));
  const usage = [pathOf(command), ...words, ...(command.options.length > 0 ? ['[options]'] : [])].join(' ');
  const args = command.registeredArguments
    .filter((a) => a.description)
    .map((a) => `- \`${a.name()}\`: ${a.description}`);
  return [
    `## ${pathOf(command)}`,
    '',
    `${command.description()}.`,
    '',
    '```',
    usage,
    '```',
    '',
    ...args,
    ...(args.length > 0 ? [''] : []),
    ...optionTable(command.options),
  ];
}

/** The text of docs/cli.md. */
export function renderCliDocs(): string {
  const program = buildProgram({ io: processIo(), setExitCode: () => undefined });
  const lines = [
    '# Command line',
    '',
    'Made from the command tree by `scripts/write-cli-docs.ts`; do not edit by hand.',
    '',
    'Commands talk to the server that runs over the data folder: its address and a token are in `<data>/runtime.json`, readable by',
    'its owner only. Another server is named by `--server` and `--token`. Results go to stdout; progress, notes and errors to stderr.',
    'With `--json` the result is one JSON document and an error is a JSON document on stderr: `{"error": {"code", "message", "hint"}}`.',
    '`sluice query --format ndjson` prints one JSON object per row. In CSV, text that a spreadsheet would run as a formula gets a',
    "leading `'`; use ndjson for exact text.",
    '',
    '## Options of every command',
    '',
    ...optionTable(program.options),
    '## Exit codes',
    '',
    '| code | meaning |',
    '|---|---|',
    ...exitCodeMeanings.map(([code, meaning]) => `| ${code} | ${meaning} |`),
    '',
    ...program.commands.flatMap(section),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(cliDocsFile, renderCliDocs());
