import type { RecordSink } from '../core/collect.ts';
import { SluiceError } from '../core/errors.ts';
import { createIdMaker } from '../core/ids.ts';
import type { Definition } from '../definition/model.ts';
import { getCheckpoint, putOpenWindow } from '../state/checkpoints.ts';
import { countOpenOutbox, retryFailed } from '../state/outbox.ts';
import { ensureSource } from '../state/sources.ts';
import {
  defaultLimits,
  type Ingest,
  type IngestEvent,
  type IngestOptions,
  type PreparedDefinition,
  type PreparedFlow,
  type SinkOptions,
} from './api.ts';
import { createCommitter } from './committer.ts';
import { deliverRow } from './deliver.ts';
import { DeliveryLoop } from './delivery-loop.ts';
import { createEventTimeReader } from './event-time.ts';
import { prepareDefinition, sameName } from './prepare.ts';
import { createRecordKeyReader } from './record-key.ts';
import { recover } from './recovery.ts';
import { reindex } from './reindex.ts';
import { restoreLedger } from './restore.ts';
import { createRecordSink } from './sink.ts';
import { SourceLocks } from './source-lock.ts';
import { localSegmentSource } from './source-sql.ts';
import { createTableMaker } from './table-maker.ts';
import { createTransformStore } from './transform-store.ts';

export type * from './api.ts';

/** Definitions whose compiled flows are kept at hand. */
const preparedKept = 200;

/**
 * Joins archive, state, KQL and engine: hands out sinks for pollers and delivers what they commit to the tables
 * (delivery §2). Nothing runs before `start`.
 */
export function createIngest(options: IngestOptions): Ingest {
  const { state, archive, engine, kql, clock, random, workspaceId } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const emit = (event: IngestEvent) => options.onEvent?.(event);
  const makeId = createIdMaker(clock, random);
  const locks = new SourceLocks();
  const transforms = createTransformStore({ state, archive, clock });
  const tables = createTableMaker(engine, options.defaultRetentionDays ?? (async () => 90));
  const source = localSegmentSource((path) => archive.localPath(path));
  const commit = { state, archive, clock, makeId };
  const committer = createCommitter(commit);
  const shared = { state, archive, engine, clock, source, transforms, tables, workspaceId };
  const deliver = { ...shared, readBack: options.readBack ?? true };
  const loop = new DeliveryLoop({
    state,
    clock,
    random,
    limits,
    emit,
    deliver: (row) => deliverRow(deliver, row),
  });
  const prepared = new Map<string, PreparedDefinition>();

  async function prepare(definition: Definition): Promise<PreparedDefinition> {
    const context = { kql, transforms, compilerVersion: options.compilerVersion ?? '' };
    const result = await prepareDefinition(context, definition);
    prepared.delete(definition.hash);
    prepared.set(definition.hash, result);
    const oldest = prepared.keys().next();
    if (prepared.size > preparedKept && !oldest.done) prepared.delete(oldest.value);
    return result;
  }

  async function sinkFor(wanted: SinkOptions): Promise<RecordSink> {
    const { connectionId, definition, poller, sourceIdentity } = wanted;
    const flows = flowsOf(prepared.get(definition.hash) ?? (await prepare(definition)), poller.streamName);
    for (const flow of flows) await transforms.archive(flow.transformId);
    const nowMs = clock.now();
    const known = await ensureSource(state.db, {
      identity: sourceIdentity,
      connectionId,
      poller: poller.name,
      nowMs,
    });
    return createRecordSink({
      commit,
      committer,
      clock,
      limits,
      lock: locks.of(known.id),
      owner: {
        connectionId,
        definition: { id: definition.id, hash: definition.hash },
        stream: poller.streamName,
        sourceId: known.id,
        sourceIdentity,
        addOnAttributes: poller.addOnAttributes,
        flows,
      },
      keyOf: createRecordKeyReader(poller.recordKey),
      eventTimeOf: createEventTimeReader(poller.eventTimePath),
      waitForRoom: () => loop.waitBelow(limits.openOutboxRows),
      onCommitted: (event) => {
        loop.wake();
        emit(event);
      },
    });
  }

  return {
    prepare,
    sinkFor,
    ensureTables: async (definition) => {
      for (const { name, columns, retentionDays } of definition.tables) {
        await tables.make({ name, columns, ...(retentionDays === undefined ? {} : { retentionDays }) });
      }
    },
    checkpoint: (connectionId, poller) => getCheckpoint(state.db, { connectionId, poller }),
    openWindow: (connectionId, poller, window) =>
      putOpenWindow(state.db, { connectionId, poller }, { window, nowMs: clock.now() }),
    start: async () => {
      emit({ kind: 'recovered', ...(await recover({ state, archive, clock })) });
      loop.start();
    },
    drain: () => loop.waitBelow(1),
    pendingCount: (connectionId) => countOpenOutbox(state.db, connectionId),
    retryFailed: async () => {
      const count = await retryFailed(state.db, clock.now());
      loop.wake();
      return count;
    },
    reindex: () => reindex({ ...shared, makeId }),
    restoreLedger: (sourceIdentity) =>
      restoreLedger({ state, archive, clock, ...(sourceIdentity === undefined ? {} : { sourceIdentity }) }),
    close: () => loop.close(),
  };
}

/** @throws SluiceError INGEST_TRANSFORM when a flow of the stream did not compile: its rows would be missing for ever */
function flowsOf(prepared: PreparedDefinition, stream: string): readonly PreparedFlow[] {
  const wanted = prepared.definition.dataFlows.filter((flow) =>
    flow.streams.some((name) => sameName(name, stream)),
  );
  const flows = prepared.flows.filter((flow) => sameName(flow.stream, stream));
  if (flows.length === wanted.length) return flows;
  const cause = prepared.diagnostics.find((finding) => finding.severity === 'error');
  throw new SluiceError({
    code: 'INGEST_TRANSFORM',
    message: `a dataFlow of stream ${stream} cannot be compiled: ${cause ? `${cause.code} ${cause.message}` : 'no reason given'}`,
    hint: cause?.hint ?? 'Mend the transform in the definition; the diagnostics name the place.',
    ...(cause?.place ? { place: cause.place } : {}),
  });
}
