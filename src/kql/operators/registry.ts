import { extend, project, projectAway, projectKeep, projectRename, projectReorder } from './columns.ts';
import { join, lookup } from './join.ts';
import { as, getschema, render, serialize } from './misc.ts';
import { mvExpand } from './mv-expand.ts';
import { sort, take, top } from './ordering.ts';
import { parse, parseWhere } from './parse.ts';
import { parseKv } from './parse-kv.ts';
import { count, distinct, summarize } from './summarize.ts';
import type { TabularOperator } from './types.ts';
import { union } from './union.ts';
import { where } from './where.ts';

const registry = {
  AsOperator: as,
  CountOperator: count,
  DistinctOperator: distinct,
  ExtendOperator: extend,
  FilterOperator: where,
  GetSchemaOperator: getschema,
  JoinOperator: join,
  LookupOperator: lookup,
  MvExpandOperator: mvExpand,
  ParseKvOperator: parseKv,
  ParseOperator: parse,
  ParseWhereOperator: parseWhere,
  ProjectAwayOperator: projectAway,
  ProjectKeepOperator: projectKeep,
  ProjectOperator: project,
  ProjectRenameOperator: projectRename,
  ProjectReorderOperator: projectReorder,
  RenderOperator: render,
  SerializeOperator: serialize,
  SortOperator: sort,
  SummarizeOperator: summarize,
  TakeOperator: take,
  TopOperator: top,
  UnionOperator: union,
} satisfies Readonly<Record<string, TabularOperator>>;

/** Tabular operators by syntax node. */
export const operators: Readonly<Record<string, TabularOperator>> = registry;
