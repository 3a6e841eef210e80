/**
 * Child process for kill tests: four runs, five minutes apart, against a service whose second window is poisoned.
 * Arguments: folder, endpoint. A failpoint is armed by SLUICE_FAILPOINT.
 */
import { join } from 'node:path';
import { createEngine } from '../../engine/client.ts';
import { handClock, minute, openParkingLab, runFor, t0 } from './parking-lab.ts';

async function main(folder: string, endpoint: string): Promise<void> {
  const engine = await createEngine({ dataDir: join(folder, 'engine'), maxMemoryBytes: 800_000_000 });
  const clock = handClock(t0 + 5 * minute);
  const lab = await openParkingLab({
    folder,
    engine,
    endpoint,
    clock,
    unique: false,
    limits: { failures: 3 },
  });
  await runFor(lab, clock, 20);
  await lab.close();
  await engine.close();
}

main(process.argv[2]!, process.argv[3]!).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
