import { parseArgs } from 'node:util';
import { demoConnections } from './demo.ts';
import type { SettingsPatch } from './index.ts';
import { startAtlassianSimulator } from './index.ts';

const usage =
  'main.js --folder <path> [--seed text] [--host ip] [--port n] [--https-port n] [--no-https] [--days n] [--records n] [--rate n] [--settings json] [--control-token text] [--detached]';

function parse() {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      folder: text,
      seed: text,
      host: text,
      port: text,
      'https-port': text,
      https: { type: 'boolean', default: true },
      days: text,
      records: text,
      rate: text,
      settings: text,
      'control-token': text,
      detached: { type: 'boolean', default: false },
    },
  });
  if (values.folder === undefined) throw new Error(`--folder is required\n${usage}`);
  return { ...values, folder: values.folder };
}

const numeric = <Key extends string>(key: Key, text: string | undefined): Partial<Record<Key, number>> => {
  if (text === undefined) return {};
  if (!/^\d+(\.\d+)?$/.test(text)) throw new Error(`${key} must be a number\n${usage}`);
  return { [key]: Number(text) } as Record<Key, number>;
};

const args = parse();
const patch = (args.settings === undefined ? {} : JSON.parse(args.settings)) as SettingsPatch;
const rate = numeric('rate', args.rate);
const simulator = await startAtlassianSimulator({
  folder: args.folder,
  https: args.https,
  ...(args.seed === undefined ? {} : { seed: args.seed }),
  ...(args.host === undefined ? {} : { host: args.host }),
  ...numeric('port', args.port),
  ...numeric('httpsPort', args['https-port']),
  history: { ...numeric('days', args.days), ...numeric('records', args.records) },
  settings: { ...patch, world: { ...patch.world, ...rate } },
  ...(args['control-token'] === undefined ? {} : { controlToken: args['control-token'] }),
});

const { baseUrl, httpsUrl, caFile, credentials } = simulator;
process.stdout.write(
  `${JSON.stringify({ ready: true, name: 'atlassian', connections: demoConnections(simulator), baseUrl, httpsUrl, caFile, credentials, controlUrl: `${baseUrl}/_control` })}\n`,
);

const stop = () => {
  void simulator.close().then(() => process.exit(0));
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
// A child must not outlive its parent: the channel or the pipe to it closes when it goes.
if (!args.detached) {
  if (process.channel) process.once('disconnect', stop);
  else if (!process.stdin.isTTY) process.stdin.once('end', stop).once('error', stop).resume();
}
