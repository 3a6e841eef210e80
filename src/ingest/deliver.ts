/** Steps 4 and 5 of delivery §2 for one outbox row: the insert, the proof that its rows are there, the note of it. */
import type { ArchiveStore } from '../archive/api.ts';
import { sidecarPath } from '../archive/segment.ts';
import { decodeSidecar } from '../archive/sidecar.ts';
import type { Clock } from '../core/clock.ts';
import { SluiceError, toSluiceError } from '../core/errors.ts';
import { failpoint } from '../core/failpoint.ts';
import type { Engine } from '../engine/api.ts';
import { updateOutbox } from '../state/outbox.ts';
import type { OutboxRow } from '../state/schema.ts';
import { getSegment } from '../state/segments.ts';
import type { State } from '../state/state.ts';
import { rejectsFlow } from './batch-commit.ts';
import {
  compareSql,
  type FlowStatement,
  insertSql,
  presentSql,
  type SegmentFacts,
  tableOf,
} from './insert-sql.ts';
import { rejectCountSql, type SegmentSource, segmentSettings } from './source-sql.ts';
import type { TableMaker } from './table-maker.ts';
import type { TransformStore } from './transform-store.ts';

const beforeInserting = failpoint('ingest.inserting.before');
const afterInserting = failpoint('ingest.inserting.after');
const afterInsert = failpoint('ingest.insert.after');
const beforeDelivered = failpoint('ingest.delivered.before');
const afterDelivered = failpoint('ingest.delivered.after');

export interface DeliverContext {
  readonly state: State;
  readonly archive: ArchiveStore;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly source: SegmentSource;
  readonly transforms: TransformStore;
  readonly tables: TableMaker;
  readonly workspaceId: string;
  readonly readBack: boolean;
}

export interface Delivered {
  readonly connectionId: string;
  readonly rows: number;
  readonly nullTimes: number;
  readonly recovered: boolean;
}

export interface LoadedSegment {
  readonly facts: SegmentFacts;
  readonly records: number;
}

/** Numbers and partitions of one insert: one block whatever the times in it, or a token would not mean the whole insert. */
function insertSettings(token: string): Record<string, string | number> {
  return { ...segmentSettings, insert_deduplication_token: token, max_partitions_per_insert_block: 0 };
}

/** Query ids have no slash. */
function queryId(token: string): string {
  return token.replace('/', ':');
}

/**
 * Delivers one outbox row. A row that was tried before is never repeated as it was: the old statement is proved gone, then
 * what is missing is inserted under a new token (delivery §1.1).
 * @throws SluiceError; the row is then unconfirmed or still pending, with the error in it
 */
export async function deliverRow(context: DeliverContext, row: OutboxRow): Promise<Delivered> {
  const { state, clock } = context;
  const loaded = await loadSegment(context, row.segment_id);
  const statement = await statementOf(context, { row, facts: loaded.facts });
  const outcome = await insertAndProve(context, { row, statement, records: loaded.records });
  beforeDelivered();
  await updateOutbox(state.db, row, {
    state: 'delivered',
    rows: outcome.rows,
    rejected: row.flow === rejectsFlow ? outcome.rows : null,
    null_times: outcome.nullTimes,
    error: null,
    updated_at: clock.now(),
  });
  afterDelivered();
  return { connectionId: loaded.facts.connectionId, ...outcome, recovered: row.state !== 'pending' };
}

/** Facts of a segment from its sidecar. @throws SluiceError ARCHIVE_MISSING, ARCHIVE_DAMAGED */
export async function loadSegment(
  context: Pick<DeliverContext, 'state' | 'archive'>,
  id: string,
): Promise<LoadedSegment> {
  const row = await getSegment(context.state.db, id);
  if (!row) throw new Error(`segment ${id} is not in the state`);
  const path = sidecarPath(row.path);
  const sidecar = decodeSidecar(await context.archive.get(path), path);
  const { sourceIdentity, connectionId, stream, addOnAttributes, records } = sidecar;
  const facts = {
    path: row.path,
    sidecar: path,
    segmentId: id,
    sourceIdentity,
    connectionId,
    stream,
    addOnAttributes,
  };
  return { facts, records };
}

async function statementOf(
  context: DeliverContext,
  input: { readonly row: OutboxRow; readonly facts: SegmentFacts },
): Promise<FlowStatement> {
  const { row, facts } = input;
  const transform = row.flow === rejectsFlow ? undefined : await context.transforms.load(row.transform_id);
  return {
    source: context.source,
    segment: facts,
    workspaceId: context.workspaceId,
    flow: row.flow,
    transform,
  };
}

interface Proof {
  readonly rows: number;
  readonly nullTimes: number;
}

async function insertAndProve(
  context: DeliverContext,
  input: { readonly row: OutboxRow; readonly statement: FlowStatement; readonly records: number },
): Promise<Proof> {
  const { row, statement } = input;
  if (row.flow === rejectsFlow && (await countRejects(context, statement)) === 0)
    return { rows: 0, nullTimes: 0 };
  await context.tables.ensure(statement.transform);
  const retry = row.state !== 'pending';
  if (retry && context.readBack) await context.engine.provenGone(queryId(row.token));
  const attempt = retry ? row.attempt + 1 : row.attempt;
  const token = retry && context.readBack ? `${row.segment_id}/${row.flow}#${attempt}` : row.token;
  beforeInserting();
  await noteAttempt(context, row, { state: 'inserting', token, attempt });
  afterInserting();
  try {
    const sql = insertSql(statement, { onlyMissing: retry && context.readBack });
    await context.engine.command(sql, { queryId: queryId(token), settings: insertSettings(token) });
    afterInsert();
    return await prove(context, { ...input, thorough: retry });
  } catch (error) {
    // Even a definite error may have left rows, or a token without rows, behind.
    const typed = toSluiceError(error, {
      code: 'INGEST_INSERT',
      message: `insert into ${tableOf(statement)} failed`,
    });
    await noteAttempt(context, row, {
      state: 'unconfirmed',
      token,
      attempt,
      error: `${typed.code}: ${typed.message}`,
    });
    throw typed;
  }
}

async function noteAttempt(
  context: DeliverContext,
  row: OutboxRow,
  changes: Pick<OutboxRow, 'state' | 'token' | 'attempt'> & { error?: string },
): Promise<void> {
  await updateOutbox(context.state.db, row, { ...changes, updated_at: context.clock.now() });
}

/** Compares what the flow makes with what the table has. @throws SluiceError INGEST_ROWS_MISSING */
async function prove(
  context: DeliverContext,
  input: { row: OutboxRow; statement: FlowStatement; records: number; thorough: boolean },
): Promise<Proof> {
  const { statement, records, row } = input;
  if (!context.readBack) return { rows: records, nullTimes: 0 };
  if (!input.thorough && (await isOnlyFlowOfTable(context, row))) {
    const sql = presentSql(tableOf(statement), statement.segment.segmentId);
    const [rows = 0, suspects = 0] = await numbers(context.engine, sql);
    if (rows === records && suspects === 0) return { rows, nullTimes: 0 };
  }
  return compare(context, statement);
}

/** Runs the flow again and looks for each of its rows. Rows beyond the retention may be gone and are not missed. */
export async function compare(
  context: Pick<DeliverContext, 'engine' | 'tables'>,
  statement: FlowStatement,
): Promise<Proof & { readonly expected: number }> {
  const table = tableOf(statement);
  const retentionDays = await context.tables.retentionDays(table);
  const sql = compareSql(statement, retentionDays);
  const [expected = 0, nullTimes = 0, there = 0, expired = 0] = await numbers(
    context.engine,
    sql,
    segmentSettings,
  );
  if (there + expired < expected) {
    throw new SluiceError({
      code: 'INGEST_ROWS_MISSING',
      message: `${expected - there} of ${expected} rows of segment ${statement.segment.segmentId} are not in ${table}`,
      hint: 'Rows older than the retention of the table vanish at once: raise the retention, then retry the failed flows.',
    });
  }
  return { rows: there, nullTimes, expected };
}

/** Counting by segment is enough when no other flow puts rows of the segment into the table. */
async function isOnlyFlowOfTable(context: DeliverContext, row: OutboxRow): Promise<boolean> {
  const others = await context.state.db
    .selectFrom('outbox')
    .select('flow')
    .where('segment_id', '=', row.segment_id)
    .where('table_name', '=', row.table_name)
    .execute();
  return others.length === 1;
}

export async function countRejects(
  context: Pick<DeliverContext, 'engine' | 'source'>,
  statement: FlowStatement,
): Promise<number> {
  const [count = 0] = await numbers(
    context.engine,
    rejectCountSql(context.source, statement.segment),
    segmentSettings,
  );
  return count;
}

async function numbers(
  engine: Engine,
  sql: string,
  settings: Record<string, string | number> = {},
): Promise<number[]> {
  const { rows } = await engine.query(sql, { settings });
  return (rows[0] ?? []).map(Number);
}
