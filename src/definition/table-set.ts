import type { DcrParts } from './dcr.ts';
import type { TableSchema } from './model.ts';
import type { Report } from './report.ts';
import { sameName } from './stream-rules.ts';
import { readTable, uniqueTables } from './tables.ts';
import type { JsonNode } from './tree.ts';

/** Declared tables, then those that only a data flow names. */
export function completeTables(
  declared: readonly TableSchema[],
  rules: DcrParts,
  mined: readonly TableSchema[],
  report: Report,
): TableSchema[] {
  const tables = [...declared];
  for (const { table } of rules.dataFlows) {
    if (tables.some((known) => sameName(table)(known.name))) continue;
    const fromTemplate = mined.find((known) => sameName(table)(known.name));
    if (!fromTemplate?.declared)
      report.info('TABLE_INFERRED', `table ${table} is not declared; its columns follow from the transform`);
    tables.push(fromTemplate ?? { name: table, columns: [], declared: false });
  }
  return tables;
}

/** All table resources, each table once. `lenient` as in readTable. */
export function readTables(nodes: readonly JsonNode[], report: Report, lenient: boolean): TableSchema[] {
  const tables = nodes.map((node) => readTable(node, report, lenient)).filter((table) => table !== undefined);
  return uniqueTables(tables, report);
}
