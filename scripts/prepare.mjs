// Brings a checkout to the point where it can run: right Node, dependencies installed, build fresh.
// Plain JavaScript without dependencies, because it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Exits with a sentence when this Node cannot run Sluice. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(
    `Sluice needs Node.js 20.19 or newer; this is ${process.version}. Install a newer Node.js and run the command again.`,
  );
  process.exit(1);
}

/** Runs a command with inherited output; exits with its code when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) {
    console.error(`${command} could not be started: ${result.error.message}`);
    process.exit(1);
  }
  if (result.status !== 0) process.exit(result.status ?? 1);
}

function digestOf(paths) {
  const hash = createHash('sha256');
  const visit = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) {
      for (const name of readdirSync(path).sort())
        if (name !== 'node_modules' && name !== 'dist') visit(join(path, name));
    } else hash.update(path).update(readFileSync(path));
  };
  for (const path of paths) visit(join(root, path));
  return hash.digest('hex');
}

function stampMatches(stamp, digest) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
}

/** Installs dependencies when the lock file changed or they are missing. */
export function ensureInstalled() {
  const stamp = join(root, 'node_modules', '.sluice-installed');
  const digest = digestOf(['package.json', 'package-lock.json', 'web/package.json']);
  if (stampMatches(stamp, digest)) return;
  console.error('Installing dependencies (about a minute the first time)…');
  // Not `npm ci`: it refuses a lock file that lacks another platform's optional engine build.
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 2, 2],
  });
  if (!existsSync(join(root, 'node_modules', 'chdb'))) {
    console.error(
      'The package chdb (the embedded engine) was not installed. It has builds for Linux x64/arm64 with glibc and for macOS; see `npx sluice doctor`.',
    );
    process.exit(1);
  }
  writeFileSync(stamp, digest);
}

/** Builds server, simulators and web UI when a source changed. */
export function ensureBuilt() {
  const stamp = join(root, 'dist', '.sluice-built');
  const digest = digestOf([
    'src',
    'simulators',
    'web',
    'tsconfig.base.json',
    'tsconfig.build.json',
    'package-lock.json',
  ]);
  if (stampMatches(stamp, digest)) return;
  console.error('Building…');
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    stdio: ['ignore', 2, 2],
  });
  chmodSync(join(root, 'dist/src/cli/main.js'), 0o755);
  run(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'], {
    cwd: join(root, 'web'),
    stdio: ['ignore', 2, 2],
  });
  writeFileSync(stamp, digest);
}

export function prepare() {
  requireNode();
  ensureInstalled();
  ensureBuilt();
}
