import type { SegmentRow } from './schema.ts';
import type { Db } from './state.ts';

export type SegmentIntent = Pick<
  SegmentRow,
  | 'id'
  | 'source_id'
  | 'connection_id'
  | 'poller'
  | 'path'
  | 'definition_id'
  | 'stream'
  | 'run_id'
  | 'created_at'
>;

export type SegmentFacts = Pick<SegmentRow, 'records' | 'bytes' | 'first_event_at' | 'last_event_at'>;

/** Step 1 of delivery §2: says that objects may exist under this path from now on. */
export async function insertIntent(db: Db, intent: SegmentIntent): Promise<void> {
  await db
    .insertInto('segments')
    .values({
      ...intent,
      state: 'intent',
      records: 0,
      bytes: 0,
      first_event_at: null,
      last_event_at: null,
      in_manifest: 0,
    })
    .execute();
}

/** Step 3: the segment is part of the archive. Fails when the intent is gone. */
export async function commitSegment(db: Db, id: string, facts: SegmentFacts): Promise<void> {
  const result = await db
    .updateTable('segments')
    .set({ ...facts, state: 'committed' })
    .where('id', '=', id)
    .where('state', '=', 'intent')
    .executeTakeFirst();
  if (Number(result.numUpdatedRows) !== 1) throw new Error(`segment ${id} has no intent to commit`);
}

export async function deleteIntent(db: Db, id: string): Promise<void> {
  await db.deleteFrom('segments').where('id', '=', id).where('state', '=', 'intent').execute();
}

export async function listIntents(db: Db): Promise<SegmentRow[]> {
  return db.selectFrom('segments').selectAll().where('state', '=', 'intent').orderBy('id').execute();
}

/** Committed segments that the manifest does not list yet. */
export async function listUnlisted(db: Db): Promise<SegmentRow[]> {
  return db
    .selectFrom('segments')
    .selectAll()
    .where('in_manifest', '=', 0)
    .where('state', '=', 'committed')
    .orderBy('id')
    .execute();
}

export async function markInManifest(db: Db, id: string): Promise<void> {
  await db.updateTable('segments').set({ in_manifest: 1 }).where('id', '=', id).execute();
}

export async function getSegment(db: Db, id: string): Promise<SegmentRow | undefined> {
  return db.selectFrom('segments').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Takes over a segment that the archive lists and the state does not know, after the state was lost. */
export async function insertKnownSegment(
  db: Db,
  intent: SegmentIntent,
  facts: SegmentFacts,
): Promise<boolean> {
  const result = await db
    .insertInto('segments')
    .values({ ...intent, ...facts, state: 'committed', in_manifest: 1 })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0) > 0;
}
