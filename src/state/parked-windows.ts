import type { Window } from '../core/collect.ts';
import type { CheckpointKey } from './checkpoints.ts';
import type { ParkedWindowRow, WindowFailureRow } from './schema.ts';
import type { Db } from './state.ts';

/**
 * Counts one more failure of the window that a poller has open. A window is known by its start: while that stays, nothing
 * was read past it, whatever became of its end (a smaller budget, a limit that moved). Another start counts from one.
 */
export async function countWindowFailure(
  db: Db,
  key: CheckpointKey,
  failure: { readonly window: Window; readonly nowMs: number },
): Promise<WindowFailureRow> {
  const { window, nowMs } = failure;
  const known = await db
    .selectFrom('window_failures')
    .selectAll()
    .where('connection_id', '=', key.connectionId)
    .where('poller', '=', key.poller)
    .where('start_at', '=', window.startMs)
    .executeTakeFirst();
  const row: WindowFailureRow = {
    connection_id: key.connectionId,
    poller: key.poller,
    start_at: window.startMs,
    end_at: window.endMs,
    failures: (known?.failures ?? 0) + 1,
    first_failed_at: known?.first_failed_at ?? nowMs,
  };
  await db
    .insertInto('window_failures')
    .values(row)
    .onConflict((conflict) => conflict.columns(['connection_id', 'poller']).doUpdateSet(row))
    .execute();
  return row;
}

/** Forgets the count: the window was read, or is parked. */
export async function clearWindowFailures(db: Db, key: CheckpointKey): Promise<void> {
  await db
    .deleteFrom('window_failures')
    .where('connection_id', '=', key.connectionId)
    .where('poller', '=', key.poller)
    .execute();
}

export async function insertParkedWindows(db: Db, rows: readonly ParkedWindowRow[]): Promise<void> {
  if (rows.length > 0) await db.insertInto('parked_windows').values(rows).execute();
}

export function getParkedWindow(db: Db, id: string): Promise<ParkedWindowRow | undefined> {
  return db.selectFrom('parked_windows').selectAll().where('id', '=', id).executeTakeFirst();
}

/** In the order of time; of one poller or of all. */
export function listParkedWindows(db: Db, connectionId: string, poller?: string): Promise<ParkedWindowRow[]> {
  const query = db.selectFrom('parked_windows').selectAll().where('connection_id', '=', connectionId);
  return (poller === undefined ? query : query.where('poller', '=', poller))
    .orderBy('start_at')
    .orderBy('poller')
    .execute();
}

export type ParkedWindowPatch = Partial<
  Pick<
    ParkedWindowRow,
    'state' | 'failures' | 'error_code' | 'error_json' | 'decided_by' | 'decided_at' | 'note'
  >
>;

/** Changes a window that is in state `from`; false when it is not (any more). */
export async function changeParkedWindow(
  db: Db,
  target: { readonly id: string; readonly from: ParkedWindowRow['state'] },
  patch: ParkedWindowPatch,
): Promise<boolean> {
  const result = await db
    .updateTable('parked_windows')
    .set(patch)
    .where('id', '=', target.id)
    .where('state', '=', target.from)
    .executeTakeFirst();
  return Number(result.numUpdatedRows) === 1;
}

export async function deleteParkedWindow(db: Db, id: string): Promise<void> {
  await db.deleteFrom('parked_windows').where('id', '=', id).execute();
}

/** Retries that a dead process left behind are open again. Returns how many. */
export async function reopenRetries(db: Db): Promise<number> {
  const result = await db
    .updateTable('parked_windows')
    .set({ state: 'parked' })
    .where('state', '=', 'retrying')
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** For a connection that is removed. */
export async function deleteWindowsOf(db: Db, connectionId: string): Promise<void> {
  await db.deleteFrom('window_failures').where('connection_id', '=', connectionId).execute();
  await db.deleteFrom('parked_windows').where('connection_id', '=', connectionId).execute();
}
