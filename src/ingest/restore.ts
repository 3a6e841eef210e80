/** Loads what sidecars know back into the state: the ledger before an old range is read again, or all of it after a loss. */
import type { ArchiveStore } from '../archive/api.ts';
import { type ManifestEntry, readManifests } from '../archive/manifest.ts';
import { decodeSidecar, type Sidecar } from '../archive/sidecar.ts';
import type { Clock } from '../core/clock.ts';
import { advanceLedger } from '../state/ledger.ts';
import { insertKnownSegment } from '../state/segments.ts';
import { ensureSource } from '../state/sources.ts';
import type { State } from '../state/state.ts';
import { ledgerEntries } from './batch-commit.ts';

export interface RestoreOptions {
  readonly state: State;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  /** Only this source; all when absent. */
  readonly sourceIdentity?: string;
}

/**
 * Makes the ledger know every archived record again, and the state every listed segment. Counts only rise, so it may run
 * at any time. Checkpoints are not restored: the next poll starts where the connection says and finds duplicates.
 * @returns segments read
 */
export async function restoreLedger(options: RestoreOptions): Promise<number> {
  let segments = 0;
  for await (const entry of readManifests(options.archive)) {
    const sidecar = decodeSidecar(await options.archive.get(entry.sidecar), entry.sidecar);
    if (options.sourceIdentity !== undefined && sidecar.sourceIdentity !== options.sourceIdentity) continue;
    await restoreSegment(options, entry, sidecar);
    segments += 1;
  }
  return segments;
}

async function restoreSegment(
  options: RestoreOptions,
  entry: ManifestEntry,
  sidecar: Sidecar,
): Promise<void> {
  const nowMs = options.clock.now();
  const { connectionId, poller } = sidecar;
  const source = await ensureSource(options.state.db, {
    identity: sidecar.sourceIdentity,
    connectionId,
    poller,
    nowMs,
  });
  const records = sidecar.keys.map((key, i) => ({ key, occurrence: sidecar.occurrences[i] ?? 1 }));
  await options.state.transaction(async (trx) => {
    await insertKnownSegment(
      trx,
      {
        id: sidecar.segmentId,
        source_id: source.id,
        connection_id: connectionId,
        poller,
        path: entry.path,
        definition_id: sidecar.definition.id,
        stream: sidecar.stream,
        run_id: sidecar.runId,
        created_at: entry.committedAtMs,
      },
      {
        records: entry.records,
        bytes: entry.bytes,
        first_event_at: entry.firstEventMs,
        last_event_at: entry.lastEventMs,
      },
    );
    await advanceLedger(trx, source.id, { entries: ledgerEntries(records), seenAtMs: nowMs });
  });
}
