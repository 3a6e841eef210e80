import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../api.ts';
import { createEngine, type EngineOptions } from '../client.ts';

export interface TestEngine {
  readonly engine: Engine;
  /** Folder of this test; the engine's data lie in `data` below it. */
  readonly dir: string;
  readonly dataDir: string;
  /** Ends the engine and removes the folder. */
  close(): Promise<void>;
}

/** A real embedded engine on a folder of its own. */
export async function startTestEngine(options: Partial<EngineOptions> = {}): Promise<TestEngine> {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-engine-'));
  const dataDir = options.dataDir ?? join(dir, 'data');
  const engine = await createEngine({ maxMemoryBytes: 800_000_000, ...options, dataDir });
  return {
    engine,
    dir,
    dataDir,
    close: async () => {
      await engine.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
