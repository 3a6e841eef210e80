import { resolve } from 'node:path';
import { processAlive, readRuntimeFile, runtimeFile } from '../core/runtime-file.ts';
import { cliError } from './cli-error.ts';

export interface TargetOptions {
  readonly server?: string | undefined;
  readonly token?: string | undefined;
  readonly data?: string | undefined;
}

/** Which server to talk to, and as whom. */
export interface Target {
  readonly url: string;
  readonly token: string;
  /** Set when the address was read from a data folder. */
  readonly runtime?: { readonly file: string; readonly pid: number };
}

/** The data folder: --data, else SLUICE_DATA, else ./data. Absolute. */
export function dataFolderOf(options: TargetOptions, env: NodeJS.ProcessEnv): string {
  return resolve(options.data ?? env.SLUICE_DATA ?? 'data');
}

function origin(text: string): string {
  let url: URL;
  try {
    url = new URL(text.includes('://') ? text : `http://${text}`);
  } catch {
    throw cliError('USAGE', `--server "${text}" is not an address`, 'Write it as http://host:port.');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw cliError(
      'USAGE',
      `--server must be http or https, not ${url.protocol}`,
      'Write it as http://host:port.',
    );
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/**
 * Finds the server: --server / SLUICE_SERVER, else the one that runs over the data folder.
 * The token of runtime.json is only ever sent to the address in the same file.
 * @throws SluiceError SERVER_NOT_RUNNING, TOKEN_MISSING, USAGE
 */
export function findTarget(options: TargetOptions, env: NodeJS.ProcessEnv): Target {
  const folder = dataFolderOf(options, env);
  const runtime = readRuntimeFile(folder);
  const given = options.server ?? (options.data === undefined ? env.SLUICE_SERVER : undefined);
  const token = options.token ?? env.SLUICE_TOKEN;
  if (given) {
    const url = origin(given);
    const own = token ?? (runtime?.url === url ? runtime.token : undefined);
    if (own === undefined) throw cliError('TOKEN_MISSING', `There is no API token for ${url}`);
    return { url, token: own };
  }
  const file = runtimeFile(folder);
  if (!runtime)
    throw cliError('SERVER_NOT_RUNNING', `No Sluice runs over ${folder} (${file} does not exist)`);
  if (!processAlive(runtime.pid)) {
    throw cliError(
      'SERVER_NOT_RUNNING',
      `The Sluice that ran over ${folder} (process ${runtime.pid}) has ended`,
    );
  }
  return { url: runtime.url, token: token ?? runtime.token, runtime: { file, pid: runtime.pid } };
}
