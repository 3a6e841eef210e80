import { type Check, failed, ok } from './check.ts';

/** glibc's version, or undefined on other C libraries. */
function glibcVersion(): string | undefined {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime;
}

export const platformCheck: Check = {
  name: 'platform',
  async run() {
    const name = `${process.platform} ${process.arch}`;
    if (process.arch !== 'x64' && process.arch !== 'arm64')
      return failed(`${name} has no embedded engine`, 'Use an x64 or arm64 machine.');
    if (process.platform === 'darwin') return ok(name);
    if (process.platform !== 'linux')
      return failed(`${name} has no embedded engine`, 'Use Linux (glibc) or macOS; on Windows use WSL 2.');
    const glibc = glibcVersion();
    if (glibc === undefined)
      return failed(
        `${name} without glibc`,
        'Use a distribution with glibc, such as Debian; Alpine uses musl.',
      );
    return ok(`${name}, glibc ${glibc}`);
  },
};
