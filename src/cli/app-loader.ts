import type { StartSluice } from './app-contract.ts';
import { cliError } from './cli-error.ts';

/** Loads the server only when it is wanted, so that all other commands start fast. */
export async function loadStartSluice(): Promise<StartSluice> {
  // Not a literal: the composition root depends on everything, the commands must not depend on it.
  const specifier: string = '../app.ts';
  const module = (await import(specifier)) as { startSluice?: StartSluice };
  if (typeof module.startSluice !== 'function')
    throw cliError('APP_MISSING', 'src/app does not export startSluice');
  return module.startSluice;
}
