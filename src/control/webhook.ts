import type { Clock } from '../core/clock.ts';
import { toSluiceError } from '../core/errors.ts';
import { createRedactor } from '../core/redact.ts';
import type { HttpClient } from '../http/api.ts';
import type { EventLog } from './events.ts';
import type { SettingStore } from './settings.ts';
import { isoTime } from './time-text.ts';

export interface WebhookMessage {
  readonly event:
    | 'connection.failing'
    | 'connection.recovered'
    | 'connection.stale'
    | 'connection.fresh'
    | 'window.parked';
  readonly connection: string;
  readonly code?: string;
  readonly message: string;
  readonly hint?: string;
}

/** Posts to the configured address; a failed delivery is an event of its own, never an error of the run. */
export function createWebhook(options: {
  readonly settings: SettingStore;
  readonly http: () => HttpClient;
  readonly events: EventLog;
  readonly clock: Clock;
}) {
  return async function send(message: WebhookMessage): Promise<void> {
    const { webhookUrl } = await options.settings.get();
    if (webhookUrl === null) return;
    try {
      await options.http().send({
        method: 'POST',
        url: webhookUrl,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...message, at: isoTime(options.clock.now()), source: 'sluice' }),
        timeoutMs: 10_000,
        retryCount: 3,
        maxWaitMs: 30_000,
        redactor: createRedactor([webhookUrl]),
      });
    } catch (cause) {
      const error = toSluiceError(cause, { code: 'WEBHOOK_FAILED' });
      await options.events.emit({
        kind: 'webhook.failed',
        severity: 'warning',
        message: `The webhook could not be delivered (${error.code})`,
        data: { event: message.event, connection: message.connection },
      });
    }
  };
}
