/**
 * Child process for kill tests: engine, ingest and the small source in one. Arguments: folder, windows.
 * A failpoint is armed by SLUICE_FAILPOINT. Ends with 0 when everything up to `windows` is delivered.
 */
import { join } from 'node:path';
import { createEngine } from '../../engine/client.ts';
import { openLab } from './lab.ts';
import { readWindows } from './scenario.ts';

async function main(folder: string, windows: number): Promise<void> {
  const engine = await createEngine({ dataDir: join(folder, 'engine'), maxMemoryBytes: 800_000_000 });
  const lab = await openLab({ engine, folder, seed: windows, limits: { batchRecords: 30 } });
  await lab.ingest.start();
  await readWindows(lab.ingest, windows);
  await lab.ingest.drain();
  await lab.stop();
  await engine.close();
}

main(process.argv[2]!, Number(process.argv[3])).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
