import { SluiceError } from '../core/errors.ts';
import { bindPollers } from '../definition/bind.ts';
import type { Definition, PollerConfig } from '../definition/model.ts';
import { applyOverlays, type Overlay } from '../definition/overlay.ts';
import { sourceIdentity } from '../definition/source-identity.ts';
import { checkedParameters, type Parameters, type StoredConnection } from './connections.ts';
import type { DefinitionCatalogue } from './definitions.ts';
import { refuseErrors } from './refuse.ts';

export interface BoundPoller {
  readonly config: PollerConfig;
  readonly sourceIdentity: string;
}

/** A connection with its definition's pollers bound to its parameters: what a run needs. */
export interface BoundConnection {
  readonly connection: StoredConnection;
  readonly definition: Definition;
  readonly pollers: readonly BoundPoller[];
  /** Values that must never be shown. */
  readonly secrets: readonly string[];
}

interface BindInput {
  readonly definition: Definition;
  readonly parameters: Parameters;
  readonly secretNames: ReadonlySet<string>;
  readonly connectionName: string;
  readonly options: StoredConnection['options'];
  readonly overlays: readonly Overlay[];
}

/** Throws the first finding that forbids a run (CONNECTION_UNUSABLE carries its code in the message). */
export function bindParameters({
  definition,
  parameters,
  secretNames,
  connectionName,
  options,
  overlays,
}: BindInput): { pollers: BoundPoller[]; secrets: string[] } {
  const complete = checkedParameters(definition, parameters);
  const { pollers, diagnostics } = bindPollers(definition, complete, { connectionName });
  refuseErrors([...definition.diagnostics, ...diagnostics]);
  if (pollers.length === 0) {
    throw new SluiceError({
      code: 'DEFINITION_NOT_RUNNABLE',
      message: `${definition.ui.title} has no poller that this version can run`,
      hint: 'See `sluice connector check` for what it needs.',
    });
  }
  const secrets = [...secretNames]
    .flatMap((name) => [complete[name] ?? ''])
    .flat()
    .filter((value) => value !== '');
  return {
    secrets,
    pollers: pollers.map((config) => ({
      config: applyOverlays(withOptions(config, options), overlays),
      sourceIdentity: sourceIdentity(definition.id, config, complete, [...secretNames]),
    })),
  };
}

function withOptions(config: PollerConfig, options: StoredConnection['options']): PollerConfig {
  return {
    ...config,
    request:
      options.queryWindowMinutes === undefined
        ? config.request
        : { ...config.request, queryWindowMinutes: options.queryWindowMinutes },
    ...(options.delayMinutes === undefined ? {} : { delayMinutes: options.delayMinutes }),
    ...(options.overlapMinutes === undefined ? {} : { overlapMinutes: options.overlapMinutes }),
  };
}

export async function bindConnection(input: {
  readonly connection: StoredConnection;
  readonly definitions: DefinitionCatalogue;
}): Promise<BoundConnection> {
  const { connection } = input;
  const definition = await input.definitions.get(connection.row.definition_id);
  const { pollers, secrets } = bindParameters({
    definition,
    parameters: connection.parameters,
    secretNames: connection.secretNames,
    connectionName: connection.row.name,
    options: connection.options,
    overlays: input.definitions.overlays,
  });
  return { connection, definition, pollers, secrets };
}
