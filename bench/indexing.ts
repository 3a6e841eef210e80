import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalArchive } from '../src/archive/local/store.ts';
import { systemClock } from '../src/core/clock.ts';
import { projectRoot } from '../src/core/entry.ts';
import { bindPollers } from '../src/definition/bind.ts';
import { loadDefinitionFolder } from '../src/definition/folder.ts';
import { createEngine } from '../src/engine/client.ts';
import { createIngest } from '../src/ingest/ingest.ts';
import { createKqlCompiler } from '../src/kql/client.ts';
import { openState } from '../src/state/state.ts';
import { auditRecord } from './records.ts';
import { timed } from './rounds.ts';
import type { BenchRow } from './run.ts';

const records = 60_000;
const pageSize = 1_000;

/** The whole pipeline from pages to table rows, its two halves apart: collect (ledger, archive, state) and index (engine). */
export async function indexing(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const clock = systemClock;
  const engine = await createEngine({ dataDir: join(folder, 'engine') });
  const kql = createKqlCompiler({ clock });
  const state = await openState({ file: join(folder, 'state.db'), clock });
  const ingest = createIngest({
    state,
    archive: createLocalArchive(join(folder, 'archive')),
    engine,
    kql,
    clock,
    random: Math.random,
    workspaceId: '00000000-0000-4000-8000-000000000000',
    limits: { openOutboxRows: 1_000_000 },
  });
  try {
    const definition = await loadDefinitionFolder(join(projectRoot(), 'connectors/atlassian/jira-audit'));
    const parameters = Object.fromEntries(definition.inputs.map((i) => [i.name, 'http://127.0.0.1']));
    const poller = bindPollers(definition, parameters, { connectionName: 'bench' }).pollers[0]!;
    const prepared = await ingest.prepare(definition);
    await ingest.ensureTables(prepared);
    const sink = await ingest.sinkFor({ connectionId: 'bench', definition, poller, sourceIdentity: 'bench' });
    const pages = Array.from({ length: records / pageSize }, (_, page) =>
      Array.from({ length: pageSize }, (_, n) =>
        Buffer.from(JSON.stringify(auditRecord(page * pageSize + n))),
      ),
    );
    const collectMs = await timed(async () => {
      const read = sink.open({ poller: poller.name, mode: 'window', runId: 'bench' });
      for (const page of pages) await read.append({ records: page, receivedAtMs: clock.now() });
      await read.commit({ windowEndMs: clock.now() });
    });
    const indexMs = await timed(async () => {
      await ingest.start();
      await ingest.drain();
    });
    const table = prepared.flows[0]!.table;
    await engine.command(`CREATE TABLE sluice.Plain AS sluice.${table}`);
    const plainMs = await timed(() =>
      engine.command(
        `INSERT INTO sluice.Plain SELECT * FROM sluice.${table} SETTINGS max_threads = 1, max_insert_threads = 1`,
      ),
    );
    const perSecond = (ms: number) => `${Math.round(records / (ms / 1_000) / 100) / 10} k/s`;
    return [
      {
        name: 'index: segments to rows',
        compares:
          'time of copying the finished rows inside the engine to time of making them from archived segments by the KQL transform',
        ratio: plainMs / indexMs,
        floor: 0.05,
        figures: `index ${perSecond(indexMs)}, copy ${perSecond(plainMs)}`,
      },
      {
        name: 'collect: pages to archive',
        compares: 'index time to collect time (ledger, segment with fsync, state transaction)',
        ratio: indexMs / collectMs,
        floor: 0.2,
        figures: `collect ${perSecond(collectMs)}`,
      },
    ];
  } finally {
    await ingest.close();
    await state.close();
    await kql.close();
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  }
}
