import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../core/entry.ts';
import type { Engine } from '../../engine/api.ts';
import type { CompileRequest, KqlColumn, KqlTable } from '../api.ts';
import { compileKql } from '../compile.ts';
import { type Cell, toCell } from '../result.ts';

export interface Answer {
  readonly columns: readonly KqlColumn[];
  readonly rows: readonly (readonly Cell[])[];
  readonly sql: string;
}

/** Compiles and runs a query on a real engine; throws with all findings where it is refused. */
export async function runKql(
  engine: Engine,
  text: string,
  request: Partial<CompileRequest> = {},
): Promise<Answer> {
  const compiled = compileKql({ text, mode: 'query', tables: [], ...request });
  if (!compiled.ok) throw new Error(compiled.diagnostics.map((d) => `${d.code}: ${d.message}`).join('\n'));
  const result = await engine.query(compiled.sql);
  const rows = result.rows.map((row) => compiled.columns.map((c, i) => toCell(c.type, row[i])));
  return { columns: compiled.columns, rows, sql: compiled.sql };
}

/** The read-only material beside the project, or undefined where it is missing (an error on CI). */
export function sharedFolder(): string | undefined {
  const folder = join(projectRoot(), '..', 'shared');
  if (existsSync(folder)) return folder;
  if (process.env.CI) throw new Error(`${folder} is missing`);
  console.log(`left out: ${folder} is missing`);
  return undefined;
}

/** Two small tables for goldens. */
export const sampleTables: readonly KqlTable[] = [
  {
    name: 'Events',
    sql: `(SELECT toDateTime64('2024-05-01 00:00:00',7,'UTC') + toIntervalMinute(number * 20) AS "TimeGenerated", ['alice','bob','','Carol'][number % 4 + 1] AS "User", if(number % 3 = 0, NULL, toNullable(toInt64(number))) AS "Bytes", ['login ok','login failed','file/read',''][number % 4 + 1] AS "Message", if(number % 5 = 0, '', concat('{"ip":"10.0.0.', toString(number), '","tags":["a","t', toString(number % 2), '"],"n":', toString(number), '}')) AS "Data" FROM numbers(12))`,
    columns: [
      { name: 'TimeGenerated', type: 'datetime' },
      { name: 'User', type: 'string' },
      { name: 'Bytes', type: 'long' },
      { name: 'Message', type: 'string' },
      { name: 'Data', type: 'dynamic' },
    ],
  },
  {
    name: 'Users',
    sql: `(SELECT arrayJoin([('alice',toNullable(toInt32(1))),('bob',NULL),('bob',3),('dave',4)]) AS r, r.1 AS "User", r.2 AS "Level")`,
    columns: [
      { name: 'User', type: 'string' },
      { name: 'Level', type: 'int' },
    ],
  },
];
