import { AsyncLocalStorage } from 'node:async_hooks';

/** Who a piece of work is done for. */
export interface Actor {
  readonly name: string;
  /** Network address of the caller; '' where there is none. */
  readonly address: string;
}

const storage = new AsyncLocalStorage<Actor>();

/** Sluice itself: start-up, schedule, the demo. */
export const systemActor: Actor = { name: 'sluice', address: '' };

/** Everything that `work` starts is done for the actor. */
export function actFor<T>(actor: Actor, work: () => T): T {
  return storage.run(actor, work);
}

export function currentActor(): Actor {
  return storage.getStore() ?? systemActor;
}
