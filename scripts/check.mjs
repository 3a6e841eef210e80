// Static checks: types, lint and format, arrows between modules, dead code.
import { join } from 'node:path';
import { prepare, root, run } from './prepare.mjs';

const bin = (name) => join(root, 'node_modules/.bin', name);

export function staticChecks() {
  const steps = [
    ['types', bin('tsc'), ['-p', 'tsconfig.json']],
    ['types (web)', bin('tsc'), ['-p', 'web/tsconfig.json']],
    ['lint and format', bin('biome'), ['ci', '--error-on-warnings', '--colors=off', '.']],
    ['module arrows', process.execPath, ['scripts/check-arrows.mjs']],
    ['dead code', bin('knip'), ['--no-progress']],
  ];
  for (const [name, command, args] of steps) {
    const startedAt = Date.now();
    run(command, args);
    console.log(`✓ ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  }
}

if (process.argv[1] === join(root, 'scripts/check.mjs')) {
  prepare();
  staticChecks();
}
