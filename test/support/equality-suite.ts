/** Nothing lost, nothing twice: what the simulators published equals what lies in the archive and in the tables; in two sizes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AtlassianSimulator } from '../../simulators/atlassian/index.ts';
import { systemClock } from '../../src/core/clock.ts';
import { createEngine } from '../../src/engine/client.ts';
import { openDataFolder } from '../../src/state/data-folder.ts';
import { openState } from '../../src/state/state.ts';
import {
  compareSource,
  connectOwn,
  connectPublished,
  dayMs,
  simulator,
  sources,
  temporaryFolder,
} from './atlassian-run.ts';
import { sharedFolder } from './shared.ts';
import { type ApiClient, catchUp, insertsDone, type SluiceProcess, startSluice } from './sluice-process.ts';

/** Late records come up to ten minutes after their time; newer ones than this may still be on their way at the freeze. */
const lagMs = 11 * 60_000;
const corpus = sharedFolder('corpus', 'ccf');

export interface SuiteSize {
  readonly historyDays: number;
  /** Records of each API at the start. */
  readonly records: number;
  /** New records per second, all APIs together. */
  readonly rate: number;
  readonly timeoutMs: number;
}

export function equalitySuite({ historyDays, records, rate, timeoutMs }: SuiteSize): void {
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
        sim = await simulator(folder.path, { days: historyDays, records }, rate);
        sluice = await startSluice({ dataFolder: folder.path });
        startMs = Math.floor(Date.now() / 1000) * 1000 - (historyDays - 0.5) * dayMs;
        const start = new Date(startMs).toISOString();
        if (kind.startsWith('published'))
          await connectPublished({ dataFolder: folder.path, sim, corpus: corpus!, start });
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
        timeoutMs,
      );

      test.skipIf(leftOut)(
        'dropped tables and a lost outbox come back from the archive alone, row for row',
        async () => {
          for (const { connection } of sources) {
            await sluice.api.call('POST', `/connections/${connection}:pause`);
            await insertsDone(sluice.api, connection);
          }
          const before = await Promise.all(sources.map((s) => allRows(sluice.api, s.table)));
          await sluice.stop();
          await dropTablesAndOutbox(
            folder.path,
            sources.map((s) => s.table),
          );
          sluice = await startSluice({ dataFolder: folder.path });
          const report = await sluice.api.call<{ rows: number; problems: unknown[] }>(
            'POST',
            '/tables:rebuild',
          );
          expect(report.problems).toEqual([]);
          expect(report.rows).toBe(before.reduce((sum, rows) => sum + rows.length, 0));
          for (const [index, source] of sources.entries()) {
            expect(await allRows(sluice.api, source.table), source.table).toEqual(before[index]);
          }
        },
        timeoutMs,
      );
    },
  );
}

/** Every column of every row, in a fixed order. */
async function allRows(api: ApiClient, table: string): Promise<unknown[][]> {
  const query = `${table} | sort by _ItemId asc`;
  const result = await api.call<{ rows: unknown[][]; columns: { name: string }[] }>(
    'POST',
    '/query?format=json',
    { query, maxRows: 100_000 },
  );
  expect(result.columns.map((c) => c.name)).toEqual(
    expect.arrayContaining(['_ItemId', 'TimeGenerated', '_TimeReceived', '_SegmentId']),
  );
  expect(result.rows.length).toBeGreaterThan(0);
  return result.rows;
}

async function dropTablesAndOutbox(path: string, tables: readonly string[]): Promise<void> {
  const dataFolder = await openDataFolder(path, { clock: systemClock });
  const engine = await createEngine({ dataDir: dataFolder.engineFolder });
  for (const table of tables) await engine.dropTable(table);
  await engine.close();
  const state = await openState({ file: dataFolder.stateFile, clock: systemClock });
  await state.db.deleteFrom('outbox').execute();
  await state.close();
  dataFolder.close();
}
