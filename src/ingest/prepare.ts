import type { Diagnostic } from '../core/diagnostics.ts';
import { hasErrors } from '../core/diagnostics.ts';
import type { Column, DataFlow, Definition, TableSchema } from '../definition/model.ts';
import type { KqlCompiler } from '../kql/api.ts';
import type { PreparedDefinition, PreparedFlow } from './api.ts';
import { matchColumns, ownColumns } from './flow-columns.ts';
import { carriedColumns } from './source-sql.ts';
import { type CompiledTransform, compileTransform, type TransformInput, transformId } from './transform.ts';
import type { TransformStore } from './transform-store.ts';

export interface PrepareContext {
  readonly kql: KqlCompiler;
  readonly transforms: TransformStore;
  readonly compilerVersion: string;
}

/** Compiles every (dataFlow, stream) that is not compiled yet, and works out the tables. */
export async function prepareDefinition(
  context: PrepareContext,
  definition: Definition,
): Promise<PreparedDefinition> {
  const flows: PreparedFlow[] = [];
  const diagnostics: Diagnostic[] = [];
  const tables = new TableCollector(definition, diagnostics);
  for (const flow of definition.dataFlows) {
    for (const stream of flow.streams) {
      const columns = streamColumns(definition, { flow, stream }, diagnostics);
      if (!columns) continue;
      const transform = await prepareFlow(context, { definition, flow, columns, diagnostics });
      if (!transform || !tables.add(transform, flow)) continue;
      const { table, kql, id } = transform;
      flows.push({ ordinal: flow.ordinal, stream, table, kql, transformId: id });
    }
  }
  return { definition, flows, tables: tables.result(), diagnostics };
}

/** Columns of a stream; the declared table stands in where a stream of a native connector is not declared. */
function streamColumns(
  definition: Definition,
  at: { readonly flow: DataFlow; readonly stream: string },
  diagnostics: Diagnostic[],
): readonly Column[] | undefined {
  const declaration = definition.streams.find((s) => sameName(s.name, at.stream));
  const columns = declaration?.columns ?? declaredTable(definition, at.flow.table)?.columns;
  const path = `dataFlows[${at.flow.ordinal}].streams`;
  if (!columns) {
    diagnostics.push({
      code: 'INGEST_STREAM_UNKNOWN',
      severity: 'error',
      message: `stream ${at.stream} is not declared and table ${at.flow.table} has no schema`,
      hint: 'Declare the stream under streamDeclarations, or give the destination table a schema.',
      place: { path },
    });
    return undefined;
  }
  const bad = columns.filter((c) => c.type === 'timespan' || c.name.startsWith('_sl_') || isCarried(c.name));
  for (const column of bad) {
    diagnostics.push({
      code: 'INGEST_STREAM_COLUMN',
      severity: 'error',
      message: `column ${column.name} (${column.type}) of stream ${at.stream} cannot be read`,
      hint: 'Use another type or name for the column; names that begin with _sl_ and _TimeReceived are reserved.',
      place: { path },
    });
  }
  return bad.length > 0 ? undefined : columns;
}

function isCarried(name: string): boolean {
  return (carriedColumns as readonly string[]).includes(name);
}

export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function declaredTable(definition: Definition, name: string): TableSchema | undefined {
  return definition.tables.find((table) => table.declared && sameName(table.name, name));
}

async function prepareFlow(
  context: PrepareContext,
  input: {
    readonly definition: Definition;
    readonly flow: DataFlow;
    readonly columns: readonly Column[];
    readonly diagnostics: Diagnostic[];
  },
): Promise<CompiledTransform | undefined> {
  const { definition, diagnostics, columns } = input;
  const schema = declaredTable(definition, input.flow.table);
  const flow = schema ? { ...input.flow, table: schema.name } : input.flow;
  const declaredColumns = schema && ownColumns(schema.columns);
  const request: TransformInput = {
    flow,
    streamColumns: columns,
    declaredColumns,
    compilerVersion: context.compilerVersion,
  };
  const stored = await context.transforms.find(transformId(request));
  if (stored) {
    diagnostics.push(
      ...matchColumns({ flow, result: stored.resultColumns, declared: declaredColumns }).diagnostics,
    );
    return stored;
  }
  const { compiled, diagnostics: findings } = await compileTransform(context.kql, request);
  diagnostics.push(...findings);
  if (!compiled) return undefined;
  const matched = matchColumns({ flow, result: compiled.columns, declared: declaredColumns });
  diagnostics.push(...matched.diagnostics);
  if (hasErrors(matched.diagnostics)) return undefined;
  const transform: CompiledTransform = {
    id: transformId(request),
    kql: flow.transformKql,
    sql: compiled.sql,
    table: flow.table,
    streamColumns: columns,
    resultColumns: compiled.columns,
    tableColumns: matched.columns,
    schemaColumns: declaredColumns ?? matched.columns,
    ...retentionOf(definition, flow.table),
  };
  await context.transforms.save(transform);
  return transform;
}

function retentionOf(definition: Definition, name: string): { readonly retentionDays?: number } {
  const days = definition.tables.find((table) => sameName(table.name, name))?.retentionDays;
  return days === undefined ? {} : { retentionDays: days };
}

/** Tables by name; several flows may fill one table, and must agree on the types of its columns. */
class TableCollector {
  readonly #definition: Definition;
  readonly #diagnostics: Diagnostic[];
  readonly #columns = new Map<string, Map<string, Column>>();

  constructor(definition: Definition, diagnostics: Diagnostic[]) {
    this.#definition = definition;
    this.#diagnostics = diagnostics;
  }

  add(transform: CompiledTransform, flow: DataFlow): boolean {
    const columns = this.#columns.get(transform.table) ?? new Map<string, Column>();
    this.#columns.set(transform.table, columns);
    const clash = transform.schemaColumns.find((c) => (columns.get(c.name)?.type ?? c.type) !== c.type);
    if (clash) {
      this.#diagnostics.push({
        code: 'INGEST_COLUMN_TYPE',
        severity: 'error',
        message: `two transforms make ${transform.table}.${clash.name} with different types`,
        hint: 'Convert it in the transform.',
        place: { path: `dataFlows[${flow.ordinal}].transformKql` },
      });
      return false;
    }
    for (const column of transform.schemaColumns) columns.set(column.name, column);
    return true;
  }

  result(): TableSchema[] {
    return [...this.#columns].map(([name, columns]) => ({
      name,
      columns: [...columns.values()],
      declared: declaredTable(this.#definition, name) !== undefined,
      ...retentionOf(this.#definition, name),
    }));
  }
}
