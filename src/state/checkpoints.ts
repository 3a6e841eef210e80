import type { Checkpoint, Window } from '../core/collect.ts';
import type { Db } from './state.ts';

export interface CheckpointKey {
  readonly connectionId: string;
  readonly poller: string;
}

export interface StoredCheckpoint {
  readonly checkpoint: Checkpoint;
  /** A window that was opened and is not committed yet. */
  readonly openWindow?: Window;
}

/** Where a poller goes on; an empty checkpoint when it never committed. */
export async function getCheckpoint(db: Db, key: CheckpointKey): Promise<StoredCheckpoint> {
  const row = await db
    .selectFrom('checkpoints')
    .selectAll()
    .where('connection_id', '=', key.connectionId)
    .where('poller', '=', key.poller)
    .executeTakeFirst();
  if (!row) return { checkpoint: {} };
  const checkpoint = {
    ...(row.window_end === null ? {} : { windowEndMs: row.window_end }),
    ...(row.cursor === null ? {} : { cursor: row.cursor }),
    ...(row.last_event_at === null ? {} : { lastEventMs: row.last_event_at }),
  };
  if (row.open_window_json === null) return { checkpoint };
  return { checkpoint, openWindow: JSON.parse(row.open_window_json) as Window };
}

/**
 * Replaces the whole checkpoint: a member that is absent is stored as absent.
 * @param value.window the window being read; it stays open until a checkpoint reaches its end
 */
export async function putCheckpoint(
  db: Db,
  key: CheckpointKey,
  value: { readonly checkpoint: Checkpoint; readonly window?: Window | undefined; readonly nowMs: number },
): Promise<void> {
  const { checkpoint, window } = value;
  const unfinished =
    window !== undefined && (checkpoint.windowEndMs ?? Number.NEGATIVE_INFINITY) < window.endMs;
  const fields = {
    window_end: checkpoint.windowEndMs ?? null,
    cursor: checkpoint.cursor ?? null,
    last_event_at: checkpoint.lastEventMs ?? null,
    open_window_json: unfinished ? windowText(window) : null,
    updated_at: value.nowMs,
  };
  await db
    .insertInto('checkpoints')
    .values({ connection_id: key.connectionId, poller: key.poller, ...fields })
    .onConflict((conflict) => conflict.columns(['connection_id', 'poller']).doUpdateSet(fields))
    .execute();
}

/** Notes the bounds of a window before its first request, so that a restart reads the same window again. */
export async function putOpenWindow(
  db: Db,
  key: CheckpointKey,
  value: { readonly window: Window; readonly nowMs: number },
): Promise<void> {
  const fields = { open_window_json: windowText(value.window), updated_at: value.nowMs };
  await db
    .insertInto('checkpoints')
    .values({
      connection_id: key.connectionId,
      poller: key.poller,
      window_end: null,
      cursor: null,
      last_event_at: null,
      ...fields,
    })
    .onConflict((conflict) => conflict.columns(['connection_id', 'poller']).doUpdateSet(fields))
    .execute();
}

function windowText(window: Window): string {
  return JSON.stringify({ startMs: window.startMs, endMs: window.endMs });
}

/** Forgets where a connection stands; its ledger stays, so a new start delivers nothing twice. */
export async function deleteCheckpoints(db: Db, connectionId: string): Promise<void> {
  await db.deleteFrom('checkpoints').where('connection_id', '=', connectionId).execute();
}
