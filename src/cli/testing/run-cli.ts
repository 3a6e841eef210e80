import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../core/entry.ts';

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliRunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
}

export const mainFile = join(projectRoot(), 'src', 'cli', 'main.ts');
/** Node 20 cannot run TypeScript by itself. */
export const loaderArgs = ['--import', join(projectRoot(), 'node_modules', 'tsx', 'dist', 'loader.mjs')];

/** The real command in a process of its own, without any SLUICE_* setting of this one. */
export function runCli(args: readonly string[], options: CliRunOptions = {}): Promise<CliResult> {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('SLUICE_')),
  );
  const child = spawn(process.execPath, [...loaderArgs, mainFile, ...args], {
    env: { ...clean, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
