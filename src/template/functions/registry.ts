import type { TemplateFunction } from '../function.ts';
import { collectionFunctions } from './collection.ts';
import { conversionFunctions } from './conversion.ts';
import { dateFunctions } from './date.ts';
import { deploymentFunctions } from './deployment.ts';
import { identityFunctions } from './identity.ts';
import { logicFunctions } from './logic.ts';
import { textFunctions } from './text.ts';

/** Every function of the template language; a new family is one file and one line here. */
export const templateFunctions = {
  ...textFunctions,
  ...collectionFunctions,
  ...logicFunctions,
  ...conversionFunctions,
  ...deploymentFunctions,
  ...identityFunctions,
  ...dateFunctions,
} satisfies Record<string, TemplateFunction>;
