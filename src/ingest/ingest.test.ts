import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestEngine, type TestEngine } from '../engine/testing/engine.ts';
import { makeDefinition, makePoller, page, range, recordText } from './testing/fixtures.ts';
import { archivedRecords, columnValues, type Lab, labFolder, multiset, openLab } from './testing/lab.ts';

let test: TestEngine;
let lab: Lab;
let remove: () => Promise<void>;

beforeAll(async () => {
  test = await startTestEngine();
});
afterAll(async () => {
  await test.close();
});

beforeEach(async () => {
  const made = await labFolder();
  remove = made.remove;
  await test.engine.dropTable('Acme_CL');
  lab = await openLab({ engine: test.engine, folder: made.folder });
  await lab.ingest.start();
  return async () => {
    await lab.stop();
    await remove();
  };
});

async function sink() {
  return lab.ingest.sinkFor({
    connectionId: 'c1',
    definition: makeDefinition(),
    poller: makePoller(),
    sourceIdentity: 'source-1',
  });
}

describe('a record from page to row', () => {
  it('arrives once, with its columns, in archive and table', async () => {
    const texts = range(0, 100).map((id) => recordText(id));
    const read = (await sink()).open({ poller: 'acme', mode: 'window', runId: 'r1' });
    expect(await read.append(page(texts))).toEqual({ received: 100, new: 100, duplicate: 0 });
    await read.commit({ windowEndMs: 1000 });
    await lab.ingest.drain();
    expect(multiset(await archivedRecords(lab.archive))).toEqual(multiset(texts));
    expect(multiset(await columnValues(test.engine, 'Acme_CL', 'Id'))).toEqual(
      multiset(range(0, 100).map(String)),
    );
    expect(await lab.ingest.checkpoint('c1', 'acme')).toEqual({ checkpoint: { windowEndMs: 1000 } });
  });
});
