import type { Clock } from '../core/clock.ts';
import type { SluiceError } from '../core/errors.ts';
import type { Engine } from '../engine/api.ts';
import { type AuditTrail, createAuditTrail } from '../health/audit.ts';
import { createFreshnessMonitor, type FreshnessAlert, type FreshnessChange } from '../health/freshness.ts';
import { createHealthRecorder } from '../health/recorder.ts';
import { createHealthWriter } from '../health/writer.ts';
import { HttpError } from '../http/errors.ts';
import type { State } from '../state/state.ts';
import type { EventLog } from './events.ts';
import type { HealthSubjects } from './health-subjects.ts';
import type { RunEnd } from './scheduler.ts';
import type { WebhookMessage } from './webhook.ts';

export interface HealthHub {
  readonly audit: AuditTrail;
  /** For the runner: what a run's end means for the health table. Never rejects. */
  onRunEnd(connectionId: string, end: RunEnd, error: SluiceError | undefined): Promise<void>;
  alerts(): Promise<readonly FreshnessAlert[]>;
  /** Looks for overdue connections now. */
  check(): Promise<void>;
  /** Writes what waits for the engine now. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

interface Options {
  readonly state: State;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly workspaceId: string;
  readonly events: EventLog;
  readonly webhook: (message: WebhookMessage) => Promise<void>;
  readonly retentionDays: () => Promise<number>;
  readonly subjects: HealthSubjects;
  readonly tickMs?: number;
}

/** Health tables, freshness alerts and audit, joined to the events, the webhook and the runs. */
export async function createHealth(options: Options): Promise<HealthHub> {
  const { state, engine, clock, workspaceId, events } = options;

  function warn(kind: string, message: string): void {
    // The state database may be closing; nothing is lost that is not said elsewhere.
    events
      .emit({ kind, severity: 'warning', message })
      .catch((error: unknown) => process.emitWarning(`an event could not be stored: ${String(error)}`));
  }

  const writer = createHealthWriter({
    db: state.db,
    engine,
    clock,
    workspaceId,
    retentionDays: options.retentionDays,
    onProblem: (error) =>
      warn('health.insert-failed', `Rows of the health tables wait: ${error.code}: ${error.message}`),
  });
  const onRows = () => writer.wake();
  const recorder = createHealthRecorder({ state, clock, workspaceId, onRows });
  const audit = createAuditTrail({ db: state.db, clock, workspaceId, onRows });
  await audit.closeOpen();

  async function tell({ event, alert }: FreshnessChange): Promise<void> {
    await events.emit({
      kind: event,
      severity: event === 'connection.stale' ? 'error' : 'info',
      connectionId: alert.connectionId,
      message: alert.message,
      data: { alert: alert.kind },
    });
    events.announce({ type: 'connection', data: { connectionId: alert.connectionId } });
    await options.webhook({
      event,
      connection: alert.connection,
      ...(event === 'connection.stale'
        ? { code: alert.kind === 'poll' ? 'POLL_MISSED' : 'DATA_MISSING' }
        : {}),
      message: alert.message,
    });
  }

  const monitor = createFreshnessMonitor({
    state,
    clock,
    workspaceId,
    subjects: options.subjects.active,
    // Not awaited: a webhook that hangs must not keep the monitor from looking.
    onChange: (change) =>
      void tell(change).catch((error: unknown) => warn('freshness.failed', String(error))),
    onRows,
    onTick: recorder.tellDue,
    onProblem: (error) => warn('freshness.failed', `Freshness could not be checked: ${String(error)}`),
    ...(options.tickMs === undefined ? {} : { tickMs: options.tickMs }),
  });

  return {
    audit,
    alerts: monitor.alerts,
    check: monitor.check,
    flush: writer.flush,
    onRunEnd: (connectionId, _end, error) =>
      noteRunEnd(connectionId, error).catch((problem: unknown) =>
        warn('health.failed', `The end of a run could not be noted for the health table: ${String(problem)}`),
      ),
    async close() {
      await monitor.close();
      await writer.close();
    },
  };

  async function noteRunEnd(connectionId: string, error: SluiceError | undefined): Promise<void> {
    const subject = await options.subjects.one(connectionId);
    if (!subject) return;
    const status = error instanceof HttpError ? error.status : undefined;
    await recorder.fetched(
      subject,
      error
        ? {
            ok: false,
            code: error.code,
            message: error.message,
            ...(error.hint ? { hint: error.hint } : {}),
            ...(status === undefined ? {} : { statusCode: status }),
          }
        : { ok: true },
    );
  }
}
