/** Nothing lost, nothing twice: what the simulators published equals what lies in the archive and in the tables. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AtlassianSimulator } from '../../simulators/atlassian/index.ts';
import {
  compareSource,
  connectOwn,
  connectPublished,
  dayMs,
  simulator,
  sources,
  temporaryFolder,
} from '../support/atlassian-run.ts';
import { sharedFolder } from '../support/shared.ts';
import { catchUp, type SluiceProcess, startSluice } from '../support/sluice-process.ts';

const historyDays = 3;
/** Late records come up to ten minutes after their time; newer ones than this may still be on their way at the freeze. */
const lagMs = 11 * 60_000;
const corpus = sharedFolder('corpus', 'ccf');

describe.each([{ kind: 'own connectors over HTTP' }, { kind: 'published definitions over HTTPS' }])(
  '$kind',
  ({ kind }) => {
    const folder = temporaryFolder('equality');
    let sim: AtlassianSimulator;
    let sluice: SluiceProcess;
    let startMs: number;

    const leftOut = kind.startsWith('published') && corpus === undefined;

    beforeAll(async () => {
      if (leftOut) return;
      sim = await simulator(folder.path, { days: historyDays, records: 2_500 });
      sluice = await startSluice({ dataFolder: folder.path });
      startMs = Math.floor(Date.now() / 1000) * 1000 - (historyDays - 0.5) * dayMs;
      const start = new Date(startMs).toISOString();
      if (kind.startsWith('published')) await connectPublished(sluice.api, sim, corpus!, start);
      else await connectOwn(sluice.api, sim, start);
    }, 120_000);

    afterAll(async () => {
      await sluice?.stop();
      await sim?.close();
      folder.remove();
    });

    test.skipIf(leftOut)(
      'ledger, archive and table are equal multisets',
      async () => {
        await Promise.all(sources.map((s) => catchUp(sluice.api, s.connection)));
        sim.control.freeze();
        const freezeMs = Date.now();
        await Promise.all(sources.map((s) => catchUp(sluice.api, s.connection)));
        for (const source of sources) {
          const range = { fromMs: startMs, toMs: freezeMs - lagMs };
          const result = await compareSource({
            api: sluice.api,
            sim,
            dataFolder: folder.path,
            source,
            range,
          });
          expect(result.published.size, `${source.api} published something`).toBeGreaterThan(1_000);
          expect(result.archiveDifference, `${source.api}: archive`).toEqual([]);
          expect(result.tableDifference, `${source.api}: table`).toEqual([]);
        }
      },
      240_000,
    );
  },
);
