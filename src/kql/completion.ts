import { aggregates, tupleAggregates } from './aggregates/registry.ts';
import { functions } from './functions/registry.ts';
import { completionsAt } from './parser/library.ts';
import { transformFunctions } from './parser/transform-functions.ts';
import type { CompletionRequest } from './service/protocol.ts';

const limit = 200;

/** Names that may stand at a place of the text; calls only of functions that compile. */
export function completeKql(request: CompletionRequest): string[] {
  const items = completionsAt(request.text, request.position, {
    tables: request.tables,
    functions: transformFunctions,
  });
  const callable = (item: string) => {
    const name = /^([A-Za-z_]\w*)\(/.exec(item)?.[1];
    return !name || name in functions || name in aggregates || name in tupleAggregates;
  };
  return items.filter(callable).slice(0, limit);
}
