import { readColumns } from './columns.ts';
import type { Column, TableSchema } from './model.ts';
import type { Report } from './report.ts';
import { items, type JsonNode, member, scalarText } from './tree.ts';

/** Columns that every table has and that Sluice fills itself (design §5). */
const hostColumns: ReadonlySet<string> = new Set([
  'type',
  'tenantid',
  'sourcesystem',
  '_itemid',
  '_timereceived',
  '_segmentid',
]);

/** Table name without the prefix that marks it as custom or built in. */
export function tableNameOf(stream: string): string {
  return stream.trim().replace(/^(?:Custom|Microsoft)-/i, '');
}

function retentionOf(properties: JsonNode | undefined): { retentionDays: number } | object {
  const days = Number(scalarText(member(properties, 'retentionInDays')) ?? Number.NaN);
  return Number.isInteger(days) && days > 0 ? { retentionDays: days } : {};
}

function withoutHostColumns(columns: readonly Column[], node: JsonNode, report: Report): Column[] {
  return columns.filter((column) => {
    const reserved = hostColumns.has(column.name.toLowerCase());
    if (reserved) report.warning('COLUMN_RESERVED', `column ${column.name} is filled by Sluice itself`, node);
    return !reserved;
  });
}

/** True when a cut-out of a template stands in for columns that are not there. */
function isPartial(columns: JsonNode | undefined): boolean {
  return (
    !columns ||
    items(columns).length === 0 ||
    items(columns).some((item) => member(item, 'name') === undefined)
  );
}

/** One table resource. With `lenient`, an incomplete list of columns makes an undeclared table instead of errors. */
export function readTable(node: JsonNode, report: Report, lenient = false): TableSchema | undefined {
  const properties = member(node, 'properties');
  const schema = member(properties, 'schema');
  const name = scalarText(member(schema, 'name')) ?? scalarText(member(node, 'name'))?.split('/').at(-1);
  if (!name) {
    report.error('VALUE_TYPE', 'a table has no name', node);
    return undefined;
  }
  const columnsNode = member(schema, 'columns');
  const base = { name: tableNameOf(name), ...retentionOf(properties) };
  if (lenient && isPartial(columnsNode)) {
    report.info('TABLE_PARTIAL', `the columns of table ${base.name} are not all given`, columnsNode ?? node);
    return { ...base, columns: [], declared: false };
  }
  const columns = withoutHostColumns(readColumns(columnsNode, report), columnsNode ?? node, report);
  if (columns.some((column) => column.name === 'TimeGenerated')) return { ...base, columns, declared: true };
  report.warning('TABLE_NO_TIME', `table ${base.name} does not declare TimeGenerated`, columnsNode ?? node);
  return { ...base, columns: [{ name: 'TimeGenerated', type: 'datetime' }, ...columns], declared: true };
}

/** Keeps the first declaration of each table; names compare without regard to case. */
export function uniqueTables(tables: readonly TableSchema[], report: Report): TableSchema[] {
  const byName = new Map<string, TableSchema>();
  for (const table of tables) {
    const key = table.name.toLowerCase();
    if (byName.has(key)) report.warning('TABLE_DUPLICATE', `table ${table.name} is declared twice`);
    else byName.set(key, table);
  }
  return [...byName.values()];
}
