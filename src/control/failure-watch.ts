import type { SluiceError } from '../core/errors.ts';
import type { ConnectionStore } from './connections.ts';
import type { EventLog } from './events.ts';
import type { RunEnd } from './scheduler.ts';
import type { WebhookMessage } from './webhook.ts';

/** Failed runs in a row that mean "stopped working"; a refused credential means it at once. */
const failuresUntilAlarm = 3;

/** Says once that a connection stopped working, and once that it works again. Throttling is a state, not a failure. */
export function createFailureWatch(options: {
  readonly connections: ConnectionStore;
  readonly events: EventLog;
  readonly webhook: (message: WebhookMessage) => Promise<void>;
}) {
  const failures = new Map<string, number>();
  const alarmed = new Set<string>();

  return async function onRunEnd(
    connectionId: string,
    end: RunEnd,
    error: SluiceError | undefined,
  ): Promise<void> {
    const connection = await options.connections.find(connectionId).catch(() => undefined);
    if (!connection || end.throttled) return;
    if (end.ok) {
      failures.delete(connectionId);
      if (!alarmed.delete(connectionId)) return;
      const message = `Connection ${connection.name} works again`;
      await options.events.emit({ kind: 'connection.recovered', severity: 'info', connectionId, message });
      await options.webhook({ event: 'connection.recovered', connection: connection.name, message });
      return;
    }
    const count = (failures.get(connectionId) ?? 0) + 1;
    failures.set(connectionId, count);
    await options.events.emit({
      kind: 'run.failed',
      severity: 'warning',
      connectionId,
      message: `${connection.name}: ${error?.message ?? 'the run failed'}`,
      data: { code: error?.code, hint: error?.hint },
    });
    if (alarmed.has(connectionId) || (count < failuresUntilAlarm && !end.needsPerson)) return;
    alarmed.add(connectionId);
    const message = `Connection ${connection.name} stopped working: ${error?.message ?? 'its runs fail'}`;
    await options.events.emit({
      kind: 'connection.failing',
      severity: 'error',
      connectionId,
      message,
      data: { code: error?.code, hint: error?.hint },
    });
    await options.webhook({
      event: 'connection.failing',
      connection: connection.name,
      message,
      ...(error ? { code: error.code, ...(error.hint ? { hint: error.hint } : {}) } : {}),
    });
  };
}
