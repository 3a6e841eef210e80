import { Command } from 'commander';
import { type Client, createClient } from './client.ts';
import { exitCodeOf } from './exit-codes.ts';
import type { CliIo } from './io.ts';
import { printError } from './output.ts';
import { findTarget, type TargetOptions } from './target.ts';

export interface GlobalOptions extends TargetOptions {
  readonly json?: boolean;
}

/** One invocation of a command. */
export interface Invocation<O extends object> {
  readonly io: CliIo;
  readonly args: readonly (string | undefined)[];
  readonly options: O & GlobalOptions;
  readonly json: boolean;
  /** Finds the server at the first call. */
  client(): Client;
  /** Query text in which error spans are marked. */
  source?: string;
}

/** Commands that are about one kind of thing: `sluice <group> <command>`. */
export const groups = {
  connector: 'Connector definitions',
  connection: 'Connections: configured instances of a connector',
  table: 'Tables and their retention',
  token: 'API tokens',
  user: 'People who sign in',
} as const;
export type GroupName = keyof typeof groups;

export interface CommandSpec {
  readonly group?: GroupName;
  create(cli: CliContext): Command;
}

export interface CliContext {
  readonly io: CliIo;
  setExitCode(code: number): void;
}

/**
 * Gives a command its action: the body returns the exit code or nothing (0); whatever it throws is reported on stderr and
 * becomes the exit code of its kind.
 */
export function onRun<O extends object = object>(
  command: Command,
  cli: CliContext,
  body: (invocation: Invocation<O>) => Promise<number | undefined>,
): Command {
  return command.action(async () => {
    const options = command.optsWithGlobals() as O & GlobalOptions;
    const json = options.json === true;
    let client: Client | undefined;
    const invocation: Invocation<O> = {
      io: cli.io,
      args: command.processedArgs as (string | undefined)[],
      options,
      json,
      client: () => {
        client ??= createClient(findTarget(options, cli.io.env));
        return client;
      },
    };
    try {
      cli.setExitCode((await body(invocation)) ?? 0);
    } catch (error) {
      await printError(cli.io, json, error, invocation.source);
      cli.setExitCode(exitCodeOf(error));
    }
  });
}

export const command = (name: string, summary: string) => new Command(name).description(summary);
