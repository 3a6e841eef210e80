import { resolve } from 'node:path';
import { type CommandSpec, command, onRun } from '../command.ts';
import { addServeFlags, type ServeFlags, serveUntilStopped, startOptions } from '../serving.ts';

/** The commands as one would type them here: the data folder is named where it is not the default one. */
function tips(dataFolder: string, sampleQuery: string | undefined): string[] {
  const folder = dataFolder === resolve('data') ? '' : ` --data ${dataFolder}`;
  const third = sampleQuery === undefined ? 'table list' : `query ${JSON.stringify(sampleQuery)}`;
  return [
    '',
    'Three things to try:',
    '  1. Open the address above, sign in, and look at a connector.',
    `  2. npx sluice connection list${folder}`,
    `  3. npx sluice ${third}${folder}`,
    '',
  ];
}

export const demo: CommandSpec = {
  create: (cli) =>
    onRun<ServeFlags>(
      addServeFlags(command('demo', 'Start Sluice with simulated services and a connection to each')),
      cli,
      async ({ io, json, options }) => {
        const start = startOptions(options, io.env, true);
        await serveUntilStopped({
          io,
          json,
          start,
          tips: (running) => tips(start.dataFolder, running.sampleQuery),
        });
        return 0;
      },
    ),
};
