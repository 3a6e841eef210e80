import { createHash } from 'node:crypto';
import type { Diagnostic } from '../core/diagnostics.ts';
import type { Column, DataFlow } from '../definition/model.ts';
import type { CompileRequest, KqlColumn, KqlCompiler } from '../kql/api.ts';
import { toKqlType } from './column-cast.ts';
import { carriedColumns, sourceName } from './source-sql.ts';

/** Raised when the SQL that this module makes for the same input changes, so that old pinned transforms stay what they were. */
const transformVersion = 1;

/** A dataFlow as SQL, pinned by its id: everything needed to insert a segment now or in years. */
export interface CompiledTransform {
  readonly id: string;
  readonly kql: string;
  /** One SELECT from `_sl_source`. */
  readonly sql: string;
  readonly table: string;
  readonly streamColumns: readonly Column[];
  readonly resultColumns: readonly KqlColumn[];
  /** Own columns that this transform fills, in table types; without the standard ones. */
  readonly tableColumns: readonly Column[];
  /** Own columns of the whole table, so that it can be made again from the archive alone. */
  readonly schemaColumns: readonly Column[];
  /** Where the package declares it; else the default of the time when the table is made. */
  readonly retentionDays?: number;
}

export interface TransformInput {
  readonly flow: DataFlow;
  readonly streamColumns: readonly Column[];
  /** Undefined when the table is inferred. */
  readonly declaredColumns: readonly Column[] | undefined;
  readonly compilerVersion: string;
}

/** The pinned version of a transform: a hash of everything that decides its SQL. */
export function transformId(input: TransformInput): string {
  const parts = [
    transformVersion,
    input.compilerVersion,
    input.flow.transformKql,
    input.flow.table,
    pairs(input.streamColumns),
    input.declaredColumns ? pairs(input.declaredColumns) : null,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

function pairs(columns: readonly Column[]): (readonly [string, string])[] {
  return columns.map((column) => [column.name, column.type] as const);
}

export interface CompiledText {
  readonly sql: string;
  readonly columns: readonly KqlColumn[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Compiles the KQL of a flow; undefined with diagnostics when it does not compile. */
export async function compileTransform(
  kql: KqlCompiler,
  input: TransformInput,
): Promise<{ readonly compiled?: CompiledText; readonly diagnostics: readonly Diagnostic[] }> {
  const result = await kql.compile(compileRequest(input));
  const diagnostics = result.diagnostics.map((finding) => located(finding, input.flow));
  if (!result.ok) return { diagnostics };
  return { compiled: { sql: result.sql, columns: result.columns, diagnostics }, diagnostics };
}

function compileRequest(input: TransformInput): CompileRequest {
  const columns = input.streamColumns.map(({ name, type }) => ({ name, type: toKqlType(type) }));
  return {
    text: input.flow.transformKql,
    mode: 'transform',
    tables: [{ name: 'source', sql: sourceName, columns, carried: carriedColumns }],
    nowSql: '_TimeReceived',
  };
}

/** KQL findings carry spans of the transform's text; the flow says which transform. */
export function located(finding: Diagnostic, flow: DataFlow): Diagnostic {
  const path = `dataFlows[${flow.ordinal}].transformKql`;
  return { ...finding, place: { path, ...finding.place } };
}
