/** One statement of this process, from the call to its end. */
export interface Ticket {
  /** Aborted when the statement is withdrawn before it was sent. */
  readonly withdrawn: AbortSignal;
  /** True once the engine may have it. */
  sent: boolean;
  close(): void;
}

interface Entry extends Ticket {
  readonly controller: AbortController;
}

/** Statements of this process that have not ended, by query id; several may share an id. */
export class InFlightStatements {
  private readonly entries = new Map<string, Set<Entry>>();
  private waiters: (() => void)[] = [];

  open(queryId: string): Ticket {
    const controller = new AbortController();
    const group = this.entries.get(queryId) ?? new Set<Entry>();
    this.entries.set(queryId, group);
    const entry: Entry = {
      controller,
      withdrawn: controller.signal,
      sent: false,
      close: () => {
        group.delete(entry);
        if (group.size === 0 && this.entries.get(queryId) === group) this.entries.delete(queryId);
        if (this.entries.size > 0) return;
        for (const wake of this.waiters.splice(0)) wake();
      },
    };
    group.add(entry);
    return entry;
  }

  has(queryId: string): boolean {
    return this.entries.has(queryId);
  }

  /** Withdraws what was not sent yet. True when there was something and nothing of it was sent. */
  withdraw(queryId: string, reason: Error): boolean {
    const group = this.entries.get(queryId);
    if (group === undefined) return false;
    const waiting = [...group].filter((entry) => !entry.sent);
    const onlyWaiting = waiting.length === group.size;
    for (const entry of waiting) entry.controller.abort(reason);
    return onlyWaiting;
  }

  settled(): Promise<void> {
    if (this.entries.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiters.push(resolve);
    });
  }
}
