// Runs dependency-cruiser and refuses a false green: it must have seen the modules that exist.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { root } from './prepare.mjs';

const atLeast = 150;
const require = createRequire(import.meta.url);
const ruleSet = require(join(root, '.dependency-cruiser.cjs'));
const result = await cruise(
  ['src', 'simulators', 'web/src'],
  { ruleSet, ...ruleSet.options, validate: true, outputType: 'err' },
  undefined,
  {
    tsConfig: extractTSConfig(join(root, 'tsconfig.json')),
  },
);
const { error, totalCruised } = await summary();
if (result.output) process.stdout.write(String(result.output));
if (totalCruised < atLeast) {
  console.error(
    `Only ${totalCruised} modules were seen, expected at least ${atLeast}: the check would be a false green.`,
  );
  process.exit(1);
}
if (error > 0) process.exit(1);

async function summary() {
  const json = await cruise(
    ['src', 'simulators', 'web/src'],
    { ruleSet, ...ruleSet.options, validate: true },
    undefined,
    {
      tsConfig: extractTSConfig(join(root, 'tsconfig.json')),
    },
  );
  return json.output.summary;
}
