import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/core/entry.ts';

/**
 * Folder of published connectors and queries, kept beside the project.
 * CI must have it; for a user who has only the repository the tests that need it are left out, with a printed line.
 */
export function sharedFolder(...parts: string[]): string | undefined {
  const folder = join(projectRoot(), '..', 'shared');
  if (existsSync(folder)) return join(folder, ...parts);
  if (process.env['CI']) throw new Error(`${folder} is missing: CI must have it`);
  console.log(`left out: ${parts.join('/')} is not beside this checkout`);
  return undefined;
}
