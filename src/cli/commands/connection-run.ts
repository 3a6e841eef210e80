import type { z } from 'zod';
import type { Connection, RunSummary } from '../../api/schemas.ts';
import { cliError } from '../cli-error.ts';
import { type Client, segment } from '../client.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { numberAtLeast } from '../connection-options.ts';
import { exitCodes } from '../exit-codes.ts';
import type { CliIo } from '../io.ts';
import { note, printResult } from '../output.ts';
import { createProgress, type Progress } from '../progress.ts';
import { plural } from '../quantities.ts';
import { behindText } from './connection-list.ts';

type Run = z.output<typeof RunSummary>;
type State = z.output<typeof Connection>;
interface Flags {
  readonly untilCaughtUp?: boolean;
  readonly wait: boolean;
  readonly timeout?: number;
}

const lookEveryMs = 500;

interface Watch {
  readonly io: CliIo;
  readonly client: Client;
  readonly path: string;
  readonly progress: Progress;
  /** Milliseconds since 1970, or Infinity. */
  readonly deadline: number;
}

function counts(run: Run): string {
  return `${plural(run.windows, 'window')}, ${plural(run.received, 'record')} (${run.new} new, ${run.duplicates} seen before), ${plural(run.requests, 'request')}`;
}

async function pause({ io, deadline, progress, path }: Watch): Promise<void> {
  if (io.clock.now() >= deadline) {
    progress.end();
    throw cliError(
      'RUN_TIMEOUT',
      `${decodeURIComponent(path.split('/').at(-1) ?? '')} is not done within --timeout`,
    );
  }
  await io.clock.sleep(lookEveryMs);
}

async function watchRun(watch: Watch, first: Run): Promise<Run> {
  let run = first;
  while (run.state === 'running') {
    await pause(watch);
    run = await watch.client.call<Run>(`/runs/${segment(run.id)}`);
    const connection = await watch.client.call<State>(watch.path);
    watch.progress.update(
      `${connection.name}: ${counts(run)}, ${behindText(connection) || 'an unknown time'} behind`,
    );
  }
  return run;
}

/** Delivered means in the table: collected records may still wait for their insert. */
async function watchInserts(watch: Watch): Promise<State> {
  for (;;) {
    const connection = await watch.client.call<State>(watch.path);
    if (connection.pendingInserts === 0) return connection;
    watch.progress.update(`${connection.name}: ${plural(connection.pendingInserts, 'insert')} to go`);
    await pause(watch);
  }
}

/** @returns the last run; a run that was under way before is followed by one more, which surely reaches today. */
async function runToEnd(watch: Watch, untilCaughtUp: boolean): Promise<Run> {
  const before = await watch.client.call<State>(watch.path);
  const start = () => watch.client.call<Run>(`${watch.path}:run`, { body: { untilCaughtUp } });
  const first = await start();
  const joined = before.lastRun?.state === 'running' && before.lastRun.id === first.id;
  const run = await watchRun(watch, first);
  return joined && untilCaughtUp && run.state === 'succeeded' ? watchRun(watch, await start()) : run;
}

export const connectionRun: CommandSpec = {
  group: 'connection',
  create: (cli) =>
    onRun<Flags>(
      command('run', 'Run a connection now and wait for the end of the run')
        .argument('<name>', 'name or id')
        .option('--until-caught-up', 'until everything up to now is collected and in the tables')
        .option('--no-wait', 'start the run and return')
        .option('--timeout <seconds>', 'stop waiting after this long', numberAtLeast(1)),
      cli,
      async ({ io, json, client, options, args: [name = ''] }) => {
        const path = `/connections/${segment(name)}`;
        const untilCaughtUp = options.untilCaughtUp ?? false;
        if (!options.wait) {
          const started = await client().call<Run>(`${path}:run`, { body: { untilCaughtUp } });
          await printResult(io, json, started, () => `Run ${started.id} is under way.\n`);
          return exitCodes.ok;
        }
        const deadline = io.clock.now() + (options.timeout ?? Number.POSITIVE_INFINITY) * 1000;
        const watch: Watch = { io, client: client(), path, progress: createProgress(io), deadline };
        const run = await runToEnd(watch, untilCaughtUp);
        const ended = untilCaughtUp && run.state === 'succeeded' ? await watchInserts(watch) : undefined;
        watch.progress.end();
        if (run.error)
          note(
            io,
            `Error: ${run.error.message} [${run.error.code}]${run.error.hint ? `\n  fix: ${run.error.hint}` : ''}`,
          );
        const state = ended ? 'is caught up' : `run ${run.state}`;
        const guarantee = run.guarantee === 'exact' ? '' : ' Guarantee: at least once.';
        await printResult(io, json, run, () => `${name} ${state}: ${counts(run)}.${guarantee}\n`);
        return run.state === 'succeeded' ? exitCodes.ok : exitCodes.failed;
      },
    ),
};
