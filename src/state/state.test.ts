import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getCheckpoint, putCheckpoint, putOpenWindow } from './checkpoints.ts';
import { advanceLedger, pruneLedger, readLedger } from './ledger.ts';
import { schemaVersion } from './migrations/migrations.ts';
import {
  commitSegment,
  deleteIntent,
  insertIntent,
  listIntents,
  listUnlisted,
  markInManifest,
} from './segments.ts';
import { ensureSource } from './sources.ts';
import { openState, type State } from './state.ts';

const clock = { now: () => 1000, sleep: async () => undefined };
let folder: string;
let file: string;
let state: State;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-state-'));
  file = join(folder, 'state.db');
  state = await openState({ file, clock });
});
afterEach(async () => {
  await state.close();
  await rm(folder, { recursive: true, force: true });
});

const source = (identity = 's') =>
  ensureSource(state.db, { identity, connectionId: 'c1', poller: 'p', nowMs: 1 });
const key = (n: number) => Buffer.alloc(16, n);

describe('opening', () => {
  it('makes commits durable and keeps references whole', async () => {
    const pragma = async (name: string) => {
      const { rows } = await sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(state.db);
      return Object.values(rows[0] ?? {})[0];
    };
    expect(await pragma('journal_mode')).toBe('wal');
    expect(await pragma('synchronous')).toBe(2);
    expect(await pragma('foreign_keys')).toBe(1);
  });

  it('again changes nothing, and a newer schema is refused', async () => {
    await source();
    await state.close();
    state = await openState({ file, clock });
    expect((await source()).id).toBe(1);
    const newer = schemaVersion + 1;
    await sql`insert into schema_migrations (version, name, applied_at) values (${newer}, 'later', 1)`.execute(
      state.db,
    );
    await expect(openState({ file, clock })).rejects.toMatchObject({ code: 'STATE_NEWER' });
  });

  it('names a file that is no database', async () => {
    const wrong = openState({ file: join(folder, 'none', 'state.db'), clock });
    await expect(wrong).rejects.toMatchObject({ code: 'STATE_OPEN' });
  });

  it('refuses a value that the driver would die of', async () => {
    const query = sql`select ${true}`.execute(state.db);
    await expect(query).rejects.toMatchObject({ code: 'STATE_PARAMETER' });
  });
});

describe('transactions', () => {
  it('roll back as a whole', async () => {
    const work = state.transaction(async (trx) => {
      await ensureSource(trx, { identity: 'x', connectionId: 'c', poller: 'p', nowMs: 1 });
      throw new Error('stop');
    });
    await expect(work).rejects.toThrow('stop');
    expect(await state.db.selectFrom('sources').selectAll().execute()).toEqual([]);
  });
});

describe('checkpoints', () => {
  const at = { connectionId: 'c1', poller: 'p' };
  const window = { startMs: 0, endMs: 100 };

  it('are empty before the first commit and replaced whole', async () => {
    expect(await getCheckpoint(state.db, at)).toEqual({ checkpoint: {} });
    await putCheckpoint(state.db, at, {
      checkpoint: { windowEndMs: 5, cursor: 'c', lastEventMs: 4 },
      nowMs: 1,
    });
    expect(await getCheckpoint(state.db, at)).toEqual({
      checkpoint: { windowEndMs: 5, cursor: 'c', lastEventMs: 4 },
    });
    await putCheckpoint(state.db, at, { checkpoint: { windowEndMs: 6 }, nowMs: 1 });
    expect(await getCheckpoint(state.db, at)).toEqual({ checkpoint: { windowEndMs: 6 } });
  });

  it('keep an open window until a checkpoint reaches its end', async () => {
    await putOpenWindow(state.db, at, { window, nowMs: 1 });
    expect(await getCheckpoint(state.db, at)).toEqual({ checkpoint: {}, openWindow: window });
    await putCheckpoint(state.db, at, { checkpoint: { windowEndMs: 0, cursor: 'next' }, window, nowMs: 1 });
    expect((await getCheckpoint(state.db, at)).openWindow).toEqual(window);
    await putCheckpoint(state.db, at, { checkpoint: { windowEndMs: 100 }, window, nowMs: 1 });
    expect((await getCheckpoint(state.db, at)).openWindow).toBeUndefined();
  });
});

describe('the ledger', () => {
  it('counts per source, never backwards, and in chunks', async () => {
    const [a, b] = [await source('a'), await source('b')];
    const keys = Array.from({ length: 1234 }, (_, n) => {
      const bytes = Buffer.alloc(16);
      bytes.writeUInt32BE(n);
      return bytes;
    });
    await advanceLedger(state.db, a.id, { entries: keys.map((k) => ({ key: k, count: 1 })), seenAtMs: 1 });
    expect(await readLedger(state.db, a.id, keys)).toHaveLength(1234);
    expect(await readLedger(state.db, b.id, keys)).toEqual([]);
    await advanceLedger(state.db, a.id, { entries: [{ key: keys[0]!, count: 3 }], seenAtMs: 2 });
    await advanceLedger(state.db, a.id, { entries: [{ key: keys[0]!, count: 2 }], seenAtMs: 3 });
    const [entry] = await readLedger(state.db, a.id, [keys[0]!]);
    expect(entry).toEqual({ key: new Uint8Array(keys[0]!), count: 3 });
  });

  it('prunes by age, of one source only', async () => {
    const [a, b] = [await source('a'), await source('b')];
    for (const { id } of [a, b]) {
      await advanceLedger(state.db, id, { entries: [{ key: key(1), count: 1 }], seenAtMs: 10 });
      await advanceLedger(state.db, id, { entries: [{ key: key(2), count: 1 }], seenAtMs: 20 });
    }
    expect(await pruneLedger(state.db, a.id, 20)).toBe(1);
    expect(await readLedger(state.db, a.id, [key(1), key(2)])).toHaveLength(1);
    expect(await readLedger(state.db, b.id, [key(1), key(2)])).toHaveLength(2);
  });
});

describe('segments', () => {
  it('go from intent to committed to listed', async () => {
    const { id: sourceId } = await source();
    const intent = (id: string) => ({
      id,
      source_id: sourceId,
      connection_id: 'c1',
      poller: 'p',
      path: `p/${id}`,
      definition_id: 'd',
      stream: 's',
      run_id: 'r',
      created_at: 1,
    });
    const facts = { records: 1, bytes: 2, first_event_at: null, last_event_at: null };
    await insertIntent(state.db, intent('a'));
    await insertIntent(state.db, intent('b'));
    await commitSegment(state.db, 'a', facts);
    await deleteIntent(state.db, 'a');
    expect((await listIntents(state.db)).map((row) => row.id)).toEqual(['b']);
    expect((await listUnlisted(state.db)).map((row) => row.id)).toEqual(['a']);
    await markInManifest(state.db, 'a');
    expect(await listUnlisted(state.db)).toEqual([]);
    await deleteIntent(state.db, 'b');
    await expect(commitSegment(state.db, 'b', facts)).rejects.toThrow('no intent');
  });
});
