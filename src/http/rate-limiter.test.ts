/** Limiters at work against real servers, on a clock that runs fast or moves by sleeping. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../core/clock.ts';
import { createRedactor } from '../core/redact.ts';
import type { HttpClient, RequestTrace } from './api.ts';
import { createHttpClient } from './client.ts';
import { createLimiterRegistry, type RateLimiter } from './rate-limiter.ts';

const MINUTE = 60_000;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A minute of it is `realMs` long, so that several callers at once see one order of time. */
function fastClock(realMs: number): Clock {
  const factor = MINUTE / realMs;
  const zero = systemClock.now();
  // A whole minute plus a bit: the first period is not cut short.
  const start = Date.UTC(2026, 10, 18, 9, 14, 1);
  return {
    now: () => start + (systemClock.now() - zero) * factor,
    sleep: (ms, signal) => systemClock.sleep(Math.ceil(ms / factor), signal),
  };
}

/** Time moves by sleeping alone. */
function sleepClock(): Clock & { readonly sleeps: number[] } {
  let now = Date.UTC(2026, 10, 18, 9, 14, 1);
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      sleeps.push(ms);
      now += ms;
    },
  };
}

/** Time moves when the test says so. */
function stepClock(): Clock & { advance(ms: number): Promise<void> } {
  let now = Date.UTC(2026, 10, 18, 9, 14, 1);
  let sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { atMs: now + ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((s) => s !== sleeper);
          reject(signal.reason);
        });
      }),
    async advance(ms) {
      now += ms;
      for (const { atMs, wake } of sleepers) if (atMs <= now) wake();
      sleepers = sleepers.filter(({ atMs }) => atMs > now);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function clientOn(clock: Clock): HttpClient {
  const http = createHttpClient({ clock, random: () => 0 });
  closers.push(() => http.close());
  return http;
}

interface Asking {
  readonly http: HttpClient;
  readonly url: string;
  readonly limiter: RateLimiter;
  readonly retryCount?: number;
  readonly maxWaitMs?: number;
  readonly signal?: AbortSignal;
  readonly onTrace?: (trace: RequestTrace) => void;
}

const ask = ({ http, ...more }: Asking) =>
  http.send({
    method: 'GET',
    headers: {},
    timeoutMs: 10_000,
    retryCount: 3,
    redactor: createRedactor([]),
    ...more,
  });

/** Answers like a service that allows `limit` requests in each minute of the clock and says so in minute precision. */
function minuteLimiter(clock: Clock, limit: number) {
  const statuses: number[] = [];
  const perMinute = new Map<number, number>();
  const listener: RequestListener = (_request, response) => {
    const minute = Math.floor(clock.now() / MINUTE);
    const used = (perMinute.get(minute) ?? 0) + 1;
    perMinute.set(minute, used);
    statuses.push(used > limit ? 429 : 200);
    response.writeHead(used > limit ? 429 : 200, {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(0, limit - used)),
      'x-ratelimit-reset': `${new Date((minute + 1) * MINUTE).toISOString().slice(0, 16)}Z`,
    });
    response.end('{}');
  };
  return { listener, statuses, perMinute };
}

describe('a service with ten requests a minute', () => {
  test('C6: paced, not one 429, the reserve left, in steady state', async () => {
    const clock = sleepClock();
    const service = minuteLimiter(clock, 10);
    const url = await serve(service.listener);
    const http = clientOn(clock);
    const limiter = createLimiterRegistry({ clock, random: () => 0.5 }).limiterFor({
      lane: 'a',
      url,
      credential: ['k'],
    });
    for (let i = 0; i < 60; i += 1) await ask({ http, url, limiter, maxWaitMs: 90_000 });
    expect(service.statuses.filter((status) => status !== 200)).toEqual([]);
    const full = [...service.perMinute.values()].slice(0, -1);
    expect(full.every((used) => used === 9)).toBe(true);
  });

  test('two connections on one credential share it without a 429', async () => {
    const clock = fastClock(400);
    const service = minuteLimiter(clock, 10);
    const url = await serve(service.listener);
    const http = clientOn(clock);
    const registry = createLimiterRegistry({ clock, random: () => 0 });
    const loop = async (lane: string) => {
      const limiter = registry.limiterFor({ lane, url: `${url}/${lane}`, credential: ['k'] });
      for (let i = 0; i < 14; i += 1)
        await ask({ http, url: `${url}/${lane}`, limiter, maxWaitMs: 5 * MINUTE });
    };
    await Promise.all([loop('a'), loop('b')]);
    expect(service.statuses).toHaveLength(28);
    expect(service.statuses.filter((status) => status !== 200)).toEqual([]);
    expect(service.perMinute.size).toBeGreaterThanOrEqual(3);
  });
});

describe('429', () => {
  test('A6: without Retry-After and with a reset in the past each wait is a second or more and doubles', async () => {
    const clock = sleepClock();
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.writeHead(
        calls <= 3 ? 429 : 200,
        calls <= 3 ? { 'x-ratelimit-reset': '2026-11-18T09:13Z' } : {},
      );
      response.end('{}');
    });
    const limiter = createLimiterRegistry({ clock, random: () => 0 }).limiterFor({
      lane: 'a',
      url,
      credential: [],
    });
    await ask({ http: clientOn(clock), url, limiter });
    expect(clock.sleeps).toEqual([1000, 2000, 4000]);
  });

  test('holds back the other connections of the credential, and nobody else', async () => {
    const clock = sleepClock();
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.writeHead(calls === 1 ? 429 : 200, { 'retry-after': '3600' });
      response.end('{}');
    });
    const http = clientOn(clock);
    const registry = createLimiterRegistry({ clock, random: () => 0 });
    const until = new Date(clock.now() + 3600_000).toISOString();
    const limiterOf = (lane: string, key: string) => registry.limiterFor({ lane, url, credential: [key] });
    await expect(ask({ http, url, limiter: limiterOf('a', 'k') })).rejects.toMatchObject({
      code: 'THROTTLED',
      status: 429,
      retryAfterMs: 3600_000,
      message: expect.stringContaining('asks to wait 3600 s'),
    });
    const second = limiterOf('b', 'k');
    await expect(ask({ http, url, limiter: second })).rejects.toMatchObject({
      code: 'THROTTLED',
      retryAfterMs: 3600_000,
      message: expect.stringContaining('not sent'),
    });
    expect(calls).toBe(1);
    for (const lane of ['a', 'b'])
      expect(registry.view(lane)).toEqual({
        allowedPerMinute: null,
        waitingUntilMs: Date.parse(until),
        reason: 'retry-after',
      });
    await ask({ http, url, limiter: limiterOf('c', 'another key') });
    expect(registry.view('c')).toEqual({ allowedPerMinute: null, waitingUntilMs: null, reason: null });
    expect(registry.view('d')).toBeUndefined();
  });

  test('is over at the last try: the failure says when to go on, although the wait was short', async () => {
    const clock = sleepClock();
    const url = await serve((_request, response) => {
      response.writeHead(429);
      response.end();
    });
    const limiter = createLimiterRegistry({ clock, random: () => 0 }).limiterFor({
      lane: 'a',
      url,
      credential: [],
    });
    const failed = ask({ http: clientOn(clock), url, limiter, retryCount: 2 });
    await expect(failed).rejects.toMatchObject({ code: 'THROTTLED', retryAfterMs: 4000, retryable: true });
  });

  test('a Retry-After of an outage is kept by all too', async () => {
    const clock = sleepClock();
    let calls = 0;
    const url = await serve((_request, response) => {
      calls += 1;
      response.writeHead(calls === 1 ? 503 : 200, { 'retry-after': '20' });
      response.end('{}');
    });
    const registry = createLimiterRegistry({ clock, random: () => 0 });
    const limiter = registry.limiterFor({ lane: 'a', url, credential: [] });
    const http = clientOn(clock);
    await expect(ask({ http, url, limiter, retryCount: 0 })).rejects.toMatchObject({
      code: 'HTTP_STATUS',
      retryAfterMs: 20_000,
    });
    await ask({ http, url, limiter: registry.limiterFor({ lane: 'b', url, credential: [] }) });
    expect(clock.sleeps).toEqual([20_000]);
  });
});

describe('turns', () => {
  const shared = (clock: Clock) => createLimiterRegistry({ clock, random: () => 0 });
  const at = { url: 'https://api.example.test/x', credential: ['k'] };

  test('somebody who leaves the queue takes no turn', async () => {
    const clock = stepClock();
    const limiter = shared(clock).limiterFor({ ...at, lane: 'a', qps: 0.1 });
    await limiter.take();
    const leaver = new AbortController();
    const left = limiter.take(leaver.signal);
    const started: string[] = [];
    const stays = limiter.take().then(() => started.push('stays'));
    leaver.abort(new Error('stopped by test'));
    await expect(left).rejects.toThrow('stopped by test');
    await clock.advance(9_999);
    expect(started).toEqual([]);
    await clock.advance(1);
    await stays;
    await expect(limiter.take(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });

  test('those who wait are let go first come, first served, and see a new hold at once', async () => {
    const clock = stepClock();
    const registry = shared(clock);
    const a = registry.limiterFor({ ...at, lane: 'a', qps: 0.5 });
    const b = registry.limiterFor({ ...at, lane: 'b', qps: 0.5 });
    await a.take();
    const order: number[] = [];
    [b, a, b, a].forEach((limiter, i) => void limiter.take().then(() => order.push(i)));
    expect(registry.view('a')).toEqual({
      allowedPerMinute: 30,
      waitingUntilMs: clock.now() + 2000,
      reason: 'own-limit',
    });
    for (const expected of [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3]]) {
      await clock.advance(2000);
      expect(order).toEqual(expected);
    }
    const impatient = a.take(undefined, 10_000);
    a.note({ startedAtMs: clock.now(), status: 429, headers: { 'retry-after': '60' } });
    await expect(impatient).rejects.toMatchObject({ reason: 'retry-after', untilMs: clock.now() + 60_000 });
  });

  test('the connection’s own limit is waited for, however long', async () => {
    const clock = sleepClock();
    const limiter = shared(clock).limiterFor({ ...at, lane: 'a', qps: 0.001 });
    await limiter.take(undefined, 1000);
    await limiter.take(undefined, 1000);
    expect(clock.sleeps).toEqual([1_000_000]);
  });

  test('the key is origin and credential, in any order', async () => {
    const clock = sleepClock();
    const registry = shared(clock);
    const first = registry.limiterFor({ lane: 'a', url: 'https://h.test/one', credential: ['x', 'y'] });
    await first.take();
    first.note({ startedAtMs: clock.now(), status: 429, headers: { 'retry-after': '9' } });
    const reason = async (url: string, credential: string[], lane: string) => {
      registry.limiterFor({ lane, url, credential });
      return registry.view(lane)?.reason;
    };
    expect(await reason('https://h.test/two?q=1', ['y', 'x'], 'b')).toBe('retry-after');
    expect(await reason('https://h.test:8443/two', ['y', 'x'], 'c')).toBeNull();
    expect(await reason('https://h.test/two', ['y'], 'd')).toBeNull();
  });
});
