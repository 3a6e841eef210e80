import { isSluiceError } from '../core/errors.ts';
import type { Definition } from '../definition/model.ts';
import type { ConnectionStore } from './connections.ts';
import type { DefinitionCatalogue } from './definitions.ts';
import { type Explanation, explainRun } from './explain.ts';
import { type RunStore, runErrorOf } from './runs.ts';

interface Options {
  readonly runs: RunStore;
  readonly connections: ConnectionStore;
  readonly catalogue: DefinitionCatalogue;
}

/** A run outlives its connection's definition now and then; the explanation then has no place. */
async function definitionOf(options: Options, connectionId: string): Promise<Definition | undefined> {
  try {
    const row = await options.connections.find(connectionId);
    return await options.catalogue.get(row.definition_id);
  } catch (error) {
    if (isSluiceError(error) && error.code.endsWith('_NOT_FOUND')) return undefined;
    throw error;
  }
}

/** @returns a function that explains a run by its id. @throws SluiceError RUN_NOT_FOUND */
export function createRunExplainer(options: Options): (runId: string) => Promise<Explanation> {
  return async (runId) => {
    const { run, requests } = await options.runs.get(runId);
    const error = runErrorOf(run);
    const definition = await definitionOf(options, run.connection_id);
    return explainRun({
      run: { id: run.id, state: run.state, received: run.received, newRecords: run.new_records },
      error: error && { code: run.error_code ?? 'INTERNAL', ...error },
      requests,
      ...(definition ? { definition } : {}),
    });
  };
}
