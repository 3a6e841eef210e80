import type { Clock, Random } from '../core/clock.ts';
import { SluiceError, toSluiceError } from '../core/errors.ts';
import { countOpenOutbox, giveUpOutbox } from '../state/outbox.ts';
import type { OutboxRow } from '../state/schema.ts';
import type { State } from '../state/state.ts';
import type { IngestEvent, IngestLimits } from './api.ts';
import { rejectsFlow } from './batch-commit.ts';
import type { Delivered } from './deliver.ts';
import { Lanes } from './lanes.ts';

export interface DeliveryLoopOptions {
  readonly state: State;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: IngestLimits;
  readonly deliver: (row: OutboxRow) => Promise<Delivered>;
  readonly emit: (event: IngestEvent) => void;
}

/**
 * Works the outbox off, oldest segment first, several rows at a time.
 *
 * States: idle → running (start) → closing (close) → closed. While running, a row is in exactly one place: waiting in the
 * database, in #running, or held back with its lane. A lane is a transform: a poison one is backed off and at last given
 * up row by row, while the others go on.
 */
export class DeliveryLoop {
  readonly #options: DeliveryLoopOptions;
  readonly #lanes: Lanes;
  readonly #running = new Map<string, Promise<void>>();
  readonly #abort = new AbortController();
  #loop: Promise<void> | undefined;
  #wake: () => void = () => undefined;
  #woken = false;
  #watchers: (() => void)[] = [];

  constructor(options: DeliveryLoopOptions) {
    this.#options = options;
    this.#lanes = new Lanes(options);
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Something new is in the outbox. */
  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  /** Resolves when fewer than `limit` rows are open. @throws SluiceError INGEST_CLOSED */
  async waitBelow(limit: number): Promise<void> {
    while (!this.#abort.signal.aborted) {
      const changed = this.#nextChange();
      if ((await countOpenOutbox(this.#options.state.db)) < limit) return;
      await changed;
    }
    throw new SluiceError({
      code: 'INGEST_CLOSED',
      message: 'ingest is closing',
      hint: 'Start again; nothing committed is lost.',
    });
  }

  async close(): Promise<void> {
    this.#abort.abort();
    this.wake();
    this.#announce();
    await this.#loop;
    await Promise.allSettled(this.#running.values());
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => this.#watchers.push(resolve));
  }

  #announce(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      this.#woken = false;
      try {
        // Asked before the rows are: a lane that comes due in between would otherwise be neither started nor waited for.
        const waitMs = this.#lanes.nextDueMs();
        await this.#startDue();
        await this.#sleep(waitMs);
      } catch (error) {
        await this.#stalled(
          toSluiceError(error, { code: 'INGEST_STALLED', message: 'the outbox cannot be read' }),
        );
      }
    }
  }

  async #stalled(error: SluiceError): Promise<void> {
    if (this.#abort.signal.aborted) return;
    this.#options.emit({ kind: 'delivery-stalled', code: error.code, message: error.message });
    await this.#sleep(this.#options.limits.retryBaseMs);
  }

  async #startDue(): Promise<void> {
    const room = this.#options.limits.concurrency - this.#running.size;
    if (room <= 0) return;
    // Taken before the query: what ends meanwhile was read in an old state and is for the next turn.
    const busy = new Set(this.#running.keys());
    const rows = await this.#due(room + busy.size);
    for (const row of rows.filter((candidate) => !busy.has(keyOf(candidate))).slice(0, room)) {
      const work = this.#deliver(row).finally(() => {
        this.#running.delete(keyOf(row));
        this.#announce();
        this.wake();
      });
      this.#running.set(keyOf(row), work);
    }
  }

  async #due(limit: number): Promise<OutboxRow[]> {
    const held = this.#lanes.held();
    let query = this.#options.state.db
      .selectFrom('outbox')
      .selectAll()
      .where('state', '<>', 'delivered')
      .where('state', '<>', 'failed');
    if (held.length > 0) query = query.where('transform_id', 'not in', held);
    return query.orderBy('segment_id').orderBy('flow').limit(limit).execute();
  }

  /** Until woken, closed, or `ms` are over; undefined waits for a wake only. */
  async #sleep(ms: number | undefined): Promise<void> {
    if (this.#woken || this.#abort.signal.aborted) return;
    const timer = new AbortController();
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    const slept =
      ms === undefined ? new Promise<void>(() => undefined) : this.#options.clock.sleep(ms, timer.signal);
    slept.catch(() => undefined);
    await Promise.race([woken, slept]);
    timer.abort();
  }

  /** Never rejects: what fails is in the row, in an event, and tried again. */
  async #deliver(row: OutboxRow): Promise<void> {
    try {
      const delivered = await this.#options.deliver(row);
      this.#lanes.succeeded(row.transform_id);
      this.#report(row, delivered);
    } catch (error) {
      await this.#failed(row, toSluiceError(error, { code: 'INGEST_INSERT' }));
    }
  }

  #report(row: OutboxRow, delivered: Delivered): void {
    const { connectionId, rows, nullTimes, recovered } = delivered;
    const at = { connectionId, segmentId: row.segment_id };
    if (row.flow !== rejectsFlow) {
      this.#options.emit({
        kind: 'flow-delivered',
        ...at,
        flow: row.flow,
        table: row.table_name,
        rows,
        nullTimes,
        recovered,
      });
    } else if (rows > 0) this.#options.emit({ kind: 'records-rejected', ...at, rejected: rows });
  }

  async #failed(row: OutboxRow, error: SluiceError): Promise<void> {
    const { state, clock, emit } = this.#options;
    const verdict = this.#lanes.failed(row.transform_id, error);
    try {
      const segment = await state.db
        .selectFrom('segments')
        .select('connection_id')
        .where('id', '=', row.segment_id)
        .executeTakeFirst();
      const about = {
        connectionId: segment?.connection_id ?? '',
        segmentId: row.segment_id,
        flow: row.flow,
        table: row.table_name,
        code: error.code,
        message: error.message,
      };
      if (!verdict.giveUp) return emit({ kind: 'flow-retry', ...about, attempt: verdict.failures });
      await giveUpOutbox(state.db, row, { error: `${error.code}: ${error.message}`, nowMs: clock.now() });
      emit({ kind: 'flow-failed', ...about });
    } catch (inner) {
      await this.#stalled(
        toSluiceError(inner, { code: 'INGEST_STALLED', message: 'the outbox cannot be written' }),
      );
    }
  }
}

function keyOf(row: OutboxRow): string {
  return `${row.segment_id}/${row.flow}`;
}
