import { columnTypeOf } from './column-types.ts';
import type { Column } from './model.ts';
import type { Report } from './report.ts';
import { items, type JsonNode, member, scalarText } from './tree.ts';

function readColumn(node: JsonNode, report: Report): Column | undefined {
  const name = scalarText(member(node, 'name'))?.trim();
  const typeNode = member(node, 'type');
  const typeText = scalarText(typeNode);
  if (!name || typeText === undefined) {
    report.error('COLUMN_INVALID', 'a column has no name or no type', node);
    return undefined;
  }
  const type = columnTypeOf(typeText);
  if (!type) {
    report.error('COLUMN_TYPE_UNKNOWN', `column ${name} has the unknown type '${typeText}'`, typeNode);
    return undefined;
  }
  return { name, type };
}

/** Columns of a stream or a table; findings are reported and the column left out. Names that differ only in case are two columns. */
export function readColumns(node: JsonNode | undefined, report: Report): Column[] {
  const columns: Column[] = [];
  const names = new Set<string>();
  for (const item of items(node)) {
    const column = readColumn(item, report);
    if (!column) continue;
    if (names.has(column.name)) {
      report.warning('COLUMN_DUPLICATE', `column ${column.name} is declared twice`, item);
      continue;
    }
    names.add(column.name);
    columns.push(column);
  }
  return columns;
}
