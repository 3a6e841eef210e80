#!/usr/bin/env node
// Nothing is imported at the top and no newer syntax is used: an old Node must get as far as the message.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `Error: Sluice needs Node 20.19 or newer, this is ${process.versions.node} [NODE_TOO_OLD]\n  fix: Install Node 20.19 or newer.\n`,
  );
  process.exitCode = 1;
} else {
  import('./program.ts').then((module) => module.runCli(process.argv));
}

// Makes the file a module; the compiler leaves nothing else of it.
export {};
