import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReadOptions, SinkRead } from '../core/collect.ts';
import { armFailpoint } from '../core/failpoint.ts';
import type { Engine } from '../engine/api.ts';
import type { IngestLimits } from './api.ts';
import { pruneSource } from './ledger.ts';
import { makeDefinition, makePoller, page, range, recordText, startMs } from './testing/fixtures.ts';
import { archivedRecords, type Lab, labFolder, multiset, openLab } from './testing/lab.ts';

/** These tests stop at the archive; nothing is started that would call it. */
const noEngine = {} as Engine;

let folder: string;
let remove: () => Promise<void>;
let lab: Lab;
let seed = 1;

beforeEach(async () => {
  ({ folder, remove } = await labFolder());
  lab = await openLab({ engine: noEngine, folder });
});
afterEach(async () => {
  armFailpoint(undefined);
  await lab.stop();
  await remove();
});

async function reopen(limits: Partial<IngestLimits>): Promise<void> {
  await lab.stop();
  // Another seed each time: the same ids in the same millisecond would meet.
  seed += 1;
  lab = await openLab({ engine: noEngine, folder, limits, seed });
}

interface Opening extends Partial<ReadOptions> {
  readonly unique?: boolean;
  readonly connectionId?: string;
}

async function open({ unique, connectionId, ...options }: Opening = {}): Promise<SinkRead> {
  const recordKey = unique === undefined ? {} : { recordKey: { paths: ['$.id'], unique } };
  const sink = await lab.ingest.sinkFor({
    connectionId: connectionId ?? 'c1',
    definition: makeDefinition(),
    poller: makePoller(recordKey),
    sourceIdentity: 'source-1',
  });
  return sink.open({ poller: 'acme', mode: 'window', runId: 'r', ...options });
}

const texts = (from: number, to: number) => range(from, to).map((id) => recordText(id));
const archived = async () => multiset(await archivedRecords(lab.archive));
const segments = () => lab.state.db.selectFrom('segments').selectAll().orderBy('id').execute();

describe('identical records', () => {
  const same = recordText(1, 'same');

  it('in one read are events of their own, on whatever page they stand', async () => {
    const read = await open();
    await read.append(page([same, ...texts(0, 3)]));
    expect(await read.append(page([same]))).toEqual({ received: 1, new: 1, duplicate: 0 });
    expect(await read.append(page([same]))).toEqual({ received: 1, new: 1, duplicate: 0 });
    await read.commit({ windowEndMs: 1 });
    expect(await archived()).toEqual(multiset([same, same, same, ...texts(0, 3)]));
  });

  it('in an overlapping window are duplicates, up to the number that is known', async () => {
    const first = await open();
    await first.append(page([same, same, ...texts(0, 3)]));
    await first.commit({ windowEndMs: 1 });
    const second = await open();
    expect(await second.append(page([...texts(1, 3), same]))).toEqual({ received: 3, new: 0, duplicate: 3 });
    expect(await second.append(page([same, same]))).toEqual({ received: 2, new: 1, duplicate: 1 });
    await second.commit({ windowEndMs: 2 });
    expect(await archived()).toEqual(multiset([same, same, same, ...texts(0, 3)]));
  });

  it('keep their count when a window is cut into batches and read again after a stop', async () => {
    await reopen({ batchRecords: 2 });
    const read = await open();
    await read.append(page([same, same, same]));
    await read.append(page([same]));
    read.abandon();
    await reopen({ batchRecords: 2 });
    const again = await open();
    await again.append(page([same, same, same, same, same]));
    await again.commit({ windowEndMs: 1 });
    expect(await archived()).toEqual(multiset([same, same, same, same, same]));
  });

  it('after a cursor count on from what is stored', async () => {
    const first = await open({ mode: 'continuation' });
    await first.append(page([same]), { cursor: 'a' });
    await first.commit({ cursor: 'a' });
    const second = await open({ mode: 'continuation' });
    expect(await second.append(page([same, same]), { cursor: 'b' })).toMatchObject({ new: 2 });
    await second.commit({ cursor: 'b' });
    expect(await archived()).toEqual(multiset([same, same, same]));
  });

  it('are one event when their key identifies it', async () => {
    await reopen({ batchRecords: 2 });
    const read = await open({ unique: true });
    expect(
      await read.append(
        page([recordText(1), recordText(1, 'changed'), ...texts(2, 6), recordText(5, 'again')]),
      ),
    ).toEqual({
      received: 7,
      new: 5,
      duplicate: 2,
    });
    expect(await read.append(page(texts(4, 7)))).toMatchObject({ new: 1, duplicate: 2 });
    await read.commit({ windowEndMs: 1 });
    expect(await archived()).toEqual(multiset(texts(1, 7)));
  });
});

describe('batches', () => {
  it('close by records, also inside a page, and hold the times of their events', async () => {
    await reopen({ batchRecords: 10 });
    const read = await open();
    await read.append(page(texts(0, 25)), { windowEndMs: 5 });
    expect((await segments()).map((segment) => segment.records)).toEqual([10, 10]);
    expect((await lab.ingest.checkpoint('c1', 'acme')).checkpoint).toEqual({});
    await read.commit({ windowEndMs: 9 });
    const rows = await segments();
    expect(rows.map((segment) => segment.records)).toEqual([10, 10, 5]);
    expect(rows[1]).toMatchObject({
      first_event_at: startMs + 10_000,
      last_event_at: startMs + 19_000,
      in_manifest: 1,
    });
    expect(rows[0]?.path).toMatch(
      /^records\/c1\/dt=2026-11-20\/hr=13\/20261120T120000Z-[0-9a-f-]{36}\.ndjson\.zst$/,
    );
  });

  it('close by bytes and by time', async () => {
    await reopen({ batchBytes: 500 });
    await (await open()).append(page(texts(0, 20)));
    expect((await segments()).length).toBeGreaterThan(2);
    await reopen({ batchMs: 0 });
    const before = (await segments()).length;
    await (await open()).append(page(texts(100, 101)));
    expect((await segments()).length).toBe(before + 1);
  });

  it('of a continuation close only where a checkpoint tells how to go on', async () => {
    await reopen({ batchRecords: 5 });
    const read = await open({ mode: 'continuation' });
    await read.append(page(texts(0, 12)));
    expect(await segments()).toEqual([]);
    await read.append(page(texts(12, 14)), { cursor: 'x' });
    expect((await segments()).map((segment) => segment.records)).toEqual([14]);
    expect((await lab.ingest.checkpoint('c1', 'acme')).checkpoint).toEqual({ cursor: 'x' });
  });

  it('without new records store the checkpoint and no object', async () => {
    const read = await open();
    await read.commit({ windowEndMs: 7, lastEventMs: 3 });
    expect(await segments()).toEqual([]);
    expect((await lab.ingest.checkpoint('c1', 'acme')).checkpoint).toEqual({
      windowEndMs: 7,
      lastEventMs: 3,
    });
  });

  it('that are abandoned leave nothing, and the read is over', async () => {
    const read = await open();
    await read.append(page(texts(0, 5)));
    read.abandon();
    expect(await segments()).toEqual([]);
    await expect(read.append(page(texts(0, 1)))).rejects.toMatchObject({ code: 'INGEST_READ_CLOSED' });
    await expect(read.commit({})).rejects.toMatchObject({ code: 'INGEST_READ_CLOSED' });
  });
});

describe('two reads of one source at the same time', () => {
  it.each([true, false])('deliver each event once (unique key: %s)', async (unique) => {
    const reads = await Promise.all(['c1', 'c2'].map((connectionId) => open({ unique, connectionId })));
    await Promise.all(reads.map((read) => read.append(page(texts(0, 20)))));
    await Promise.all(reads.map((read, i) => read.commit({ windowEndMs: i + 1 })));
    expect(await archived()).toEqual(multiset(texts(0, 20)));
    expect((await lab.ingest.checkpoint('c2', 'acme')).checkpoint).toEqual({ windowEndMs: 2 });
  });
});

describe('a full disk', () => {
  it('is typed, loses nothing, and leaves no intent behind', async () => {
    armFailpoint('archive.put.after-write:enospc@2');
    const read = await open();
    await read.append(page(texts(0, 5)));
    await expect(read.commit({ windowEndMs: 1 })).rejects.toMatchObject({
      code: 'ARCHIVE_DISK_FULL',
      retryable: true,
    });
    expect(await segments()).toEqual([]);
    expect((await lab.ingest.checkpoint('c1', 'acme')).checkpoint).toEqual({});
    armFailpoint(undefined);
    const again = await open();
    expect(await again.append(page(texts(0, 5)))).toMatchObject({ new: 5 });
    await again.commit({ windowEndMs: 1 });
    expect(await archived()).toEqual(multiset(texts(0, 5)));
  });
});

describe('back-pressure', () => {
  it('holds append while the outbox is full', async () => {
    await reopen({ batchRecords: 1, openOutboxRows: 2 });
    const read = await open();
    await read.append(page(texts(0, 1)));
    expect(await lab.ingest.pendingCount('c1')).toBe(2);
    let ended = false;
    const held = read.append(page(texts(1, 2))).finally(() => {
      ended = true;
    });
    const refused = expect(held).rejects.toMatchObject({ code: 'INGEST_CLOSED' });
    for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toBe(false);
    expect(await segments()).toHaveLength(1);
    await lab.ingest.close();
    await refused;
  });
});

describe('pruning the ledger', () => {
  it('never forgets what is younger than 48 hours, whatever is asked', async () => {
    const read = await open();
    await read.append(page(texts(0, 3)));
    await read.commit({ windowEndMs: 1 });
    const { db } = lab.state;
    const seenMs = (await db.selectFrom('ledger').select('seen_at').executeTakeFirstOrThrow()).seen_at;
    const hourMs = 3_600_000;
    expect(await pruneSource(db, 1, { nowMs: seenMs + 47 * hourMs, horizonMs: hourMs })).toBe(0);
    expect(await pruneSource(db, 1, { nowMs: seenMs + 49 * hourMs, horizonMs: 72 * hourMs })).toBe(0);
    expect(await pruneSource(db, 1, { nowMs: seenMs + 49 * hourMs, horizonMs: hourMs })).toBe(3);
    expect(await lab.ingest.restoreLedger('source-1')).toBe(1);
    const again = await open();
    expect(await again.append(page(texts(0, 3)))).toMatchObject({ new: 0, duplicate: 3 });
  });
});
