import type { DefinitionService } from '../api/services.ts';
import { loadDefinition } from '../definition/load.ts';
import type { Definition } from '../definition/model.ts';
import { bindParameters } from './bound-connection.ts';
import type {
  ConnectionOptions,
  Parameters as ConnectionParameters,
  ConnectionStore,
} from './connections.ts';
import type { DefinitionCatalogue } from './definitions.ts';
import type { InstallDefinition } from './install.ts';
import { refuseErrors } from './refuse.ts';

interface DeployOptions {
  readonly catalogue: DefinitionCatalogue;
  readonly connections: ConnectionStore;
  readonly install: InstallDefinition;
  /** Creates or updates by name and schedules it. */
  readonly createConnection: (input: {
    definition: Definition;
    name: string;
    parameters: ConnectionParameters;
    start: string | undefined;
    options: ConnectionOptions;
  }) => Promise<{ id: string; name: string; change: 'created' | 'updated' | 'unchanged' }>;
}

/** A name that a person would give: the definition's id in lower case, without what names may not have. */
function defaultName(definition: Definition): string {
  return (
    definition.id
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, '-')
      .replace(/^[^a-z0-9]+/, '')
      .slice(0, 60) || 'connection'
  );
}

/** `sluice deploy`: installs the definition and, when parameters are given, makes or updates its connection. Idempotent. */
export function createDeploy(options: DeployOptions): DefinitionService['deploy'] {
  return async (input) => {
    const definition = loadDefinition(input.files);
    const wantsConnection = Object.keys(input.parameters).length > 0 || input.connectionName !== undefined;
    const name = input.connectionName ?? defaultName(definition);
    if (wantsConnection) {
      const secretNames = new Set(definition.inputs.filter((i) => i.secret).map((i) => i.name));
      bindParameters({
        definition,
        parameters: input.parameters,
        secretNames,
        connectionName: name,
        options: {},
        overlays: options.catalogue.overlays,
      });
    }
    const installed = await options.install(definition, { dryRun: true, origin: 'deployed' });
    refuseErrors(installed.diagnostics);
    if (!input.whatIf) await options.install(definition, { dryRun: false, origin: 'deployed' });
    const connection = wantsConnection ? await connect(definition, name, input) : null;
    return { definition: installed, connection, resources: resources(installed, connection) };
  };

  async function connect(definition: Definition, name: string, input: DeployInput) {
    if (!input.whatIf)
      return options.createConnection({
        definition,
        name,
        parameters: input.parameters,
        start: input.start,
        options: input.options ?? {},
      });
    const existing = (await options.connections.list()).find((c) => c.name === name);
    return { id: existing?.id ?? '', name, change: existing ? ('updated' as const) : ('created' as const) };
  }
}

type DeployInput = Parameters<DefinitionService['deploy']>[0];

function resources(
  installed: Awaited<ReturnType<InstallDefinition>>,
  connection: { name: string; change: 'created' | 'updated' | 'unchanged' } | null,
) {
  return [
    { kind: 'definition' as const, name: installed.id, change: installed.change },
    ...installed.tables.map((name) => ({
      kind: 'table' as const,
      name,
      change: installed.change === 'created' ? ('created' as const) : ('unchanged' as const),
    })),
    ...(connection
      ? [{ kind: 'connection' as const, name: connection.name, change: connection.change }]
      : []),
  ];
}
