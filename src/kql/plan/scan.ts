import type { KqlTable } from '../api.ts';
import { quoteName } from '../clickhouse/literal.ts';
import { fromTicks } from '../clickhouse/time.ts';
import type { Env } from './environment.ts';
import { datetimeTicks } from './literals.ts';
import { type Column, columnOf, type Relation } from './relation.ts';

const timeColumn = 'TimeGenerated';

function scanColumn(alias: string, name: string, type: Column['type'], notNull: boolean): Column {
  const plain = columnOf(alias, name, type, type !== 'string' && !notNull);
  // Stored dynamics are never NULL: '' stands for null.
  if (type !== 'dynamic') return plain;
  return { ...plain, sql: `nullIf(${plain.sql},'')`, nullable: true, path: { root: plain.sql, steps: [] } };
}

function bound(text: string): string | undefined {
  const ticks = datetimeTicks(text);
  return ticks === undefined ? undefined : fromTicks(String(ticks));
}

/** Rows of a stored table, within the request's time range where the table has TimeGenerated. */
export function scan(env: Env, source: KqlTable): Relation {
  const { aliases, request, tables } = env.compilation;
  tables.add(source.name);
  const alias = aliases.next();
  const columns = source.columns.map((c) => scanColumn(alias, c.name, c.type, false));
  const carried = (source.carried ?? []).map(
    (name): Column => ({
      name,
      type: 'string',
      nullable: false,
      sql: `${alias}.${quoteName(name)}`,
      cheap: true,
    }),
  );
  const time = source.columns.find((c) => c.name === timeColumn && c.type === 'datetime');
  const where: string[] = [];
  const from = request.timeRange?.from ? bound(request.timeRange.from) : undefined;
  const to = request.timeRange?.to ? bound(request.timeRange.to) : undefined;
  if (time && from) where.push(`${alias}.${quoteName(timeColumn)} >= ${from}`);
  if (time && to) where.push(`${alias}.${quoteName(timeColumn)} < ${to}`);
  return { columns, carried, from: `${source.sql} AS ${alias}`, where, order: [] };
}
