import type { KqlColumn, KqlType } from '../api.ts';
import { quoteName } from '../clickhouse/literal.ts';
import { prunableList } from '../clickhouse/prune.ts';
import type { Value } from './value.ts';

/** A column of a relation: a KQL name and the SQL that gives it in the scope of the relation's FROM. */
export interface Column extends Value {
  readonly name: string;
}

export interface OrderTerm {
  readonly value: Value;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/**
 * One SELECT in the making. Operators add to it while that keeps the meaning, and close it into a subquery where not.
 * Columns are always written with the alias of their subquery, because in ClickHouse a bare name in WHERE
 * means the SELECT alias of that name before it means the column.
 */
export interface Relation {
  readonly columns: readonly Column[];
  /** Travel with each row but are invisible to KQL: carried columns of a transform. */
  readonly carried: readonly Column[];
  readonly from: string;
  readonly where: readonly string[];
  readonly order: readonly OrderTerm[];
  readonly limit?: string;
}

export class AliasSource {
  private count = 0;
  next(): string {
    this.count++;
    return `t${this.count}`;
  }
}

/** SQL of a value as a column of a subquery: predicates become Bool so that they are stored and shown as such. */
export function materialized(value: Value): string {
  return value.type === 'bool' && !value.cheap ? `toBool(${value.sql})` : value.sql;
}

function orderSql(term: OrderTerm): string {
  const nulls = term.value.nullable ? ` NULLS ${term.nullsFirst ? 'FIRST' : 'LAST'}` : '';
  return `${term.value.sql} ${term.descending ? 'DESC' : 'ASC'}${nulls}`;
}

export interface SelectOptions {
  /** Adds ORDER BY although no LIMIT needs it. */
  readonly ordered?: boolean;
  readonly extra?: readonly { readonly name: string; readonly sql: string }[];
  readonly suffix?: string;
  /** Alias of the subquery that this will be: its columns are then written only where something reads them. */
  readonly alias?: string;
}

function selected(relation: Relation, options: SelectOptions): string {
  const items = [...relation.columns, ...relation.carried].map((c) => ({
    name: c.name,
    sql: materialized(c),
  }));
  const named = [...items, ...(options.extra ?? [])].map((i) => ({
    name: quoteName(i.name),
    sql: `${i.sql} AS ${quoteName(i.name)}`,
  }));
  if (options.alias)
    return prunableList(named.map((i) => ({ reference: `${options.alias}.${i.name}`, sql: i.sql })));
  return named.length > 0 ? named.map((i) => i.sql).join(', ') : '1 AS "_"';
}

/** SQL text of a relation as one SELECT. */
export function selectSql(relation: Relation, options: SelectOptions = {}): string {
  const columns = selected(relation, options);
  const where = relation.where.length > 0 ? ` WHERE ${relation.where.join(' AND ')}` : '';
  const needsOrder = options.ordered || relation.limit !== undefined;
  const order =
    needsOrder && relation.order.length > 0 ? ` ORDER BY ${relation.order.map(orderSql).join(', ')}` : '';
  const limit = relation.limit === undefined ? '' : ` LIMIT ${relation.limit}`;
  const from = relation.from === '' ? '' : ` FROM ${relation.from}`;
  return `SELECT ${columns}${from}${where}${order}${limit}${options.suffix ?? ''}`;
}

/** ORDER BY terms of a relation for a window, or '' when it has no order. */
export function windowOrder(relation: Relation): string {
  return relation.order.length === 0 ? '' : `ORDER BY ${relation.order.map(orderSql).join(', ')}`;
}

/** A column read from a subquery. */
export function columnOf(alias: string, name: string, type: KqlType, nullable: boolean): Column {
  return { name, type, nullable, sql: `${alias}.${quoteName(name)}`, cheap: true, rowBound: true };
}

/**
 * Closes a relation into a subquery of which every column is a plain reference.
 * A pending sort goes on as hidden sort keys, because a subquery's own order is not kept.
 */
export function closed(relation: Relation, aliases: AliasSource, options: SelectOptions = {}): Relation {
  const alias = aliases.next();
  const extra = relation.order.map((term, i) => ({ name: `_o${i}${alias}`, sql: term.value.sql }));
  const sql = selectSql(relation, { ...options, alias, extra: [...(options.extra ?? []), ...extra] });
  return {
    columns: relation.columns.map((c) => columnOf(alias, c.name, c.type, c.nullable)),
    carried: relation.carried.map((c) => columnOf(alias, c.name, c.type, c.nullable)),
    from: `(${sql}) AS ${alias}`,
    where: [],
    order: relation.order.map((term, i) => ({
      ...term,
      value: columnOf(alias, `_o${i}${alias}`, term.value.type, term.value.nullable),
    })),
  };
}

/** Closes a relation and adds hidden columns; gives their SQL in the order of `extra`. */
export function closedWith(
  relation: Relation,
  aliases: AliasSource,
  extra: readonly { readonly name: string; readonly sql: string }[],
): { relation: Relation; refs: string[] } {
  const result = closed(relation, aliases, { extra });
  const alias = result.from.slice(result.from.lastIndexOf(' ') + 1);
  return { relation: result, refs: extra.map((e) => `${alias}.${quoteName(e.name)}`) };
}

/** True when every column is cheap to write again and no LIMIT stands in the way of a filter. */
export function isOpen(relation: Relation): boolean {
  return relation.limit === undefined && relation.columns.every((c) => c.cheap);
}

/** The relation itself when its columns may be used in new expressions, else a closed one. */
export function opened(relation: Relation, aliases: AliasSource): Relation {
  return isOpen(relation) ? relation : closed(relation, aliases);
}

export function schemaOf(relation: Relation): KqlColumn[] {
  return relation.columns.map((c) => ({ name: c.name, type: c.type }));
}
