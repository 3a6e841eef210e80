import type { Kysely } from 'kysely';
import { SluiceError } from '../core/errors.ts';
import type { Definition, PollerTemplate } from '../definition/model.ts';
import type { Engine } from '../engine/api.ts';
import { quoteTable } from '../engine/sql-text.ts';
import type { ConnectionRow, Database } from '../state/schema.ts';
import type { ConnectionStore } from './connections.ts';
import type { DefinitionCatalogue } from './definitions.ts';
import { isoTime } from './time-text.ts';

export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** What one poller has read of the past. */
export interface Coverage {
  readonly connection: string;
  readonly poller: string;
  /** Sorted, apart from each other. */
  readonly collected: readonly Span[];
  /** Windows that kept failing and were passed: known not to be collected. */
  readonly parked: readonly Span[];
}

export type BinState = 'collected' | 'collected-empty' | 'partly-collected' | 'not-collected' | 'unknown';

/** Parts of `span` that none of `holes` covers. Holes may overlap and stand in any order. */
export function without(span: Span, holes: readonly Span[]): Span[] {
  return holes.reduce<Span[]>(
    (left, hole) =>
      left.flatMap((piece) =>
        [
          { startMs: piece.startMs, endMs: Math.min(piece.endMs, hole.startMs) },
          { startMs: Math.max(piece.startMs, hole.endMs), endMs: piece.endMs },
        ].filter((part) => part.startMs < part.endMs),
      ),
    span.startMs < span.endMs ? [span] : [],
  );
}

/** Milliseconds of a bin that spans cover; spans do not overlap. */
export function coveredMs(bin: Span, spans: readonly Span[]): number {
  return spans.reduce(
    (sum, span) => sum + Math.max(0, Math.min(bin.endMs, span.endMs) - Math.max(bin.startMs, span.startMs)),
    0,
  );
}

/** What is known of a bin: every poller must have read all of it for an empty one to mean that nothing happened. */
export function binState(
  bin: Span,
  facts: { readonly rows: number; readonly pendingInserts: number },
  coverages: readonly Coverage[],
): BinState {
  const { rows } = facts;
  if (coverages.length === 0) return 'unknown';
  const length = bin.endMs - bin.startMs;
  const covered = coverages.map((c) => coveredMs(bin, c.collected));
  if (covered.every((ms) => ms === length)) {
    if (rows > 0) return 'collected';
    // Rows of the bin may be among those that wait.
    return facts.pendingInserts > 0 ? 'unknown' : 'collected-empty';
  }
  if (covered.every((ms) => ms === 0) && rows === 0) return 'not-collected';
  return 'partly-collected';
}

/** Bins of one answer. */
const maxBins = 1_000;

interface Options {
  readonly db: Kysely<Database>;
  readonly engine: Engine;
  readonly connections: ConnectionStore;
  readonly catalogue: DefinitionCatalogue;
}

/**
 * The gap map of a table. Windows are contiguous from where a connection starts to its checkpoint, less the windows that
 * were parked, so that is what is collected. Pollers that go by a cursor have no windows: of them nothing is known per
 * time, and they are listed as such.
 */
export function createTableGaps(options: Options) {
  const { db, engine } = options;

  async function coverageOf(
    row: ConnectionRow,
    table: string,
  ): Promise<{ windowed: Coverage[]; cursors: string[] }> {
    const checkpoints = await db
      .selectFrom('checkpoints')
      .selectAll()
      .where('connection_id', '=', row.id)
      .execute();
    const parked = await db
      .selectFrom('parked_windows')
      .selectAll()
      .where('connection_id', '=', row.id)
      .where('state', '<>', 'done')
      .execute();
    const definition = await options.catalogue.get(row.definition_id);
    const windowed: Coverage[] = [];
    const cursors: string[] = [];
    for (const { name } of definition.pollers.filter((p) => feeds(definition, p, table))) {
      const checkpoint = checkpoints.find((c) => c.poller === name);
      if (checkpoint?.cursor != null) {
        cursors.push(`${row.name}/${name}`);
        continue;
      }
      const holes = parked
        .filter((p) => p.poller === name)
        .map((p) => ({ startMs: p.start_at, endMs: p.end_at }));
      const end = checkpoint?.window_end ?? null;
      // Without a start of its own a connection begins one window before it was made: at the latest then.
      const start = row.start_at ?? row.created_at;
      windowed.push({
        connection: row.name,
        poller: name,
        collected: end === null ? [] : without({ startMs: start, endMs: end }, holes),
        parked: holes,
      });
    }
    return { windowed, cursors };
  }

  async function countRows(table: string, range: Span, binMs: number): Promise<Map<number, number>> {
    const at = (ms: number) => `fromUnixTimestamp64Milli(toInt64(${ms}), 'UTC')`;
    const bin = `intDiv(toUnixTimestamp64Milli(CAST(TimeGenerated, 'DateTime64(3, \\'UTC\\')')) - ${range.startMs}, ${binMs})`;
    const { rows } = await engine.query(
      `SELECT ${bin} AS b, count() FROM ${quoteTable(table)} WHERE TimeGenerated >= ${at(range.startMs)} AND TimeGenerated < ${at(range.endMs)} GROUP BY b`,
    );
    return new Map(rows.map(([b, n]) => [Number(b), Number(n)]));
  }

  async function countPending(table: string): Promise<number> {
    const row = await db
      .selectFrom('outbox')
      .select((e) => e.fn.countAll<number>().as('n'))
      .where('state', '<>', 'delivered')
      .where('table_name', '=', table)
      .executeTakeFirstOrThrow();
    return Number(row.n);
  }

  return async function gaps(table: string, from: Date, to: Date, binMinutes?: number) {
    if (!(await engine.tables()).some((t) => t.name === table))
      throw new SluiceError({
        code: 'TABLE_MISSING',
        message: `Table ${table} does not exist`,
        hint: 'List the tables with `sluice table list`.',
      });
    const range = { startMs: from.getTime(), endMs: to.getTime() };
    const binMs = Math.max(
      (binMinutes ?? 60) * 60_000,
      Math.ceil((range.endMs - range.startMs) / maxBins / 60_000) * 60_000,
    );
    const connections: ConnectionRow[] = [];
    for (const row of await options.connections.list()) {
      const definition = await options.catalogue.get(row.definition_id);
      if (definition.dataFlows.some((flow) => flow.table === table)) connections.push(row);
    }
    const coverages = await Promise.all(connections.map((row) => coverageOf(row, table)));
    const windowed = coverages.flatMap((c) => c.windowed);
    const pendingInserts = await countPending(table);
    const counts = await countRows(table, range, binMs);
    const bins = [];
    for (let i = 0, start = range.startMs; start < range.endMs; i += 1, start += binMs) {
      const bin = { startMs: start, endMs: Math.min(start + binMs, range.endMs) };
      const rows = counts.get(i) ?? 0;
      bins.push({ at: isoTime(start), rows, state: binState(bin, { rows, pendingInserts }, windowed) });
    }
    return {
      table,
      from: isoTime(range.startMs),
      to: isoTime(range.endMs),
      binMinutes: binMs / 60_000,
      pendingInserts,
      bins,
      pollers: windowed.map((c) => ({
        connection: c.connection,
        poller: c.poller,
        collected: c.collected.map(spanTimes),
        parked: c.parked.map(spanTimes),
      })),
      withoutWindows: coverages.flatMap((c) => c.cursors),
    };
  };
}

/** A poller whose stream cannot be told counts as one that feeds every table of its definition. */
function feeds(definition: Definition, poller: PollerTemplate, table: string): boolean {
  const properties = poller.raw['properties'] as { dcrConfig?: { streamName?: unknown } } | undefined;
  const stream = properties?.dcrConfig?.streamName;
  if (typeof stream !== 'string') return true;
  const flows = definition.dataFlows.filter((f) =>
    f.streams.some((s) => s.toLowerCase() === stream.toLowerCase()),
  );
  return flows.length === 0 || flows.some((f) => f.table === table);
}

const spanTimes = (span: Span) => ({ from: isoTime(span.startMs), to: isoTime(span.endMs) });
