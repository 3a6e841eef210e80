import { type CommandSpec, command, onRun } from '../command.ts';
import { addServeFlags, type ServeFlags, serveUntilStopped, startOptions } from '../serving.ts';

export const serve: CommandSpec = {
  create: (cli) =>
    onRun<ServeFlags>(
      addServeFlags(command('serve', 'Start Sluice; ends cleanly with Ctrl-C')),
      cli,
      async ({ io, json, options }) => {
        await serveUntilStopped({ io, json, start: startOptions(options, io.env, false), tips: () => [] });
        return 0;
      },
    ),
};
