/** Composition root of `sluice connector check`: loads a package and compiles its transforms, without a server. */
import type { PackageCheck } from './cli/app-contract.ts';
import { systemClock } from './core/clock.ts';
import { loadDefinition } from './definition/load.ts';
import { prepareDefinition } from './ingest/prepare.ts';
import { createKqlCompiler } from './kql/client.ts';
import { compilerVersion } from './kql/supported.ts';

/** Nothing is kept: a check changes nothing. */
const forgetful = {
  find: async () => undefined,
  save: async () => undefined,
  archive: async () => undefined,
  load: () => Promise.reject(new Error('a check stores no transform')),
};

/** @param files of the package, by name relative to its root */
export async function checkPackage(
  files: readonly { readonly file: string; readonly text: string }[],
): Promise<PackageCheck> {
  const definition = loadDefinition(files);
  const kql = createKqlCompiler({ clock: systemClock });
  try {
    const prepared = await prepareDefinition(
      { kql, transforms: forgetful, compilerVersion: compilerVersion() },
      definition,
    );
    return {
      id: definition.id,
      title: definition.ui.title,
      tables: [...new Set(definition.dataFlows.map((flow) => flow.table))],
      inputs: definition.inputs.map(({ name, label, required }) => ({ name, label, required })),
      diagnostics: [...definition.diagnostics, ...prepared.diagnostics],
    };
  } finally {
    await kql.close();
  }
}
