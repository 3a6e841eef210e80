import type { Db } from './state.ts';

export interface Source {
  readonly id: number;
  readonly identity: string;
  /** The connection that first used it; the ledger outlives connections. */
  readonly connectionId: string;
}

/** Finds or creates the source with this identity. */
export async function ensureSource(
  db: Db,
  wanted: {
    readonly identity: string;
    readonly connectionId: string;
    readonly poller: string;
    readonly nowMs: number;
  },
): Promise<Source> {
  await db
    .insertInto('sources')
    .values({
      identity: wanted.identity,
      connection_id: wanted.connectionId,
      poller: wanted.poller,
      created_at: wanted.nowMs,
    })
    .onConflict((conflict) => conflict.column('identity').doNothing())
    .execute();
  const row = await db
    .selectFrom('sources')
    .select(['id', 'identity', 'connection_id'])
    .where('identity', '=', wanted.identity)
    .executeTakeFirstOrThrow();
  return { id: row.id, identity: row.identity, connectionId: row.connection_id };
}
