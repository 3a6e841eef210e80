import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compiledEntry } from '../core/entry.ts';
import { aggregates, tupleAggregates } from './aggregates/registry.ts';
import { functions } from './functions/registry.ts';
import { operators } from './operators/registry.ts';
import { sources } from './operators/sources.ts';

export interface SupportedKql {
  readonly functions: readonly string[];
  readonly aggregates: readonly string[];
  readonly operators: readonly string[];
}

/** What the compiler accepts, for editors and reference pages; alphabetical. Does not load the parser. */
export function supportedKql(): SupportedKql {
  const names = [...Object.values(operators), ...Object.values(sources)].map((o) => o.name);
  return {
    functions: Object.keys(functions).sort(),
    aggregates: [...new Set([...Object.keys(aggregates), ...Object.keys(tupleAggregates)])].sort(),
    operators: [...new Set(names)].sort(),
  };
}

/** Digest of the compiled compiler: stored SQL of another compiler is not used again. */
export function compilerVersion(): string {
  const root = dirname(dirname(compiledEntry('src/kql/service/main.js')));
  const hash = createHash('sha256');
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    if (file.endsWith('.js')) hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
