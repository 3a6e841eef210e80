import { useSyncExternalStore } from 'react';
import { now } from './clock.ts';

const STEP_MS = 15_000;
let current = now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) current = now();
  listeners.add(listener);
  timer ??= setInterval(() => {
    current = now();
    for (const each of listeners) each();
  }, STEP_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time in ms, renewed every 15 s by one timer for the whole page. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => current);
