import type { Diagnostic } from '../core/diagnostics.ts';
import type { Definition } from '../definition/model.ts';
import type { Ingest } from '../ingest/api.ts';
import { tableNames } from './definition-service.ts';
import type { DefinitionCatalogue } from './definitions.ts';

export interface InstallResult {
  id: string;
  title: string;
  change: 'created' | 'updated' | 'unchanged';
  tables: string[];
  inputs: never;
  diagnostics: Diagnostic[];
}

export type InstallDefinition = (
  definition: Definition,
  options: { readonly dryRun: boolean; readonly origin: 'builtin' | 'deployed' },
) => Promise<InstallResult>;

/** Compiles a definition's transforms, so that what cannot run is said now, and stores it. */
export function createInstall(options: {
  readonly catalogue: DefinitionCatalogue;
  readonly ingest: Ingest;
}): InstallDefinition {
  return async (definition, { dryRun, origin }) => {
    const change = await options.catalogue.change(definition);
    const prepared = await options.ingest.prepare(definition);
    if (!dryRun && change !== 'unchanged') await options.catalogue.store(definition, origin);
    return {
      id: definition.id,
      title: definition.ui.title,
      change,
      tables: tableNames(definition),
      inputs: structuredClone(definition.inputs) as never,
      diagnostics: [...definition.diagnostics, ...prepared.diagnostics],
    };
  };
}
