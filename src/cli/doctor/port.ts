import { createServer } from 'node:net';
import { processAlive, readRuntimeFile } from '../../core/runtime-file.ts';
import { type Check, failed, ok } from './check.ts';

function tryListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port }, () => server.close(() => resolve(undefined)));
  });
}

export const portCheck: Check = {
  name: 'port',
  async run({ options: { host, port }, dataFolder }) {
    const code = await tryListen(host, port);
    if (code === undefined) return ok(`${host}:${port} is free`);
    const runtime = readRuntimeFile(dataFolder);
    const isOurs =
      runtime !== undefined && processAlive(runtime.pid) && new URL(runtime.url).port === String(port);
    if (isOurs) return ok(`${host}:${port} is used by the running Sluice`);
    return failed(
      `${host}:${port} cannot be used (${code})`,
      'Stop the other program, or choose another port with --port.',
    );
  },
};
