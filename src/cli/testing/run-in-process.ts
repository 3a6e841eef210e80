import { Readable, Writable } from 'node:stream';
import type { Clock } from '../../core/clock.ts';
import { runProgram } from '../program.ts';
import type { CliResult, CliRunOptions } from './run-cli.ts';

class Memory extends Writable {
  text = '';
  override _write(chunk: Buffer | string, _encoding: string, done: () => void): void {
    this.text += String(chunk);
    done();
  }
}

/** Waiting costs nothing; time goes on by what was waited. */
function fastClock(): Clock {
  let now = Date.now();
  return {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** A command line in this process: the same program, without the cost of starting Node. */
export async function runInProcess(args: readonly string[], options: CliRunOptions = {}): Promise<CliResult> {
  const stdout = new Memory();
  const stderr = new Memory();
  const stdin = Readable.from(options.input === undefined ? [] : [Buffer.from(options.input)]);
  const io = { stdin, stdout, stderr, env: options.env ?? {}, clock: fastClock() };
  const code = await runProgram(io, args);
  return { code, stdout: stdout.text, stderr: stderr.text };
}
