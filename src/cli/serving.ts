import { isIP } from 'node:net';
import { type Command, Option } from 'commander';
import type { RunningSluice, StartOptions } from './app-contract.ts';
import { loadStartSluice } from './app-loader.ts';
import { cliError } from './cli-error.ts';
import type { GlobalOptions } from './command.ts';
import { numberAtLeast } from './connection-options.ts';
import type { CliIo } from './io.ts';
import { note, printResult } from './output.ts';
import { dataFolderOf } from './target.ts';

export interface ServeFlags {
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  readonly allowedHost?: readonly string[];
  readonly webhookUrl?: string;
  readonly memoryBudget?: number;
}

export const defaultPort = 7171;
const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'];

/** Options that `serve` and `demo` share. */
export function addServeFlags(command: Command): Command {
  return command
    .addOption(new Option('--host <address>', 'address to listen on').env('SLUICE_HOST').default('127.0.0.1'))
    .addOption(
      new Option('--port <n>', '0 = chosen by the system')
        .env('SLUICE_PORT')
        .default(defaultPort)
        .argParser(numberAtLeast(0)),
    )
    .addOption(new Option('--log-level <level>').choices(levels).env('SLUICE_LOG_LEVEL').default('info'))
    .option('--allowed-host <names...>', 'further names under which the server may be addressed')
    .addOption(
      new Option('--webhook-url <url>', 'is told when a connection stops working').env('SLUICE_WEBHOOK_URL'),
    )
    .option('--memory-budget <mb>', 'memory for the engine', numberAtLeast(128));
}

export function startOptions(
  flags: ServeFlags & GlobalOptions,
  env: NodeJS.ProcessEnv,
  demo: boolean,
): StartOptions {
  return {
    dataFolder: dataFolderOf(flags, env),
    host: flags.host,
    port: flags.port,
    logLevel: flags.logLevel,
    ...(flags.allowedHost === undefined ? {} : { allowedHosts: flags.allowedHost }),
    ...(flags.webhookUrl === undefined ? {} : { webhookUrl: flags.webhookUrl }),
    ...(flags.memoryBudget === undefined ? {} : { memoryBudgetMb: flags.memoryBudget }),
    ...(demo ? { demo } : {}),
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** First signal: end cleanly. Second: end now. */
function closeOnSignals(io: CliIo, running: RunningSluice): () => void {
  let asked = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (asked) process.exit(signal === 'SIGINT' ? 130 : 143);
    asked = true;
    note(io, 'Stopping … (once more to stop at once)');
    // A failure to close rejects `done` too, which the command reports.
    running.close().catch(() => undefined);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
}

async function start(options: StartOptions): Promise<RunningSluice> {
  const startSluice = await loadStartSluice();
  try {
    return await startSluice(options);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw cliError('PORT_IN_USE', `Port ${options.port} on ${options.host} is in use`, undefined, error);
    }
    throw error;
  }
}

export interface ServeOptions {
  readonly io: CliIo;
  readonly json: boolean;
  readonly start: StartOptions;
  /** Lines to print after the address. */
  readonly tips: (running: RunningSluice) => readonly string[];
}

function readyText(running: RunningSluice, tips: ServeOptions['tips']): string {
  const { firstPassword: first } = running;
  const signIn = first
    ? `Sign in as ${first.name} with password ${first.password} (shown only now).`
    : 'Sign in as before (a lost password: sluice user reset-password), or use the command line on this machine.';
  return `${['', `Sluice is ready: ${running.url}`, signIn, ...(running.notes ?? []), ...tips(running), 'Stop it with Ctrl-C.'].join('\n')}\n`;
}

/** Starts the server, says where it is, and waits for its end. */
export async function serveUntilStopped({ io, json, start: options, tips }: ServeOptions): Promise<void> {
  if (!isLoopback(options.host)) {
    note(
      io,
      `Warning: ${options.host} can be reached from other machines and the connection is not encrypted; put a TLS proxy in front.`,
    );
  }
  const running = await start(options);
  const release = closeOnSignals(io, running);
  const document = {
    ready: true,
    url: running.url,
    pid: process.pid,
    dataFolder: options.dataFolder,
    ...(running.firstPassword ? { firstPassword: running.firstPassword } : {}),
  };
  await printResult(io, json, document, () => readyText(running, tips));
  try {
    await running.done;
  } finally {
    release();
  }
  note(io, 'Stopped.');
}
