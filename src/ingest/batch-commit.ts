/** Steps 1 to 3 of delivery §2: intent, segment with sidecar, one state transaction, manifest entry. */
import { createHash } from 'node:crypto';
import type { ArchiveStore } from '../archive/api.ts';
import { appendManifest, type ManifestEntry } from '../archive/manifest.ts';
import { defaultPrefix, segmentPath, sidecarPath } from '../archive/segment.ts';
import { encodeSidecar, type Sidecar } from '../archive/sidecar.ts';
import { compress } from '../archive/zstd.ts';
import type { Clock } from '../core/clock.ts';
import type { Checkpoint, RecordBytes, Window } from '../core/collect.ts';
import { failpoint } from '../core/failpoint.ts';
import { putCheckpoint } from '../state/checkpoints.ts';
import { advanceLedger, type LedgerEntry } from '../state/ledger.ts';
import { insertOutbox } from '../state/outbox.ts';
import { commitSegment, insertIntent, markInManifest } from '../state/segments.ts';
import type { Db, State } from '../state/state.ts';
import type { PreparedFlow } from './api.ts';

const beforeIntent = failpoint('ingest.intent.before');
const afterIntent = failpoint('ingest.intent.after');
const beforeSegment = failpoint('ingest.segment.before');
const afterSegment = failpoint('ingest.segment.after');
const afterSidecar = failpoint('ingest.sidecar.after');
const beforeCommit = failpoint('ingest.commit.before');
const insideCommit = failpoint('ingest.commit.inside');
const afterCommit = failpoint('ingest.commit.after');
const afterManifest = failpoint('ingest.manifest.after');
const afterListed = failpoint('ingest.manifest.noted');
const beforeCheckpoint = failpoint('ingest.checkpoint.before');
const afterCheckpoint = failpoint('ingest.checkpoint.after');

/** Flow number of the records that the engine cannot parse. */
export const rejectsFlow = -1;

export interface NewRecord {
  readonly bytes: RecordBytes;
  /** 32 hex digits. */
  readonly key: string;
  readonly occurrence: number;
  readonly eventMs: number | undefined;
}

export interface BatchPage {
  readonly receivedAtMs: number;
  records: number;
}

export interface Batch {
  readonly records: readonly NewRecord[];
  readonly pages: readonly BatchPage[];
  readonly checkpoint: Checkpoint | undefined;
}

/** What is the same for every batch of one read. */
export interface BatchOwner {
  readonly connectionId: string;
  readonly definition: { readonly id: string; readonly hash: string };
  readonly poller: string;
  readonly runId: string;
  readonly window: Window | undefined;
  /** The stored checkpoint belongs to another read. */
  readonly beside?: boolean;
  readonly stream: string;
  readonly sourceId: number;
  readonly sourceIdentity: string;
  readonly addOnAttributes: Readonly<Record<string, string>>;
  readonly flows: readonly PreparedFlow[];
}

export interface CommitContext {
  readonly state: State;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  readonly makeId: () => string;
}

export interface CommittedSegment {
  readonly sidecar: Sidecar;
  readonly path: string;
  readonly bytes: number;
}

/** Commits a batch that has records. What a failure leaves behind is an intent, which the next start cleans up. */
export async function commitBatch(
  context: CommitContext,
  owner: BatchOwner,
  batch: Batch,
): Promise<CommittedSegment> {
  const { state, clock } = context;
  const id = context.makeId();
  const times = eventTimes(batch);
  const receivedAtMs = batch.pages[0]?.receivedAtMs ?? clock.now();
  const path = segmentPath({
    prefix: defaultPrefix,
    connection: owner.connectionId,
    receivedAtMs,
    firstAtMs: times.first ?? receivedAtMs,
    id,
  });
  beforeIntent();
  await insertIntent(state.db, {
    id,
    source_id: owner.sourceId,
    connection_id: owner.connectionId,
    poller: owner.poller,
    path,
    definition_id: owner.definition.id,
    stream: owner.stream,
    run_id: owner.runId,
    created_at: clock.now(),
  });
  afterIntent();
  const written = await writeSegment(context, { owner, batch, id, path, times });
  beforeCommit();
  await state.transaction(async (trx) => {
    await commitState(trx, { owner, batch, segment: written, nowMs: clock.now() });
    insideCommit();
  });
  afterCommit();
  await listSegment(context, manifestEntry(written, clock.now()));
  return written;
}

function manifestEntry({ sidecar, path, bytes }: CommittedSegment, committedAtMs: number): ManifestEntry {
  return {
    segmentId: sidecar.segmentId,
    path,
    sidecar: sidecarPath(path),
    connectionId: sidecar.connectionId,
    poller: sidecar.poller,
    records: sidecar.records,
    bytes,
    firstEventMs: sidecar.firstEventMs,
    lastEventMs: sidecar.lastEventMs,
    committedAtMs,
  };
}

interface EventTimes {
  readonly first: number | null;
  readonly last: number | null;
}

function eventTimes(batch: Batch): EventTimes {
  let first: number | null = null;
  let last: number | null = null;
  for (const { eventMs } of batch.records) {
    if (eventMs === undefined) continue;
    if (first === null || eventMs < first) first = eventMs;
    if (last === null || eventMs > last) last = eventMs;
  }
  return { first, last };
}

async function writeSegment(
  context: CommitContext,
  input: { owner: BatchOwner; batch: Batch; id: string; path: string; times: EventTimes },
): Promise<CommittedSegment> {
  const { owner, batch, path } = input;
  const ndjson = joinLines(batch.records);
  const object = await compress(ndjson);
  const sidecar: Sidecar = {
    version: 1,
    segmentId: input.id,
    definition: owner.definition,
    connectionId: owner.connectionId,
    poller: owner.poller,
    runId: owner.runId,
    sourceIdentity: owner.sourceIdentity,
    stream: owner.stream,
    addOnAttributes: owner.addOnAttributes,
    transforms: owner.flows.map(({ ordinal, table, kql, transformId }) => ({
      flow: ordinal,
      table,
      kql,
      transformId,
    })),
    pages: batch.pages.filter((page) => page.records > 0),
    records: batch.records.length,
    keys: batch.records.map((record) => record.key),
    occurrences: batch.records.map((record) => record.occurrence),
    firstEventMs: input.times.first,
    lastEventMs: input.times.last,
    sha256: { object: sha256(object), ndjson: sha256(ndjson) },
  };
  beforeSegment();
  await context.archive.put(path, object);
  afterSegment();
  await context.archive.put(sidecarPath(path), encodeSidecar(sidecar));
  afterSidecar();
  return { sidecar, path, bytes: object.length };
}

function joinLines(records: readonly NewRecord[]): Uint8Array {
  const size = records.reduce((sum, record) => sum + record.bytes.length + 1, 0);
  const target = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { bytes } of records) {
    target.set(bytes, at);
    at += bytes.length;
    target[at++] = 0x0a;
  }
  return target;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Step 3: ledger, checkpoint, segment and outbox move together or not at all. */
async function commitState(
  trx: Db,
  input: { owner: BatchOwner; batch: Batch; segment: CommittedSegment; nowMs: number },
): Promise<void> {
  const { owner, batch, nowMs } = input;
  const { sidecar, bytes } = input.segment;
  await commitSegment(trx, sidecar.segmentId, {
    records: sidecar.records,
    bytes,
    first_event_at: sidecar.firstEventMs,
    last_event_at: sidecar.lastEventMs,
  });
  await advanceLedger(trx, owner.sourceId, { entries: ledgerEntries(batch.records), seenAtMs: nowMs });
  if (batch.checkpoint) await storeCheckpoint(trx, owner, { checkpoint: batch.checkpoint, nowMs });
  await insertOutbox(trx, outboxRows(sidecar), nowMs);
}

export function ledgerEntries(records: readonly Pick<NewRecord, 'key' | 'occurrence'>[]): LedgerEntry[] {
  const counts = new Map<string, number>();
  for (const { key, occurrence } of records) counts.set(key, Math.max(counts.get(key) ?? 0, occurrence));
  return [...counts].map(([key, count]) => ({ key: Buffer.from(key, 'hex'), count }));
}

/** Outbox rows of a segment; a stream without a dataFlow is archived only. */
function outboxRows(sidecar: Sidecar) {
  const id = sidecar.segmentId;
  const flows = sidecar.transforms.map(({ flow, table, transformId }) => ({ flow, table, transformId }));
  if (flows.length > 0) flows.push({ flow: rejectsFlow, table: '_Rejected', transformId: '' });
  return flows.map(({ flow, table, transformId }) => ({
    segment_id: id,
    flow,
    table_name: table,
    transform_id: transformId,
    token: `${id}/${flow}`,
  }));
}

async function storeCheckpoint(
  db: Db,
  owner: BatchOwner,
  value: { readonly checkpoint: Checkpoint; readonly nowMs: number },
): Promise<void> {
  if (owner.beside) return;
  const key = { connectionId: owner.connectionId, poller: owner.poller };
  await putCheckpoint(db, key, { ...value, window: owner.window });
}

/** Names a committed segment in the manifest. A stop before the note repeats the line at the next start; readers go by id. */
export async function listSegment(
  context: Pick<CommitContext, 'archive' | 'state'>,
  entry: ManifestEntry,
): Promise<void> {
  await appendManifest(context.archive, entry);
  afterManifest();
  await markInManifest(context.state.db, entry.segmentId);
  afterListed();
}

/** A batch without new records: only the checkpoint moves. */
export async function commitCheckpoint(
  context: CommitContext,
  owner: BatchOwner,
  checkpoint: Checkpoint,
): Promise<void> {
  beforeCheckpoint();
  await context.state.transaction((trx) =>
    storeCheckpoint(trx, owner, { checkpoint, nowMs: context.clock.now() }),
  );
  afterCheckpoint();
}
