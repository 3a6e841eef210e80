import { Option } from 'commander';
import { type CommandSpec, command, onRun } from '../command.ts';
import { numberAtLeast } from '../connection-options.ts';
import type { Check, DoctorContext, Finding } from '../doctor/check.ts';
import { exitCodes } from '../exit-codes.ts';
import { printResult } from '../output.ts';
import { printable } from '../printable.ts';
import { defaultPort } from '../serving.ts';
import { dataFolderOf } from '../target.ts';

const signs = { ok: '✓', warning: '⚠', failed: '✗' } as const;
type Result = Finding & { readonly name: string };

async function runOne(check: Check, context: DoctorContext): Promise<Result> {
  try {
    return { name: check.name, ...(await check.run(context)) };
  } catch (error) {
    const message = `could not be checked: ${error instanceof Error ? error.message : String(error)}`;
    return { name: check.name, level: 'warning', message, fix: 'Report this with the message.' };
  }
}

function render(results: readonly Result[]): string {
  const lines = results.map((r) => {
    const line = printable(`${signs[r.level]} ${r.name}: ${r.message}`);
    return r.fix === undefined ? line : `${line}\n    fix: ${printable(r.fix)}`;
  });
  return `${lines.join('\n')}\n`;
}

export const doctor: CommandSpec = {
  create: (cli) =>
    onRun<{ host: string; port: number }>(
      command('doctor', 'Check this machine and the installation; needs no running server')
        .addOption(
          new Option('--host <address>', 'address that `serve` would use')
            .env('SLUICE_HOST')
            .default('127.0.0.1'),
        )
        .addOption(
          new Option('--port <n>', 'port that `serve` would use')
            .env('SLUICE_PORT')
            .default(defaultPort)
            .argParser(numberAtLeast(0)),
        ),
      cli,
      async ({ io, json, options }) => {
        const { checks } = await import('../doctor/registry.ts');
        const context: DoctorContext = { io, options, dataFolder: dataFolderOf(options, io.env) };
        const results: Result[] = [];
        for (const check of checks) results.push(await runOne(check, context));
        const ok = results.every((r) => r.level !== 'failed');
        await printResult(io, json, { ok, checks: results }, () => render(results));
        return ok ? exitCodes.ok : exitCodes.failed;
      },
    ),
};
