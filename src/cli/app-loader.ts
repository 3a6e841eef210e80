import type { CheckPackage, StartSluice } from './app-contract.ts';
import { cliError } from './cli-error.ts';

/**
 * Loads an export of a composition root only when it is wanted, so that all other commands start fast.
 * Not a literal import: the roots depend on everything, the commands must not depend on them.
 */
async function loadExport<T>(specifier: string, name: string): Promise<T> {
  const module = (await import(specifier)) as Record<string, T | undefined>;
  const found = module[name];
  if (typeof found !== 'function') throw cliError('APP_MISSING', `${specifier} does not export ${name}`);
  return found;
}

export const loadStartSluice = () => loadExport<StartSluice>('../app.ts', 'startSluice');
export const loadCheckPackage = () => loadExport<CheckPackage>('../check.ts', 'checkPackage');
