// `npm test`: install, build, static checks, tests. `npm run test:full`: the long tier.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

const full = process.argv.includes('--full');
prepare();
if (!existsSync(join(root, '..', 'shared')) && !process.env.CI) {
  console.log('../shared is not here: tests that read published connectors and queries are left out.');
}
if (!full) (await import('./check.mjs')).staticChecks();

const report = join(mkdtempSync(join(tmpdir(), 'sluice-test-')), 'report.json');
const args = [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
];
// The long tier measures memory and kills processes: one file at a time.
if (full) args.push('test/full', '--no-file-parallelism');
const result = spawnSync(process.execPath, args, {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, SLUICE_SKIP_BUILD: '1', ...(full ? { SLUICE_FULL: '1' } : {}) },
});
if (existsSync(report)) {
  const totals = JSON.parse(readFileSync(report, 'utf8'));
  const skipped = totals.numPendingTests + totals.numTodoTests;
  console.log(`${totals.numPassedTests} passed, ${totals.numFailedTests} failed, ${skipped} skipped`);
}
process.exit(result.status ?? 1);
