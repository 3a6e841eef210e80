/**
 * Named failpoints stand before and after every durable act of the delivery protocol.
 * In production `hit` is a map look-up that finds nothing. A test arms one by environment:
 * SLUICE_FAILPOINT=<name>[:kill|:throw|:enospc][@nth]  (default kill at the first hit).
 */
export const failpointNames: string[] = [];

interface Armed {
  readonly name: string;
  readonly action: 'kill' | 'throw' | 'enospc';
  readonly nth: number;
}

function parseArmed(text: string | undefined): Armed | undefined {
  const match = text?.match(/^([a-z0-9.-]+?)(?::(kill|throw|enospc))?(?:@(\d+))?$/);
  if (!match) return undefined;
  return { name: match[1]!, action: (match[2] as Armed['action']) ?? 'kill', nth: Number(match[3] ?? 1) };
}

let armed = parseArmed(process.env.SLUICE_FAILPOINT);
let hits = 0;

/** Registers a failpoint name once at module load and returns the function to call at that point. */
export function failpoint(name: string): () => void {
  failpointNames.push(name);
  return () => {
    if (armed?.name !== name) return;
    hits += 1;
    if (hits !== armed.nth) return;
    if (armed.action === 'kill') process.kill(process.pid, 'SIGKILL');
    const error = new Error(armed.action === 'enospc' ? 'ENOSPC: no space left on device (failpoint)' : `failpoint ${name}`);
    if (armed.action === 'enospc') Object.assign(error, { code: 'ENOSPC' });
    throw error;
  };
}

/** Arms or disarms in process, for tests that do not kill. */
export function armFailpoint(text: string | undefined): void {
  armed = parseArmed(text);
  hits = 0;
}
