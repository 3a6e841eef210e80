import { describe, expect, test } from 'vitest';
import type { Clock } from '../core/clock.ts';
import { SignInLimit } from './sign-in-limit.ts';
import { startStubServer } from './testing/start-server.ts';

function manualClock(): Clock & { advance(ms: number): void } {
  let time = 1_000_000;
  return {
    now: () => time,
    sleep: () => new Promise(() => {}),
    advance: (ms) => {
      time += ms;
    },
  };
}

describe('SignInLimit', () => {
  test('three free attempts, then a delay that doubles up to the limit', () => {
    const clock = manualClock();
    const limit = new SignInLimit(clock, 8000);
    const waits = Array.from({ length: 8 }, () => {
      clock.advance(limit.waitSeconds('a') * 1000);
      limit.begin('a');
      return limit.waitSeconds('a');
    });
    expect(waits).toEqual([0, 0, 1, 2, 4, 8, 8, 8]);
    expect(limit.waitSeconds('b')).toBe(0);
  });

  test('success and a long pause start over', () => {
    const clock = manualClock();
    const limit = new SignInLimit(clock, 8000);
    for (let i = 0; i < 4; i += 1) limit.begin('a');
    limit.succeed('a');
    expect(limit.waitSeconds('a')).toBe(0);
    for (let i = 0; i < 4; i += 1) limit.begin('a');
    clock.advance(3_600_000);
    limit.begin('a');
    expect(limit.waitSeconds('a')).toBe(0);
  });
});

test('the server answers 429 with Retry-After, and lets in again after the wait', async () => {
  const clock = manualClock();
  const server = await startStubServer({ clock });
  const attempt = (password: string) =>
    server.call('/api/v1/session', { as: null, body: { name: 'admin', password } });
  for (let i = 0; i < 3; i += 1) {
    const wrong = await attempt('wrong');
    expect([wrong.status, ((await wrong.json()) as { code: string }).code]).toEqual([401, 'SIGN_IN_FAILED']);
  }
  const blocked = await attempt('admin-password');
  expect([blocked.status, blocked.headers.get('retry-after')]).toEqual([429, '1']);
  clock.advance(1000);
  expect((await attempt('admin-password')).status).toBe(200);
  await server.close();
});

test('guesses in parallel gain nothing', async () => {
  const clock = manualClock();
  const server = await startStubServer({ clock });
  const guess = () =>
    server.call('/api/v1/session', { as: null, body: { name: 'admin', password: 'guess' } });
  const answers = await Promise.all(Array.from({ length: 20 }, guess));
  expect(answers.filter((a) => a.status === 401).length).toBeLessThanOrEqual(3);
  await server.close();
});
