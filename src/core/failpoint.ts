import { existsSync, writeFileSync } from 'node:fs';

/**
 * Named failpoints stand before and after every durable act of the delivery protocol.
 * In production `hit` is a comparison that fails. A test arms one by environment:
 * SLUICE_FAILPOINT=<name>[:kill|:throw|:enospc|:hold][@nth]  (default: kill at the first hit).
 * `hold` writes the file SLUICE_FAILPOINT_FILE and stands still until somebody removes it.
 */
export const failpointNames: string[] = [];

type Action = 'kill' | 'throw' | 'enospc' | 'hold';

interface Armed {
  readonly name: string;
  readonly action: Action;
  readonly nth: number;
}

function parseArmed(text: string | undefined): Armed | undefined {
  const match = text?.match(/^([a-z0-9.-]+?)(?::(kill|throw|enospc|hold))?(?:@(\d+))?$/);
  if (!match) return undefined;
  return { name: match[1]!, action: (match[2] as Action) ?? 'kill', nth: Number(match[3] ?? 1) };
}

let armed = parseArmed(process.env['SLUICE_FAILPOINT']);
let hits = 0;

/** Synchronous on purpose: nothing else of the process may go on while it is held. */
function hold(): void {
  const file = process.env['SLUICE_FAILPOINT_FILE'];
  if (file === undefined) throw new Error('SLUICE_FAILPOINT_FILE names no file to hold on');
  writeFileSync(file, String(process.pid));
  const cell = new Int32Array(new SharedArrayBuffer(4));
  while (existsSync(file)) Atomics.wait(cell, 0, 0, 10);
}

function act({ name, action }: Armed): void {
  if (action === 'kill') process.kill(process.pid, 'SIGKILL');
  if (action === 'hold') {
    hold();
    return;
  }
  const error = new Error(
    action === 'enospc' ? 'ENOSPC: no space left on device (failpoint)' : `failpoint ${name}`,
  );
  if (action === 'enospc') Object.assign(error, { code: 'ENOSPC' });
  throw error;
}

/** Registers a failpoint name once at module load and returns the function to call at that point. */
export function failpoint(name: string): () => void {
  failpointNames.push(name);
  return () => {
    if (armed?.name !== name) return;
    hits += 1;
    if (hits === armed.nth) act(armed);
  };
}

/** Arms or disarms in process, for tests that do not kill. */
export function armFailpoint(text: string | undefined): void {
  armed = parseArmed(text);
  hits = 0;
}
