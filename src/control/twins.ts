import { bindPollers } from '../definition/bind.ts';
import { sourceIdentity } from '../definition/source-identity.ts';
import type { ConnectionRow } from '../state/schema.ts';
import type { BoundPoller } from './bound-connection.ts';
import { type ConnectionStore, mutableParameters } from './connections.ts';
import type { DefinitionCatalogue } from './definitions.ts';
import type { EventLog } from './events.ts';

interface TwinInput {
  readonly row: ConnectionRow;
  readonly pollers: readonly BoundPoller[];
  readonly connections: ConnectionStore;
  readonly catalogue: DefinitionCatalogue;
  readonly events: EventLog;
}

/** Connections that read the same source; one whose parameters no longer fit its definition reads nothing. */
async function twinsOf({ row, pollers, connections, catalogue }: TwinInput): Promise<string[]> {
  const identities = new Set(pollers.map((p) => p.sourceIdentity));
  const names: string[] = [];
  for (const other of await connections.list()) {
    if (other.id === row.id || other.definition_id !== row.definition_id) continue;
    const { parameters, secretNames } = await connections.load(other);
    const values = mutableParameters(parameters);
    const definition = await catalogue.get(other.definition_id);
    const bound = bindPollers(definition, values, { connectionName: other.name });
    const same = bound.pollers.some((p) =>
      identities.has(sourceIdentity(definition.id, p, values, [...secretNames])),
    );
    if (same) names.push(other.name);
  }
  return names;
}

/** A second connection to the same source is allowed, and shares its ledger; the person should know. */
export async function warnOfTwins(input: TwinInput): Promise<void> {
  const twins = await twinsOf(input);
  if (twins.length === 0) return;
  await input.events.emit({
    kind: 'connection.twin',
    severity: 'warning',
    connectionId: input.row.id,
    message: `${input.row.name} reads the same source as ${twins.join(', ')}; records are delivered once, to whichever comes first`,
  });
}
