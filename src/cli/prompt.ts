import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { cliError } from './cli-error.ts';
import type { CliIo } from './io.ts';
import { printable } from './printable.ts';

export function canAsk(io: CliIo): boolean {
  return io.stdin.isTTY === true && io.stderr.isTTY === true;
}

/** Asks on stderr, so that stdout stays for results. Hidden input is not echoed. */
export async function ask(
  io: CliIo,
  question: string,
  options: { readonly hidden?: boolean } = {},
): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const text = `${printable(question)} `;
  if (options.hidden) io.stderr.write(text);
  const lines = createInterface({
    input: io.stdin,
    output: options.hidden ? silent : io.stderr,
    terminal: true,
  });
  try {
    // The editor redraws its line, so it has to know the question that it shows.
    return await lines.question(options.hidden ? '' : text);
  } finally {
    lines.close();
    if (options.hidden) io.stderr.write('\n');
  }
}

/** True when the person says yes. @throws SluiceError CONFIRMATION_NEEDED when nobody can be asked */
export async function confirm(io: CliIo, question: string, yes: boolean | undefined): Promise<boolean> {
  if (yes) return true;
  if (!canAsk(io)) throw cliError('CONFIRMATION_NEEDED', question);
  return /^y(?:es)?$/i.test((await ask(io, `${question} [y/N]`)).trim());
}
