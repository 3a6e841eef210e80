import { type Check, failed, ok } from './check.ts';

export const nodeCheck: Check = {
  name: 'node',
  async run() {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    const fine = major > 20 || (major === 20 && minor >= 19);
    const message = `Node ${process.versions.node}`;
    return fine ? ok(message) : failed(`${message} is too old`, 'Install Node 20.19 or newer.');
  },
};
