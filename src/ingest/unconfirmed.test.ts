import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rejectedTable } from '../engine/columns.ts';
import { startTestEngine, type TestEngine } from '../engine/testing/engine.ts';
import { plantRenameFault } from '../engine/testing/rename-fault.ts';
import { makeDefinition, makePoller, page, range, recordText } from './testing/fixtures.ts';
import { columnValues, type Lab, labFolder, multiset, openLab } from './testing/lab.ts';

let test: TestEngine;
let folder: string;
let remove: () => Promise<void>;
let lab: Lab;

beforeAll(async () => {
  test = await startTestEngine();
});
afterAll(() => test.close());
beforeEach(async () => {
  ({ folder, remove } = await labFolder());
  await test.engine.dropTable('Acme_CL');
  await test.engine.dropTable(rejectedTable.name);
});
afterEach(async () => {
  await lab.stop();
  await remove();
});

async function collect(texts: readonly string[]): Promise<void> {
  const sink = await lab.ingest.sinkFor({
    connectionId: 'c1',
    definition: makeDefinition(),
    poller: makePoller(),
    sourceIdentity: 'source-1',
  });
  const read = sink.open({ poller: 'acme', mode: 'window', runId: 'r1' });
  await read.append(page(texts));
  await read.commit({ windowEndMs: 1 });
}

/** The engine's rename of the new part fails once, after its deduplication log has the token (delivery §1.1). */
async function deliverWithFault(): Promise<string[]> {
  await lab.ingest.ensureTables(await lab.ingest.prepare(makeDefinition()));
  const fault = await plantRenameFault(test.engine, { table: 'Acme_CL', months: ['202611'], count: 1 });
  await collect(range(0, 50).map((id) => recordText(id)));
  await lab.ingest.start();
  await lab.ingest.drain();
  await fault.remove();
  return columnValues(test.engine, 'Acme_CL', 'Id');
}

const all = multiset(range(0, 50).map(String));

describe('an insert that was not acknowledged', () => {
  it('is read back and completed under a new token', async () => {
    lab = await openLab({ engine: test.engine, folder });
    expect(multiset(await deliverWithFault())).toEqual(all);
    const kinds = lab.events.map((event) => event.kind);
    expect(kinds).toContain('flow-retry');
    const delivered = lab.events.find((event) => event.kind === 'flow-delivered');
    expect(delivered).toMatchObject({ rows: 50, recovered: true });
    const row = await lab.state.db
      .selectFrom('outbox')
      .selectAll()
      .where('flow', '=', 0)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ state: 'delivered', attempt: 1, rows: 50 });
    expect(row.token).toBe(`${row.segment_id}/0#1`);
  });

  it('loses rows without the read-back: the test above can fail', async () => {
    lab = await openLab({ engine: test.engine, folder, readBack: false });
    expect(multiset(await deliverWithFault())).not.toEqual(all);
  });

  it('adds nothing when the rows are there and only the answer was lost', async () => {
    lab = await openLab({ engine: test.engine, folder });
    await collect(range(0, 50).map((id) => recordText(id)));
    await lab.ingest.start();
    await lab.ingest.drain();
    await lab.state.db.updateTable('outbox').set({ state: 'unconfirmed' }).execute();
    await lab.ingest.retryFailed();
    await lab.ingest.drain();
    expect(multiset(await columnValues(test.engine, 'Acme_CL', 'Id'))).toEqual(all);
  });
});

describe('a flow that cannot be inserted', () => {
  it('is given up and reported, and delivered once the cause is mended', async () => {
    lab = await openLab({ engine: test.engine, folder });
    await test.engine.ensureTable({
      name: 'Acme_CL',
      columns: [{ name: 'Message', type: 'long' }],
      retentionDays: 90,
    });
    await collect([recordText(1)]);
    await lab.ingest.start();
    await lab.ingest.drain();
    expect(lab.events.filter((event) => event.kind === 'flow-retry')).toHaveLength(2);
    expect(lab.events.find((event) => event.kind === 'flow-failed')).toMatchObject({
      code: 'TABLE_COLUMN_TYPE',
      table: 'Acme_CL',
      connectionId: 'c1',
    });
    const rows = await lab.state.db.selectFrom('outbox').select(['flow', 'state']).orderBy('flow').execute();
    expect(rows).toEqual([
      { flow: -1, state: 'delivered' },
      { flow: 0, state: 'failed' },
    ]);
    await test.engine.dropTable('Acme_CL');
    expect(await lab.ingest.retryFailed()).toBe(1);
    await lab.ingest.drain();
    expect(await columnValues(test.engine, 'Acme_CL', 'Id')).toEqual(['1']);
  });
});
