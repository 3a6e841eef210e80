/** Server-sent events; when they are not to be had, lists refetch by polling. */
import type { QueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { API_BASE } from './api.ts';

export type LiveState = 'live' | 'reconnecting' | 'offline';

const POLL_MS = 10_000;
const COALESCE_MS = 400;
let state: LiveState = 'reconnecting';
const listeners = new Set<() => void>();

function setState(next: LiveState): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

const liveKeys = [
  'connections',
  'connection',
  'definitions',
  'definition',
  'run',
  'tables',
  'events',
  'health',
];

function refresh(client: QueryClient): void {
  void client.invalidateQueries({ predicate: (query) => liveKeys.includes(String(query.queryKey[0])) });
}

/** Opens the stream and returns the closing function. Bursts of events are answered by one refetch. */
export function startLive(client: QueryClient): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const source = new EventSource(`${API_BASE}/events/stream`);
  const onEvent = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      refresh(client);
    }, COALESCE_MS);
  };
  const onOpen = () => {
    if (state !== 'live') onEvent();
    setState('live');
  };
  source.addEventListener('open', onOpen);
  source.addEventListener('connection', onEvent);
  source.addEventListener('run', onEvent);
  source.addEventListener('error', () =>
    setState(source.readyState === EventSource.CLOSED ? 'offline' : 'reconnecting'),
  );
  const poll = setInterval(() => {
    if (state !== 'live' && document.visibilityState === 'visible') refresh(client);
  }, POLL_MS);
  return () => {
    source.close();
    clearInterval(poll);
    clearTimeout(timer);
    setState('reconnecting');
  };
}

export function useLive(client: QueryClient, enabled: boolean): void {
  useEffect(() => (enabled ? startLive(client) : undefined), [client, enabled]);
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
