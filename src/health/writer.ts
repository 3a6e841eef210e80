import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { SluiceError, toSluiceError } from '../core/errors.ts';
import { failpoint } from '../core/failpoint.ts';
import type { Engine } from '../engine/api.ts';
import { quoteIdentifier, quoteString, quoteTable } from '../engine/sql-text.ts';
import type { HealthRowRow } from '../state/schema.ts';
import type { Db } from '../state/state.ts';
import { pendingHealthRows } from './health-rows.ts';
import { engineTable, type HealthTableName, healthColumns, healthTables } from './tables.ts';

const beforeInsert = failpoint('health.insert.before');
const afterInsert = failpoint('health.insert.after');

/** Rows of one statement. */
const batchRows = 200;
const restMs = 5_000;
const retryMs = 10_000;

export interface HealthWriter {
  /** Says that there are rows to write. */
  wake(): void;
  /** Writes what waits now; rejects when the engine refuses. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

interface WriterOptions {
  readonly db: Db;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly workspaceId: string;
  readonly retentionDays: () => Promise<number>;
  /** Told once per series of failures. */
  readonly onProblem: (error: SluiceError) => void;
}

/**
 * Moves rows from the state database to the engine, each exactly once: a row is deleted here only after it was read
 * there, and an insert leaves out what is there already. A statement whose outcome is unknown is first proved gone.
 */
export function createHealthWriter(options: WriterOptions): HealthWriter {
  const { db, engine, clock } = options;
  const stop = new AbortController();
  let woken = new AbortController();
  let turn: Promise<void> = Promise.resolve();
  let tablesMade = false;

  async function makeTables(): Promise<void> {
    if (tablesMade) return;
    const days = await options.retentionDays();
    for (const name of healthTables) await engine.ensureTable(engineTable(name, days));
    tablesMade = true;
  }

  async function writeBatch(table: HealthTableName, rows: readonly HealthRowRow[]): Promise<void> {
    const ids = rows.map((row) => row.id);
    for (const batch of new Set(rows.map((row) => row.batch))) if (batch) await engine.provenGone(batch);
    // A new name for every attempt: the engine would take a repeated one for done, also when its rows were lost.
    const batch = `health:${randomUUID()}`;
    await db.updateTable('health_rows').set({ batch }).where('id', 'in', ids).execute();
    beforeInsert();
    await engine.command(
      healthInsertSql(table, rows, { nowMs: clock.now(), workspaceId: options.workspaceId }),
      {
        queryId: batch,
        settings: { insert_deduplication_token: batch, max_partitions_per_insert_block: 0 },
      },
    );
    afterInsert();
    const { rows: counted } = await engine.query(presentSql(table, rows));
    if (Number(counted[0]?.[0]) !== rows.length) {
      throw new SluiceError({
        code: 'HEALTH_ROWS_MISSING',
        message: `${rows.length} row(s) were inserted into ${table}, ${String(counted[0]?.[0])} are there`,
        hint: 'They are inserted again by themselves.',
      });
    }
    await db.deleteFrom('health_rows').where('id', 'in', ids).execute();
  }

  async function writeAll(): Promise<void> {
    await makeTables();
    for (const table of healthTables) {
      for (;;) {
        const rows = await pendingHealthRows(db, table, batchRows);
        if (rows.length === 0) break;
        await writeBatch(table, rows);
        if (stop.signal.aborted) return;
      }
    }
  }

  /** One at a time: two writers would each insert what the other has not finished. */
  function flush(): Promise<void> {
    const next = turn.catch(() => undefined).then(writeAll);
    turn = next;
    return next;
  }

  async function loop(): Promise<void> {
    let failing = false;
    while (!stop.signal.aborted) {
      woken = new AbortController();
      const failed = await flush().then(
        () => undefined,
        (error: unknown) => toSluiceError(error, { code: 'HEALTH_INSERT' }),
      );
      if (failed && !failing && !stop.signal.aborted) options.onProblem(failed);
      failing = failed !== undefined;
      const signals = failed ? [stop.signal] : [stop.signal, woken.signal];
      await clock.sleep(failed ? retryMs : restMs, AbortSignal.any(signals)).catch(() => undefined);
    }
  }

  const running = loop();
  return {
    wake: () => woken.abort(),
    flush,
    async close() {
      stop.abort();
      await running;
    },
  };
}

/** Inserts the rows that the table lacks. Every value is a literal made by `quoteString` or a number. */
export function healthInsertSql(
  table: HealthTableName,
  rows: readonly HealthRowRow[],
  facts: { readonly nowMs: number; readonly workspaceId: string },
): string {
  const own = healthColumns[table].map((column) => column.name);
  const structure = ['_sl_at Int64', '_sl_item String', ...own.map((_, i) => `_sl_c${i} String`)].join(', ');
  const tuples = rows.map((row) => {
    const columns = JSON.parse(row.columns_json) as Record<string, string>;
    const texts = [itemId(table, row.id), ...own.map((name) => columns[name] ?? '')].map(quoteString);
    return `(${[row.at, ...texts].join(', ')})`;
  });
  const time = (ms: string) => `CAST(fromUnixTimestamp64Milli(${ms}, 'UTC'), 'DateTime64(7, \\'UTC\\')')`;
  const outputs: [string, string][] = [
    ...own.map((name, i): [string, string] => [name, `_sl_c${i}`]),
    ['TimeGenerated', time('_sl_at')],
    ['_TimeReceived', time(`toInt64(${facts.nowMs})`)],
    ['_ItemId', '_sl_item'],
    ['Type', quoteString(table)],
    ['TenantId', quoteString(facts.workspaceId)],
    ['SourceSystem', quoteString('Sluice')],
    ['_SegmentId', quoteString('')],
  ];
  const names = outputs.map(([name]) => quoteIdentifier(name)).join(', ');
  const values = outputs.map(([, sql]) => sql).join(', ');
  const id = `_sl_c${own.indexOf('RecordId')}`;
  return `INSERT INTO ${quoteTable(table)} (${names}) SELECT ${values} FROM values(${quoteString(structure)}, ${tuples.join(', ')}) WHERE ${id} NOT IN (SELECT RecordId FROM ${quoteTable(table)} WHERE ${withinSql(rows)})`;
}

function presentSql(table: HealthTableName, rows: readonly HealthRowRow[]): string {
  const ids = rows.map((row) => quoteString(row.id)).join(', ');
  return `SELECT count() FROM ${quoteTable(table)} WHERE ${withinSql(rows)} AND RecordId IN (${ids})`;
}

/** The table is ordered by time, so that only the granules of these rows are read. */
function withinSql(rows: readonly HealthRowRow[]): string {
  const times = rows.map((row) => row.at);
  const bound = (ms: number) => `fromUnixTimestamp64Milli(toInt64(${ms}), 'UTC')`;
  return `TimeGenerated >= ${bound(Math.min(...times))} AND TimeGenerated <= ${bound(Math.max(...times))}`;
}

function itemId(table: string, id: string): string {
  return createHash('sha256').update(`${table}/${id}`).digest('hex').slice(0, 32);
}
