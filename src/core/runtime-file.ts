import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurableFile } from './durable-file.ts';

/** How commands on the same machine find and enter the running server. */
export interface RuntimeInfo {
  /** Origin without a trailing slash. */
  readonly url: string;
  /** Bearer token of the running process; dies with it. */
  readonly token: string;
  readonly pid: number;
}

export function runtimeFile(dataFolder: string): string {
  return join(dataFolder, 'runtime.json');
}

/** Written by the server when it listens; readable by its owner only. */
export function writeRuntimeFile(dataFolder: string, info: RuntimeInfo): void {
  writeDurableFile(runtimeFile(dataFolder), `${JSON.stringify(info)}\n`);
}

/** Removed by the server when it ends; a killed server leaves a file that nobody answers for. */
export function removeRuntimeFile(dataFolder: string): void {
  rmSync(runtimeFile(dataFolder), { force: true });
}

/** Undefined when no server runs over this folder (or none ever did). */
export function readRuntimeFile(dataFolder: string): RuntimeInfo | undefined {
  try {
    const value = JSON.parse(readFileSync(runtimeFile(dataFolder), 'utf8')) as Partial<RuntimeInfo>;
    const { url, token, pid } = value;
    if (typeof url !== 'string' || typeof token !== 'string' || typeof pid !== 'number') return undefined;
    return { url, token, pid };
  } catch {
    return undefined;
  }
}

/** True when a process with this number exists. */
export function processAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
