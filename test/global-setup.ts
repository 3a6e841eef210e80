import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Child processes (engine host, KQL service) run compiled output, so tests build it first; incremental. */
export default function setup(): void {
  if (process.env.SLUICE_SKIP_BUILD === '1') return;
  const root = fileURLToPath(new URL('..', import.meta.url));
  execFileSync(
    'node',
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--noEmitOnError', 'false'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
}
