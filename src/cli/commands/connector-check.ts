import { hasErrors } from '../../core/diagnostics.ts';
import type { PackageCheck } from '../app-contract.ts';
import { loadCheckPackage } from '../app-loader.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { printResult, renderDiagnostics } from '../output.ts';
import { readPackage } from '../package-files.ts';
import { plural } from '../quantities.ts';

function render(result: PackageCheck): string {
  const errors = result.diagnostics.filter((d) => d.severity === 'error').length;
  const lines = result.diagnostics.length > 0 ? [renderDiagnostics(result.diagnostics)] : [];
  lines.push(
    `${errors > 0 ? '✗' : '✓'} ${result.title} (${result.id}): ${plural(errors, 'error')}, ${plural(result.diagnostics.length - errors, 'other finding')}`,
    `  tables: ${result.tables.join(', ') || 'none'}`,
    `  inputs: ${result.inputs.map((i) => (i.required ? i.name : `[${i.name}]`)).join(', ') || 'none'}`,
  );
  return `${lines.join('\n')}\n`;
}

export const connectorCheck: CommandSpec = {
  group: 'connector',
  create: (cli) =>
    onRun(
      command(
        'check',
        'Check a connector package and list every finding; needs no server, changes nothing',
      ).argument('<path>', 'file or folder of the package'),
      cli,
      async ({ io, json, args: [path = ''] }) => {
        const files = await readPackage(path);
        const result = await (await loadCheckPackage())(files);
        await printResult(io, json, result, () => render(result));
        return hasErrors(result.diagnostics) ? exitCodes.refused : exitCodes.ok;
      },
    ),
};
