import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rejectedTable } from '../engine/columns.ts';
import { startTestEngine, type TestEngine } from '../engine/testing/engine.ts';
import { readLedger } from '../state/ledger.ts';
import { createFakeKql } from './testing/fake-kql.ts';
import {
  acmeFlow,
  acmeKql,
  acmeTransform,
  makeDefinition,
  makePoller,
  page,
  range,
  recordText,
} from './testing/fixtures.ts';
import { allRows, type Lab, labFolder, openLab } from './testing/lab.ts';

let test: TestEngine;
let folder: string;
let remove: () => Promise<void>;
beforeAll(async () => {
  test = await startTestEngine();
  ({ folder, remove } = await labFolder());
});
afterAll(async () => {
  await test.close();
  await remove();
});

const flows = [acmeFlow, { ...acmeFlow, ordinal: 1, transformKql: 'now', table: 'Other_CL' }];
const now = {
  columns: [
    { name: 'TimeGenerated', type: 'datetime', sql: 'now()' },
    { name: 'Id', type: 'long', sql: 'id' },
  ],
} as const;
const kql = createFakeKql({ [acmeKql]: acmeTransform, now });
const definition = makeDefinition({ flows });
const tables = ['Acme_CL', 'Other_CL', rejectedTable.name];

async function collect(lab: Lab, texts: readonly string[]): Promise<number> {
  const sink = await lab.ingest.sinkFor({
    connectionId: 'c1',
    definition,
    poller: makePoller({ addOnAttributes: { message: "o'neil" } }),
    sourceIdentity: 'source-1',
  });
  const read = sink.open({ poller: 'acme', mode: 'window', runId: 'r' });
  const counts = await read.append(page(texts));
  await read.commit({ windowEndMs: 1 });
  return counts.new;
}

async function snapshot(): Promise<Record<string, string[]>> {
  const rows: Record<string, string[]> = {};
  for (const table of tables) rows[table] = await allRows(test.engine, table);
  return rows;
}

const texts = [
  ...range(0, 40).map((id) => recordText(id)),
  recordText(1),
  '{"id":1e400}',
  '{"id":9,"created":null}',
];

describe('a rebuild from the archive alone', () => {
  it('gives the same rows after tables and state were lost, and adds nothing when run again', async () => {
    const first = await openLab({ engine: test.engine, folder, kql, limits: { batchRecords: 15 } });
    await first.ingest.start();
    await collect(first, texts);
    await first.ingest.drain();
    const before = await snapshot();
    expect(before['Acme_CL']).toHaveLength(42);
    expect(before[rejectedTable.name]).toHaveLength(1);
    await first.stop();

    for (const table of tables) await test.engine.dropTable(table);
    for (const suffix of ['', '-wal', '-shm']) await rm(join(folder, `state.db${suffix}`), { force: true });
    const none = createFakeKql();
    const second = await openLab({ engine: test.engine, folder, kql: none, seed: 2 });
    const report = await second.ingest.reindex();
    expect(report).toEqual({ segments: 3, flows: 9, rows: 84, rejected: 1, problems: [] });
    expect(none.compiled, 'the pinned transforms are in the archive').toEqual([]);
    expect(await snapshot()).toEqual(before);
    await second.ingest.reindex();
    expect(await snapshot()).toEqual(before);
    await second.stop();
  });

  it('restores the ledger, so that a new poll of the same source delivers nothing twice', async () => {
    const lab = await openLab({ engine: test.engine, folder, kql, seed: 3 });
    expect(await lab.ingest.restoreLedger('another source')).toBe(0);
    expect(await lab.ingest.restoreLedger()).toBe(3);
    expect(await collect(lab, texts)).toBe(0);
    const stored = await lab.state.db.selectFrom('ledger').select('count').where('count', '>', 1).execute();
    expect(stored).toEqual([{ count: 2 }]);
    expect(await readLedger(lab.state.db, 1, [])).toEqual([]);
    await lab.stop();
  });

  it('reports what cannot be rebuilt by segment and goes on', async () => {
    const lab = await openLab({ engine: test.engine, folder, kql, seed: 4 });
    const row = await lab.state.db
      .selectFrom('segments')
      .select(['id', 'path'])
      .orderBy('id')
      .executeTakeFirstOrThrow();
    await rm(lab.archive.localPath(`${row.path}.sidecar.json`));
    const report = await lab.ingest.reindex();
    expect(report.segments).toBe(3);
    expect(report.problems).toEqual([
      { segmentId: row.id, flow: -1, code: 'ARCHIVE_MISSING', message: expect.stringContaining(row.path) },
    ]);
    await lab.stop();
  });
});
