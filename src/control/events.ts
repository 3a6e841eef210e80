import type { Kysely, Selectable } from 'kysely';
import type { Clock } from '../core/clock.ts';
import type { Database, EventRow } from '../state/schema.ts';

export interface NewEvent {
  readonly kind: string;
  readonly severity: EventRow['severity'];
  readonly connectionId?: string;
  /** One sentence, already redacted. */
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

type Change = { readonly type: 'connection' | 'run'; readonly data: unknown };

/** Health events are stored, logged and pushed from one call, so that they cannot drift apart. */
export interface EventLog {
  /** @param within a transaction that the event shall commit together with */
  emit(event: NewEvent, within?: Kysely<Database>): Promise<void>;
  recent(limit: number): Promise<Selectable<EventRow>[]>;
  /** Tells open user interfaces that something changed. */
  announce(change: Change): void;
  subscribe(listener: (change: Change) => void): () => void;
  /** Keeps the newest `keep` events. */
  prune(keep: number): Promise<void>;
}

interface Logger {
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
}

export function createEventLog(options: {
  readonly db: Kysely<Database>;
  readonly clock: Clock;
  readonly logger: Logger;
}): EventLog {
  const { db, clock, logger } = options;
  const listeners = new Set<(change: Change) => void>();
  return {
    async emit(event, within = db) {
      const level = event.severity === 'warning' ? 'warn' : event.severity;
      logger[level]({ kind: event.kind, connection: event.connectionId, ...event.data }, event.message);
      await within
        .insertInto('events')
        .values({
          at: clock.now(),
          kind: event.kind,
          severity: event.severity,
          connection_id: event.connectionId ?? null,
          message: event.message,
          data_json: JSON.stringify(event.data ?? {}),
        })
        .execute();
    },
    recent: (limit) => db.selectFrom('events').selectAll().orderBy('id', 'desc').limit(limit).execute(),
    announce(change) {
      for (const listener of listeners) listener(change);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async prune(keep) {
      const newest = await db
        .selectFrom('events')
        .select('id')
        .orderBy('id', 'desc')
        .offset(keep)
        .limit(1)
        .executeTakeFirst();
      if (newest) await db.deleteFrom('events').where('id', '<=', newest.id).execute();
    },
  };
}
