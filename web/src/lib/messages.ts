/** Toasts and spoken messages: one store, one polite and one assertive live region in the frame (ui.md §4.5, §8). */
import { useSyncExternalStore } from 'react';

export interface ToastMessage {
  readonly id: number;
  readonly kind: 'ok' | 'bad';
  readonly text: string;
}
interface Messages {
  readonly toasts: readonly ToastMessage[];
  readonly spoken: string;
}

const SHOW_MS = 6000;
const MOST = 3;
let state: Messages = { toasts: [], spoken: '' };
let nextId = 1;
const listeners = new Set<() => void>();

function setState(next: Messages): void {
  state = next;
  for (const listener of listeners) listener();
}

/** Says a text to screen readers without showing it. */
export function announce(text: string): void {
  // A no-break space makes a repeated text a new one.
  setState({ ...state, spoken: state.spoken === text ? `${text}\u00a0` : text });
}

export function dismissToast(id: number): void {
  setState({ ...state, toasts: state.toasts.filter((item) => item.id !== id) });
}

/** Success goes away after 6 s; failure stays until dismissed. */
export function toast(message: Omit<ToastMessage, 'id'>): void {
  const id = nextId++;
  setState({ ...state, toasts: [...state.toasts.slice(1 - MOST), { id, ...message }] });
  if (message.kind === 'ok') setTimeout(() => dismissToast(id), SHOW_MS);
}

export function useMessages(): Messages {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
