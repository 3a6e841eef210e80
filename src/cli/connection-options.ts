import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import type { ConnectionOptions } from '../api/schemas.ts';
import { cliError } from './cli-error.ts';

export interface ConnectionFlags {
  readonly parameters?: readonly string[];
  readonly start?: string;
  readonly caFile?: string;
  readonly resolve?: readonly string[];
  readonly proxy?: string;
  readonly pollSeconds?: number;
  readonly delayMinutes?: number;
  readonly overlapMinutes?: number;
  readonly expectDataEveryMinutes?: number;
  readonly traceBodies?: boolean;
}

/** For commander: a whole or decimal number not below `min`. */
export function numberAtLeast(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < min)
      throw new InvalidArgumentError(`It must be a number of at least ${min}.`);
    return value;
  };
}

/** Options that `deploy` and `connection add` share. */
export function addConnectionFlags(command: Command): Command {
  return command
    .option('--parameters <items...>', 'name=value … and @file.json: inputs of the connector, secrets too')
    .option('--start <time>', 'first window: ISO time, or a length such as 30d or 12h')
    .option('--ca-file <file>', 'PEM file with further certificate authorities (read by the server)')
    .option('--resolve <items...>', 'host=address[:port] …: where to find a host, instead of DNS')
    .option('--proxy <url>', 'HTTP proxy; default: HTTPS_PROXY and NO_PROXY of the server')
    .option('--poll-seconds <n>', 'poll this often instead of as defined', numberAtLeast(1))
    .option('--delay-minutes <n>', 'how long the service takes to publish an event', numberAtLeast(0))
    .option('--overlap-minutes <n>', 'how far each window reaches back', numberAtLeast(0))
    .option(
      '--expect-data-every-minutes <n>',
      'raise an alert when nothing new arrived for so long',
      numberAtLeast(1),
    )
    .option('--trace-bodies', 'keep the start of every answer in the run traces, secrets masked');
}

function parseResolve(items: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    items.map((item) => {
      const [, host, address] = item.match(/^([^=]+)=(.+)$/) ?? [];
      if (host === undefined || address === undefined)
        throw cliError(
          'USAGE',
          `--resolve "${item}" is not host=address`,
          'Write it as api.example.com=127.0.0.1:8443.',
        );
      return [host, address];
    }),
  );
}

/** The API's options from the flags; undefined when none was given. */
export function toConnectionOptions(flags: ConnectionFlags): z.output<typeof ConnectionOptions> | undefined {
  const { caFile, proxy, pollSeconds, delayMinutes, overlapMinutes, expectDataEveryMinutes } = flags;
  const options: z.output<typeof ConnectionOptions> = {
    ...(caFile === undefined ? {} : { caFile: resolve(caFile) }),
    ...(flags.resolve === undefined ? {} : { resolve: parseResolve(flags.resolve) }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(pollSeconds === undefined ? {} : { pollSeconds }),
    ...(delayMinutes === undefined ? {} : { delayMinutes }),
    ...(overlapMinutes === undefined ? {} : { overlapMinutes }),
    ...(expectDataEveryMinutes === undefined ? {} : { expectDataEveryMinutes }),
    ...(flags.traceBodies === undefined ? {} : { traceBodies: flags.traceBodies }),
  };
  return Object.keys(options).length > 0 ? options : undefined;
}
