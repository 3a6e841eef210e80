import type { CliIo } from './io.ts';
import { printable } from './printable.ts';

export interface Progress {
  update(text: string): void;
  /** Clears the line on a terminal; call before printing anything else. */
  end(): void;
}

const plainEveryMs = 5000;

/** One line that changes on a terminal; elsewhere a plain line now and then. Always on stderr. */
export function createProgress(io: CliIo): Progress {
  const { stderr, clock } = io;
  let last = '';
  let printedAt = Number.NEGATIVE_INFINITY;
  return {
    update(text) {
      if (text === last) return;
      last = text;
      if (stderr.isTTY) {
        stderr.write(`\r\u001b[2K${printable(text).slice(0, Math.max(20, (stderr.columns ?? 80) - 1))}`);
      } else if (clock.now() - printedAt >= plainEveryMs) {
        printedAt = clock.now();
        stderr.write(`${printable(text)}\n`);
      }
    },
    end() {
      if (stderr.isTTY && last) stderr.write('\r\u001b[2K');
      last = '';
    },
  };
}
