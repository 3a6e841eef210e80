/** What a stop may leave, and how it is mended (delivery §2). */
import type { ArchiveStore } from '../archive/api.ts';
import { sidecarPath } from '../archive/segment.ts';
import type { Clock } from '../core/clock.ts';
import { doubtInserting } from '../state/outbox.ts';
import type { SegmentRow } from '../state/schema.ts';
import { deleteIntent, listIntents, listUnlisted } from '../state/segments.ts';
import type { State } from '../state/state.ts';
import { listSegment } from './batch-commit.ts';

export interface RecoveryContext {
  readonly state: State;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
}

export interface RecoveryReport {
  readonly intentsDeleted: number;
  readonly listed: number;
  readonly unconfirmed: number;
}

/**
 * Run once before anything collects or delivers: objects of uncommitted intents are deleted, committed segments missing in
 * the manifest are added, statements that were under way become unconfirmed. Safe to be stopped and run again.
 */
export async function recover(context: RecoveryContext): Promise<RecoveryReport> {
  const intents = await listIntents(context.state.db);
  for (const intent of intents) await dropIntent(context, intent);
  const listed = await listMissing(context);
  const unconfirmed = await doubtInserting(context.state.db, context.clock.now());
  return { intentsDeleted: intents.length, listed, unconfirmed };
}

/** Objects first: a row without objects is found again, objects without a row never. */
export async function dropIntent(
  context: RecoveryContext,
  intent: Pick<SegmentRow, 'id' | 'path'>,
): Promise<void> {
  await context.archive.delete(sidecarPath(intent.path));
  await context.archive.delete(intent.path);
  await deleteIntent(context.state.db, intent.id);
}

/** Adds committed segments that the manifest lacks. */
export async function listMissing(context: RecoveryContext): Promise<number> {
  const rows = await listUnlisted(context.state.db);
  for (const row of rows) {
    await listSegment(context, {
      segmentId: row.id,
      path: row.path,
      sidecar: sidecarPath(row.path),
      connectionId: row.connection_id,
      poller: row.poller,
      records: row.records,
      bytes: row.bytes,
      firstEventMs: row.first_event_at,
      lastEventMs: row.last_event_at,
      committedAtMs: context.clock.now(),
    });
  }
  return rows.length;
}
