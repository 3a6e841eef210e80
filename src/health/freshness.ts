import type { Clock } from '../core/clock.ts';
import type { HealthAlertRow } from '../state/schema.ts';
import type { Db, State } from '../state/state.ts';
import { hourMs } from './fetch-status.ts';
import { addHealthRow } from './health-rows.ts';
import { connectionResource, type HealthSubject } from './recorder.ts';
import { healthTable } from './tables.ts';

/** What the monitor must know of a connection that is meant to collect. */
export interface FreshnessSubject extends HealthSubject {
  /** Time between polls. */
  readonly intervalMs: number;
  /** Start, last request or end of the newest run, whichever is latest. */
  readonly lastPollAtMs: number | undefined;
  /** The service asked to wait until then. */
  readonly putOffUntilMs: number | undefined;
  /** The newest run failed: the next one is put off by the back-off. */
  readonly failing: boolean;
  readonly lastDataAtMs: number | undefined;
  /** Objective of the connection; undefined = none. */
  readonly expectDataMs: number | undefined;
  /** Made, changed or resumed: nothing was to be expected before. */
  readonly activeSinceMs: number;
}

export interface FreshnessAlert {
  readonly connectionId: string;
  readonly connection: string;
  /** `poll`: no poll happened when one should have. `data`: nothing arrived within the objective. */
  readonly kind: 'poll' | 'data';
  readonly sinceMs: number;
  readonly message: string;
}

export interface FreshnessChange {
  readonly event: 'connection.stale' | 'connection.fresh';
  readonly alert: FreshnessAlert;
}

export interface FreshnessMonitor {
  /** Looks at every connection now. */
  check(): Promise<void>;
  alerts(): Promise<readonly FreshnessAlert[]>;
  close(): Promise<void>;
}

/** Back-off after failures, at its longest (control/scheduler.ts), is no missing poll. */
const longestBackoffMs = 15 * 60_000 * 1.25;
const minuteMs = 60_000;
const defaultTickMs = 10_000;
const operation = 'Data freshness change';
const reasons = { poll: 'POLL_MISSED', data: 'DATA_MISSING' } as const;

/** A poll should have happened within two intervals and a minute. */
export function pollAllowanceMs(subject: Pick<FreshnessSubject, 'intervalMs' | 'failing'>): number {
  const wait = subject.failing ? Math.max(subject.intervalMs, longestBackoffMs) : subject.intervalMs;
  return Math.max(2 * subject.intervalMs, wait) + minuteMs;
}

interface Finding {
  readonly kind: FreshnessAlert['kind'];
  readonly sinceMs: number;
  readonly message: string;
}

/**
 * What is overdue; pure. `watchingSinceMs` is when this process (re)started to watch: before it nothing could happen.
 */
export function findOverdue(subject: FreshnessSubject, nowMs: number, watchingSinceMs: number): Finding[] {
  const findings: Finding[] = [];
  const allowance = pollAllowanceMs(subject);
  const polled = subject.lastPollAtMs ?? 0;
  const expectedFrom = Math.max(polled, subject.putOffUntilMs ?? 0, subject.activeSinceMs, watchingSinceMs);
  if (nowMs - expectedFrom > allowance) {
    const last =
      subject.lastPollAtMs === undefined ? 'It has never polled' : `Its last poll was at ${iso(polled)}`;
    findings.push({
      kind: 'poll',
      sinceMs: Math.max(polled, subject.activeSinceMs),
      message: `${subject.name} should poll every ${words(subject.intervalMs)} and does not. ${last}.`,
    });
  }
  const objective = subject.expectDataMs;
  if (objective === undefined) return findings;
  const data = Math.max(subject.lastDataAtMs ?? 0, subject.activeSinceMs);
  // After a start the first polls get the time to bring what is there.
  const settled = nowMs - watchingSinceMs > Math.min(objective, allowance);
  if (settled && nowMs - data > objective) {
    const last =
      subject.lastDataAtMs === undefined
        ? 'Nothing has arrived yet'
        : `The last record arrived at ${iso(data)}`;
    findings.push({
      kind: 'data',
      sinceMs: data,
      message: `${subject.name} should bring data every ${words(objective)} and does not. ${last}.`,
    });
  }
  return findings;
}

interface MonitorOptions {
  readonly state: State;
  readonly clock: Clock;
  readonly workspaceId: string;
  /** Connections that are meant to collect; read from stored facts, never from the scheduler. */
  readonly subjects: () => Promise<readonly FreshnessSubject[]>;
  /** Told after the fact is durable; must not reject. */
  readonly onChange: (change: FreshnessChange) => void;
  readonly onRows: () => void;
  /** Done at every look, e.g. summaries that are due. */
  readonly onTick?: () => Promise<unknown>;
  readonly onProblem: (error: unknown) => void;
  readonly tickMs?: number;
}

/**
 * The dead-man's switch: a timer of its own that compares what should have happened with what did. Alerts are stored, so
 * that a restart neither forgets nor repeats them, and resolve by themselves.
 */
export function createFreshnessMonitor(options: MonitorOptions): FreshnessMonitor {
  const { state, clock } = options;
  const tickMs = options.tickMs ?? defaultTickMs;
  const stop = new AbortController();
  let watchingSinceMs = clock.now();
  let lastLookMs = clock.now();

  async function check(): Promise<void> {
    const now = clock.now();
    // A machine that slept, or a clock that jumped, is no missing poll: watching begins anew.
    if (now < lastLookMs || now - lastLookMs > tickMs + minuteMs) watchingSinceMs = now;
    lastLookMs = now;
    const subjects = await options.subjects();
    const standing = await state.db.selectFrom('health_alerts').selectAll().execute();
    const changes: FreshnessChange[] = [];
    for (const subject of subjects) {
      const own = standing.filter((alert) => alert.connection_id === subject.connectionId);
      changes.push(...(await settle(subject, own, now)));
    }
    for (const orphan of standing.filter((a) => !subjects.some((s) => s.connectionId === a.connection_id)))
      changes.push(await resolve(orphan, `${alertOf(orphan).connection} is paused or removed`, now));
    if (changes.length > 0) options.onRows();
    for (const change of changes) options.onChange(change);
  }

  async function settle(
    subject: FreshnessSubject,
    standing: readonly HealthAlertRow[],
    now: number,
  ): Promise<FreshnessChange[]> {
    const overdue = findOverdue(subject, now, watchingSinceMs);
    const changes: FreshnessChange[] = [];
    for (const finding of overdue) {
      const known = standing.find((alert) => alert.kind === finding.kind);
      if (!known) changes.push(await raise(subject, finding, now));
      else if (now - known.last_emitted >= hourMs) await repeat(known, now);
    }
    for (const alert of standing) {
      if (overdue.some((finding) => finding.kind === alert.kind) || !isFresh(subject, alert)) continue;
      const what = alert.kind === 'poll' ? 'polls again' : 'brings data again';
      changes.push(await resolve(alert, `${subject.name} ${what}`, now));
    }
    return changes;
  }

  async function raise(subject: FreshnessSubject, finding: Finding, now: number): Promise<FreshnessChange> {
    const { connectionId, name, kind, tables } = subject;
    const row: HealthAlertRow = {
      connection_id: connectionId,
      kind: finding.kind,
      since: finding.sinceMs,
      message: finding.message,
      last_emitted: now,
      subject_json: JSON.stringify({ connectionId, name, kind, tables } satisfies HealthSubject),
    };
    await state.transaction(async (trx) => {
      await trx.insertInto('health_alerts').values(row).execute();
      await emit(trx, row, { status: 'Failure', message: finding.message, at: now });
    });
    return { event: 'connection.stale', alert: alertOf(row) };
  }

  async function repeat(row: HealthAlertRow, now: number): Promise<void> {
    await state.transaction(async (trx) => {
      await trx
        .updateTable('health_alerts')
        .set({ last_emitted: now })
        .where('connection_id', '=', row.connection_id)
        .where('kind', '=', row.kind)
        .execute();
      await emit(trx, row, { status: 'Failure', message: row.message, at: now });
    });
    options.onRows();
  }

  async function resolve(row: HealthAlertRow, message: string, now: number): Promise<FreshnessChange> {
    await state.transaction(async (trx) => {
      await trx
        .deleteFrom('health_alerts')
        .where('connection_id', '=', row.connection_id)
        .where('kind', '=', row.kind)
        .execute();
      await emit(trx, row, { status: 'Success', message, at: now });
    });
    return { event: 'connection.fresh', alert: { ...alertOf(row), message } };
  }

  async function emit(
    db: Db,
    row: HealthAlertRow,
    said: { readonly status: 'Success' | 'Failure'; readonly message: string; readonly at: number },
  ): Promise<void> {
    const subject = JSON.parse(row.subject_json) as HealthSubject;
    await addHealthRow(
      db,
      healthTable,
      {
        operation,
        resource: connectionResource(subject),
        status: said.status,
        description: said.message,
        reason: reasons[row.kind],
        properties: { DestinationTable: subject.tables.join(', '), Since: iso(row.since) },
      },
      { at: said.at, workspaceId: options.workspaceId },
    );
  }

  async function loop(): Promise<void> {
    while (!stop.signal.aborted) {
      await clock.sleep(tickMs, stop.signal).catch(() => undefined);
      if (stop.signal.aborted) return;
      await check().catch(options.onProblem);
      await options.onTick?.().catch(options.onProblem);
    }
  }

  const running = loop();
  return {
    check,
    async alerts() {
      const rows = await state.db.selectFrom('health_alerts').selectAll().orderBy('since').execute();
      return rows.map(alertOf);
    },
    async close() {
      stop.abort();
      await running;
    },
  };
}

/** An alert ends when what it missed has happened, not because watching began anew. */
function isFresh(subject: FreshnessSubject, alert: HealthAlertRow): boolean {
  const happened = alert.kind === 'poll' ? subject.lastPollAtMs : subject.lastDataAtMs;
  if (alert.kind === 'data' && subject.expectDataMs === undefined) return true;
  return (happened ?? 0) > alert.since || subject.activeSinceMs > alert.since;
}

function alertOf(row: HealthAlertRow): FreshnessAlert {
  const subject = JSON.parse(row.subject_json) as HealthSubject;
  return {
    connectionId: row.connection_id,
    connection: subject.name,
    kind: row.kind,
    sinceMs: row.since,
    message: row.message,
  };
}

const iso = (ms: number) => new Date(ms).toISOString();

function words(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 120 || seconds % 60 !== 0 ? `${seconds} s` : `${seconds / 60} min`;
}
