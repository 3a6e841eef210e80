import type { OutboxRow } from './schema.ts';
import type { Db } from './state.ts';

export type OutboxKey = Pick<OutboxRow, 'segment_id' | 'flow'>;

export async function insertOutbox(
  db: Db,
  rows: readonly Pick<OutboxRow, 'segment_id' | 'flow' | 'table_name' | 'transform_id' | 'token'>[],
  nowMs: number,
): Promise<void> {
  if (rows.length === 0) return;
  await db
    .insertInto('outbox')
    .values(
      rows.map((row) => ({
        ...row,
        attempt: 0,
        state: 'pending' as const,
        rows: null,
        rejected: null,
        null_times: null,
        error: null,
        updated_at: nowMs,
      })),
    )
    .execute();
}

export async function updateOutbox(
  db: Db,
  key: OutboxKey,
  changes: Partial<Omit<OutboxRow, 'segment_id' | 'flow'>>,
): Promise<void> {
  await db
    .updateTable('outbox')
    .set(changes)
    .where('segment_id', '=', key.segment_id)
    .where('flow', '=', key.flow)
    .execute();
}

/** How many rows wait for the engine, of one connection or of all. */
export async function countOpenOutbox(db: Db, connectionId?: string): Promise<number> {
  let query = db
    .selectFrom('outbox')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('outbox.state', '<>', 'delivered')
    .where('outbox.state', '<>', 'failed');
  if (connectionId !== undefined) {
    query = query
      .innerJoin('segments', 'segments.id', 'outbox.segment_id')
      .where('segments.connection_id', '=', connectionId);
  }
  const row = await query.executeTakeFirstOrThrow();
  return Number(row.n);
}

/** A row that waits for a person from now on; one that was delivered meanwhile stays so. */
export async function giveUpOutbox(
  db: Db,
  key: OutboxKey,
  reason: { readonly error: string; readonly nowMs: number },
): Promise<void> {
  await db
    .updateTable('outbox')
    .set({ state: 'failed', error: reason.error, updated_at: reason.nowMs })
    .where('segment_id', '=', key.segment_id)
    .where('flow', '=', key.flow)
    .where('state', '<>', 'delivered')
    .execute();
}

/** After a stop nobody knows what became of a statement that was under way. Returns how many rows that were. */
export async function doubtInserting(db: Db, nowMs: number): Promise<number> {
  const result = await db
    .updateTable('outbox')
    .set({ state: 'unconfirmed', updated_at: nowMs })
    .where('state', '=', 'inserting')
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Gives failed rows another chance, after the cause was mended. */
export async function retryFailed(db: Db, nowMs: number): Promise<number> {
  const result = await db
    .updateTable('outbox')
    .set({ state: 'unconfirmed', error: null, updated_at: nowMs })
    .where('state', '=', 'failed')
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}
