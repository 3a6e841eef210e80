import { afterEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../core/clock.ts';
import { createKqlCompiler, type KqlClient } from './client.ts';

const clients: KqlClient[] = [];
function client(options: { clock?: Clock; idleMs?: number; timeoutMs?: number } = {}): KqlClient {
  const made = createKqlCompiler({ clock: systemClock, ...options });
  clients.push(made);
  return made;
}
afterEach(async () => {
  await Promise.all(clients.splice(0).map((c) => c.close()));
});

const print = { text: 'print a = 1', mode: 'query', tables: [] } as const;

/** A clock whose long sleeps end when the test says so. */
function heldClock(): { clock: Clock; release: (ms: number) => unknown } {
  const waiting: { ms: number; resolve: () => void }[] = [];
  const clock: Clock = {
    now: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        waiting.push({ ms, resolve });
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  };
  return { clock, release: (ms) => waiting.filter((w) => w.ms === ms).map((w) => w.resolve()) };
}

async function until(test: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !test(); i++) await systemClock.sleep(10);
}

describe('compiler process', () => {
  it('starts on demand and answers many requests by id', async () => {
    const kql = client();
    expect(kql.pid()).toBeUndefined();
    const results = await Promise.all([
      kql.compile(print),
      kql.compile({ ...print, text: 'nonsense |' }),
      kql.compile({ ...print, text: 'print b = "x"' }),
    ]);
    expect(results.map((r) => r.ok)).toEqual([true, false, true]);
    expect(results[2]).toMatchObject({ columns: [{ name: 'b', type: 'string' }] });
  });

  it('restarts after a crash and fails what was waiting', async () => {
    const kql = client();
    await kql.compile(print);
    const first = kql.pid() ?? 0;
    const lost = kql.compile(print);
    process.kill(first, 'SIGKILL');
    await lost.catch((error: { code?: string }) => expect(error.code).toBe('KQL_SERVICE'));
    await until(() => kql.pid() !== first);
    expect(await kql.compile(print)).toMatchObject({ ok: true });
    expect(kql.pid()).not.toBe(first);
  });

  it('ends when idle', async () => {
    const { clock, release } = heldClock();
    const kql = client({ clock, idleMs: 5 });
    await kql.compile(print);
    expect(kql.pid()).toBeDefined();
    release(5);
    await until(() => kql.pid() === undefined);
    expect(kql.pid()).toBeUndefined();
  });

  it('gives up on a request that takes too long, and kills the process', async () => {
    const { clock, release } = heldClock();
    const kql = client({ clock, timeoutMs: 7 });
    const waiting = kql.compile(print);
    release(7);
    await expect(waiting).rejects.toMatchObject({ code: 'KQL_TIMEOUT', retryable: true });
    await until(() => kql.pid() === undefined);
    expect(kql.pid()).toBeUndefined();
  });

  it('offers names in an editor', async () => {
    const text = 'T | where ';
    const items = await client().complete({
      text,
      position: text.length,
      tables: [{ name: 'T', sql: 'x', columns: [{ name: 'Account', type: 'string' }] }],
    });
    expect(items).toContain('Account');
  });
});
