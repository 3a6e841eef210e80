/**
 * One commit at a time per source. Two reads of one source (two connections with the same identity) would otherwise both
 * find a record new; the generation tells a read that somebody else committed since it looked.
 */
export interface SourceLock {
  generation: number;
  tail: Promise<void>;
}

const makeLock = (): SourceLock => ({ generation: 0, tail: Promise.resolve() });

export class SourceLocks {
  readonly #locks = new Map<number, SourceLock>();

  of(sourceId: number): SourceLock {
    const lock = this.#locks.get(sourceId) ?? makeLock();
    this.#locks.set(sourceId, lock);
    return lock;
  }
}

/** Runs `work` after everything that was queued on the lock before. */
export async function withLock<T>(lock: SourceLock, work: () => Promise<T>): Promise<T> {
  const before = lock.tail;
  let release: () => void = () => undefined;
  lock.tail = new Promise((resolve) => {
    release = resolve;
  });
  await before;
  try {
    return await work();
  } finally {
    release();
  }
}
