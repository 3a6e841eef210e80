import type { Diagnostic } from '../core/diagnostics.ts';
import type { Column, DataFlow } from '../definition/model.ts';
import { standardColumns } from '../engine/columns.ts';
import type { KqlColumn } from '../kql/api.ts';
import { castSql, toColumnType } from './column-cast.ts';
import { located } from './transform.ts';

const standard = new Set(standardColumns.map((column) => column.name));
/** Standard columns that a transform may set; the others are ours. */
const settable = new Set(['TimeGenerated', 'SourceSystem']);

/** Columns of a table without the standard ones, which the engine adds. */
export function ownColumns(columns: readonly Column[]): Column[] {
  return columns.filter((column) => !standard.has(column.name));
}

/**
 * Which columns of the table a transform fills, with what to tell the author. A column that the table lacks is dropped,
 * another type is cast, an impossible cast is refused (spec CCF §7.1.4).
 */
export function matchColumns(input: {
  readonly flow: DataFlow;
  readonly result: readonly KqlColumn[];
  readonly declared: readonly Column[] | undefined;
}): { readonly columns: readonly Column[]; readonly diagnostics: readonly Diagnostic[] } {
  const { flow, result, declared } = input;
  const columns: Column[] = [];
  const diagnostics: Diagnostic[] = [];
  const report = (finding: Diagnostic) => diagnostics.push(located(finding, flow));
  for (const column of result) {
    const type = toColumnType(column.type);
    if (standard.has(column.name)) {
      reportStandard({ name: column.name, type, flow, report });
      continue;
    }
    const target = declared
      ? declared.find((candidate) => candidate.name === column.name)
      : { name: column.name, type };
    if (!target) report(dropped(flow, column.name));
    else {
      columns.push({ name: target.name, type: target.type });
      if (target.type !== type) report(castFinding({ flow, name: column.name, from: type, to: target.type }));
    }
  }
  return { columns, diagnostics };
}

function reportStandard(options: {
  readonly name: string;
  readonly type: Column['type'];
  readonly flow: DataFlow;
  readonly report: (finding: Diagnostic) => void;
}): void {
  const { name, type, flow, report } = options;
  if (!settable.has(name)) {
    report({
      code: 'INGEST_COLUMN_RESERVED',
      severity: 'warning',
      message: `the transform of ${flow.table} makes ${name}, which Sluice fills itself`,
      hint: 'Rename the column in the transform.',
    });
    return;
  }
  const to = name === 'TimeGenerated' ? 'datetime' : 'string';
  if (type !== to) report(castFinding({ flow, name, from: type, to }));
}

function dropped(flow: DataFlow, name: string): Diagnostic {
  return {
    code: 'INGEST_COLUMN_DROPPED',
    severity: 'warning',
    message: `the transform makes ${name}, which table ${flow.table} does not have: its values are dropped`,
    hint: 'Declare the column in the table, or leave it out of the transform.',
  };
}

function castFinding(options: {
  readonly flow: DataFlow;
  readonly name: string;
  readonly from: Column['type'];
  readonly to: Column['type'];
}): Diagnostic {
  const { flow, name, from, to } = options;
  const possible = castSql(from, to, 'x') !== undefined;
  return {
    code: possible ? 'INGEST_COLUMN_CAST' : 'INGEST_COLUMN_TYPE',
    severity: possible ? 'warning' : 'error',
    message: `the transform makes ${flow.table}.${name} as ${from}, the table declares ${to}`,
    hint: possible
      ? 'Convert it in the transform, for example by tostring() or tolong().'
      : 'Convert it in the transform.',
  };
}
