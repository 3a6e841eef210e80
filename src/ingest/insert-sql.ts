/** The statements of one (segment, dataFlow): insert, insert of what is missing, and counts (delivery §1.1, §1.3). */
import { rejectedTable } from '../engine/columns.ts';
import { quoteIdentifier, quoteString, quoteTable } from '../engine/sql-text.ts';
import { castSql, toColumnType } from './column-cast.ts';
import { itemIdSql } from './item-id.ts';
import type { ConvertibleType } from './json-conversion.ts';
import { rejectsSql, type SegmentRef, type SegmentSource, sourceName, sourceSql } from './source-sql.ts';
import type { CompiledTransform } from './transform.ts';

/** What the statements need to know of a segment beside its place. */
export interface SegmentFacts extends SegmentRef {
  readonly segmentId: string;
  readonly sourceIdentity: string;
  readonly connectionId: string;
  readonly stream: string;
  readonly addOnAttributes: Readonly<Record<string, string>>;
}

export interface FlowStatement {
  readonly source: SegmentSource;
  readonly segment: SegmentFacts;
  readonly workspaceId: string;
  readonly flow: number;
  /** Undefined for the rejects of the segment (flow -1). */
  readonly transform: CompiledTransform | undefined;
}

interface Output {
  readonly column: string;
  readonly sql: string;
}

export function tableOf(statement: FlowStatement): string {
  return statement.transform?.table ?? rejectedTable.name;
}

/** `onlyMissing` leaves out rows whose `_ItemId` the table already has for this segment. */
export function insertSql(statement: FlowStatement, options: { readonly onlyMissing: boolean }): string {
  const outputs = outputsOf(statement);
  const names = outputs.map((output) => quoteIdentifier(output.column)).join(', ');
  const missing = options.onlyMissing ? ` WHERE \`_ItemId\` NOT IN (${presentIds(statement)})` : '';
  return `INSERT INTO ${quoteTable(tableOf(statement))} (${names}) SELECT ${names} FROM (${rowsSql(statement, outputs)})${missing}`;
}

/** One row: rows of the flow, those without a TimeGenerated, those that the table has, those older than the retention. */
export function compareSql(statement: FlowStatement, retentionDays: number): string {
  const time = timeSql(statement);
  const outputs = [
    { column: '_ItemId', sql: itemIdOf(statement) },
    { column: '_sl_no_time', sql: `isNull(${time})` },
    { column: '_sl_age', sql: `greatest(ifNull(${time}, f._TimeReceived), f._TimeReceived)` },
  ];
  const there = `\`_ItemId\` IN (${presentIds(statement)})`;
  const expired = `_sl_age < now64(7, 'UTC') - toIntervalDay(${retentionDays})`;
  return `SELECT count(), countIf(_sl_no_time), countIf(${there}), countIf(${expired}) FROM (${rowsSql(statement, outputs)})`;
}

/** Rows of the segment in the table, and those whose time may stand for a missing one. */
export function presentSql(table: string, segmentId: string): string {
  return `SELECT count(), countIf(TimeGenerated = _TimeReceived) FROM ${quoteTable(table)} WHERE _SegmentId = ${quoteString(segmentId)}`;
}

function presentIds(statement: FlowStatement): string {
  return `SELECT \`_ItemId\` FROM ${quoteTable(tableOf(statement))} WHERE \`_SegmentId\` = ${quoteString(statement.segment.segmentId)}`;
}

function rowsSql(statement: FlowStatement, outputs: readonly Output[]): string {
  const list = outputs.map((output) => `${output.sql} AS ${quoteIdentifier(output.column)}`).join(', ');
  if (!statement.transform) return `SELECT ${list} FROM (${rejectsSql(statement)}) AS f`;
  const source = sourceSql({
    source: statement.source,
    segment: statement.segment,
    // `prepare` refuses streams with other types.
    columns: statement.transform.streamColumns as { name: string; type: ConvertibleType }[],
    addOnAttributes: statement.segment.addOnAttributes,
  });
  return `WITH ${sourceName} AS (${source}) SELECT ${list} FROM (${statement.transform.sql}) AS f`;
}

function outputsOf(statement: FlowStatement): Output[] {
  const { segment, transform } = statement;
  const standard: Output[] = [
    { column: 'TimeGenerated', sql: `ifNull(${timeSql(statement)}, f._TimeReceived)` },
    { column: '_TimeReceived', sql: 'f._TimeReceived' },
    { column: '_ItemId', sql: itemIdOf(statement) },
    { column: 'Type', sql: quoteString(tableOf(statement)) },
    { column: 'TenantId', sql: quoteString(statement.workspaceId) },
    { column: 'SourceSystem', sql: resultSql(transform, 'SourceSystem', 'string') ?? `''` },
    { column: '_SegmentId', sql: quoteString(segment.segmentId) },
  ];
  return [...ownOutputs(statement), ...standard];
}

function ownOutputs({ segment, transform }: FlowStatement): Output[] {
  if (transform) {
    return transform.tableColumns.map((column) => ({
      column: column.name,
      sql: resultSql(transform, column.name, column.type) ?? failNoCast(column.name),
    }));
  }
  return [
    { column: 'Stream', sql: quoteString(segment.stream) },
    { column: 'ConnectionId', sql: quoteString(segment.connectionId) },
    { column: 'Reason', sql: 'f.reason' },
    { column: 'RawRecord', sql: 'f.raw' },
  ];
}

function failNoCast(name: string): never {
  throw new Error(`column ${name} has no cast; prepare should have refused it`);
}

/** A column of the transform's result, cast to a table type; undefined when the result does not have it. */
function resultSql(
  transform: CompiledTransform | undefined,
  name: string,
  type: Parameters<typeof castSql>[1],
): string | undefined {
  const column = transform?.resultColumns.find((candidate) => candidate.name === name);
  return column && castSql(toColumnType(column.type), type, `f.${quoteIdentifier(name)}`);
}

/** Nullable time of a row as the transform says it. */
function timeSql(statement: FlowStatement): string {
  return (
    resultSql(statement.transform, 'TimeGenerated', 'datetime') ??
    (statement.transform ? `CAST(NULL, 'Nullable(DateTime64(7, \\'UTC\\'))')` : 'f._TimeReceived')
  );
}

function itemIdOf(statement: FlowStatement): string {
  return itemIdSql({
    sourceIdentity: statement.segment.sourceIdentity,
    flow: statement.flow,
    key: 'f._sl_item_key',
    occurrence: 'f._sl_occurrence',
  });
}
