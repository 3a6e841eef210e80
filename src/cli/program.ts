import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { projectRoot } from '../core/entry.ts';
import { type CliContext, type GroupName, groups } from './command.ts';
import { commands } from './commands/registry.ts';
import { exitCodeMeanings, exitCodes } from './exit-codes.ts';
import { type CliIo, processIo } from './io.ts';

export function programVersion(): string {
  const text = readFileSync(join(projectRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function exitCodeHelp(): string {
  return `\nExit codes:\n${exitCodeMeanings.map(([code, meaning]) => `  ${code}  ${meaning}`).join('\n')}\n`;
}

/** The whole command tree. */
export function buildProgram(cli: CliContext): Command {
  const program = new Command('sluice')
    .description('Self-hosted codeless connector platform for audit logs.')
    .version(programVersion(), '-V, --version', 'print the version')
    .option(
      '--server <url>',
      'server to talk to (SLUICE_SERVER); default: the one that runs over the data folder',
    )
    .option('--token <token>', 'API token (SLUICE_TOKEN)')
    .option('--data <folder>', 'data folder (SLUICE_DATA; default ./data)')
    .option('--json', 'machine-readable result on stdout, errors as JSON on stderr')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', exitCodeHelp());
  const made = new Map<string, Command>();
  for (const spec of commands) parentOf(program, made, spec.group).addCommand(spec.create(cli));
  configure(program, cli);
  return program;
}

/** The group's command, made where its first member stands, so that the help keeps the order of the registry. */
function parentOf(program: Command, made: Map<string, Command>, group: GroupName | undefined): Command {
  if (group === undefined) return program;
  const found = made.get(group) ?? program.command(group).description(groups[group]);
  made.set(group, found);
  return found;
}

/** Settings that subcommands made elsewhere do not inherit. */
function configure(command: Command, cli: CliContext): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => cli.io.stdout.write(text),
    writeErr: (text) => cli.io.stderr.write(text),
    outputError: (text, write) =>
      write(
        `${text.replace(/^error: /, 'Error: ').trimEnd()} [USAGE]\n  fix: See \`${pathOf(command)} --help\`.\n`,
      ),
  });
  command.configureHelp({ showGlobalOptions: true });
  for (const child of command.commands) configure(child, cli);
}

export function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/** Parses and runs one command line. @param args without program and script. @returns the exit code */
export async function runProgram(io: CliIo, args: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const program = buildProgram({
    io,
    setExitCode: (code) => {
      exitCode = code;
    },
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help that was asked for ends well; help in place of a missing subcommand does not.
    exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  return exitCode;
}

/** The command of this process; sets its exit code. */
export async function runCli(argv: readonly string[]): Promise<void> {
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.ok);
    throw error;
  });
  process.exitCode = await runProgram(processIo(), argv.slice(2));
}
