import type { z } from 'zod';
import type { DeployResult } from '../../api/schemas.ts';
import { hasErrors } from '../../core/diagnostics.ts';
import { cliError } from '../cli-error.ts';
import { type CommandSpec, command, onRun } from '../command.ts';
import { addConnectionFlags, type ConnectionFlags, toConnectionOptions } from '../connection-options.ts';
import { note, printResult, renderDiagnostics } from '../output.ts';
import { readPackage } from '../package-files.ts';
import { readParameters } from '../parameters.ts';
import { printable } from '../printable.ts';

type Result = z.output<typeof DeployResult>;
interface Flags extends ConnectionFlags {
  readonly connectionName?: string;
  readonly whatIf?: boolean;
}

const signs = { created: '+', updated: '~', unchanged: '=' } as const;

function render(result: Result, whatIf: boolean): string {
  const lines = result.resources.map((r) =>
    printable(`${signs[r.change]} ${r.kind} ${r.name}: ${whatIf ? 'would be ' : ''}${r.change}`),
  );
  if (whatIf) lines.push('Nothing was changed.');
  else if (result.connection)
    lines.push(
      printable(
        `Connected as ${result.connection.name}. See \`sluice connection show ${result.connection.name}\`.`,
      ),
    );
  else lines.push(printable(`Installed. Connect it with \`sluice connection add ${result.definition.id}\`.`));
  return `${lines.join('\n')}\n`;
}

export const deploy: CommandSpec = {
  create: (cli) =>
    onRun<Flags>(
      addConnectionFlags(
        command('deploy', 'Install a connector package and, with --parameters, connect it; safe to repeat')
          .argument('<path>', 'file or folder of the package; put it before --parameters')
          .option('--connection-name <name>', 'name of the connection; default: from the definition')
          .option('--what-if', 'show what would change, change nothing'),
      ),
      cli,
      async ({ io, json, client, options, args: [path = ''] }) => {
        const files = await readPackage(path);
        const body = {
          files,
          parameters: await readParameters(options.parameters ?? []),
          ...(options.connectionName === undefined ? {} : { connectionName: options.connectionName }),
          ...(options.start === undefined ? {} : { start: options.start }),
          options: toConnectionOptions(options),
          whatIf: options.whatIf ?? false,
        };
        const result = await client().call<Result>('/deploy', { body });
        const findings = result.definition.diagnostics;
        if (!json && findings.length > 0) note(io, renderDiagnostics(findings));
        if (hasErrors(findings as Parameters<typeof hasErrors>[0])) {
          if (json) await printResult(io, json, result, () => '');
          throw cliError('DEFINITION_HAS_ERRORS', `${result.definition.title} was not deployed`);
        }
        await printResult(io, json, result, () => render(result, body.whatIf));
        return 0;
      },
    ),
};
