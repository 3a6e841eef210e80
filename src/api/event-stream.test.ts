import { expect, test, vi } from 'vitest';
import type { Clock } from '../core/clock.ts';
import { startStubServer } from './testing/start-server.ts';

/** Sleeps end when the test says so. */
function steppedClock(): Clock & { step(): void } {
  const waiting = new Set<() => void>();
  return {
    now: () => 0,
    sleep: (_ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        waiting.add(resolve);
      }),
    step: () => {
      for (const resolve of waiting) resolve();
      waiting.clear();
    },
  };
}

async function open(path: string, clock: Clock) {
  const server = await startStubServer({ clock });
  const answer = await server.call(path, { as: 'viewer' });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const readUntil = async (part: string) => {
    while (!text.includes(part)) {
      const next = await reader?.read();
      if (!next || next.done) throw new Error(`the stream ended after: ${text}`);
      text += next.value;
    }
  };
  return { server, answer, readUntil, reader };
}

test('events arrive with type, id and data; heartbeats in between', async () => {
  const clock = steppedClock();
  const { server, answer, readUntil, reader } = await open('/api/v1/events/stream', clock);
  expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
  await readUntil(': connected');
  server.services.operations.emit({ type: 'run', data: { id: 'run-1' } });
  await readUntil('id: 1\nevent: run\ndata: {"id":"run-1"}\n\n');
  clock.step();
  await readUntil(': heartbeat');
  await reader?.cancel();
  await vi.waitFor(() => expect(server.services.operations.listeners()).toBe(0));
  await server.close();
});

test('closing the server ends open streams', async () => {
  const { server, readUntil, reader } = await open('/api/v1/events/stream', steppedClock());
  await readUntil(': connected');
  const ended = reader?.read().then(
    (r) => r.done,
    () => true,
  );
  await server.close();
  expect(await ended).toBe(true);
  expect(server.services.operations.listeners()).toBe(0);
});
