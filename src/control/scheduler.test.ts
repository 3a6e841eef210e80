import { describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../core/clock.ts';
import { backoffMs, createScheduler, type RunEnd } from './scheduler.ts';

const good: RunEnd = { ok: true, needsPerson: false, throttled: false };
const bad: RunEnd = { ok: false, needsPerson: false, throttled: false };

/** Waits until something holds, in real time: the scheduler under test has real timers of a millisecond or so. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await systemClock.sleep(2);
}

function fastClock(): Clock {
  let offset = 0;
  return {
    now: () => systemClock.now() + offset,
    sleep: async (ms, signal) => {
      await systemClock.sleep(1, signal);
      offset += ms;
    },
  };
}

describe('scheduler', () => {
  test('runs an added connection again and again, never twice at once', async () => {
    let active = 0;
    let most = 0;
    let runs = 0;
    const scheduler = createScheduler({
      clock: fastClock(),
      random: () => 0.5,
      run: async () => {
        active += 1;
        most = Math.max(most, active);
        await systemClock.sleep(1);
        active -= 1;
        runs += 1;
        return good;
      },
      intervalMs: async () => 1_000,
      mayCollect: () => true,
      concurrency: 4,
    });
    scheduler.add('a');
    scheduler.add('a');
    await until(() => runs >= 5);
    await scheduler.close();
    expect(most).toBe(1);
  });

  test('keeps to the number of runs at the same time', async () => {
    let active = 0;
    let most = 0;
    let runs = 0;
    const scheduler = createScheduler({
      clock: fastClock(),
      random: () => 0.5,
      run: async () => {
        active += 1;
        most = Math.max(most, active);
        await systemClock.sleep(2);
        active -= 1;
        runs += 1;
        return good;
      },
      intervalMs: async () => 10,
      mayCollect: () => true,
      concurrency: 2,
    });
    for (const id of ['a', 'b', 'c', 'd', 'e']) scheduler.add(id);
    await until(() => runs >= 20);
    await scheduler.close();
    expect(most).toBe(2);
  });

  test('does not run while collection is paused, and goes on after', async () => {
    let allowed = false;
    let runs = 0;
    const scheduler = createScheduler({
      clock: fastClock(),
      random: () => 0.5,
      run: async () => {
        runs += 1;
        return good;
      },
      intervalMs: async () => 10,
      mayCollect: () => allowed,
      concurrency: 1,
    });
    scheduler.add('a');
    await systemClock.sleep(20);
    expect(runs).toBe(0);
    allowed = true;
    await until(() => runs > 0);
    await scheduler.close();
  });

  test('remove cancels the run that is going on and waits for its end', async () => {
    let ended = false;
    let started = false;
    const scheduler = createScheduler({
      clock: systemClock,
      random: () => 0.5,
      run: async (_, signal) => {
        started = true;
        await systemClock.sleep(60_000, signal).catch(() => undefined);
        ended = true;
        return good;
      },
      intervalMs: async () => 10,
      mayCollect: () => true,
      concurrency: 1,
    });
    scheduler.add('a');
    await until(() => started);
    await scheduler.remove('a');
    expect(ended).toBe(true);
    expect(scheduler.view('a')).toBeUndefined();
  });

  async function afterThrottling(retryAtMs: number) {
    let ended = 0;
    const scheduler = createScheduler({
      clock: systemClock,
      random: () => 0.5,
      run: async () => {
        ended = systemClock.now();
        return { ...bad, throttled: true, retryAtMs };
      },
      intervalMs: async () => 10,
      mayCollect: () => true,
      concurrency: 1,
    });
    scheduler.add('a');
    await until(() => ended > 0 && scheduler.view('a')?.state === 'waiting');
    const view = scheduler.view('a');
    await scheduler.close();
    return { view, ended };
  }

  test('goes on after throttling at the time that was said, and counts no failure', async () => {
    const retryAtMs = systemClock.now() + 3600_000;
    const { view } = await afterThrottling(retryAtMs);
    expect(view).toMatchObject({ failures: 0, nextRunAtMs: retryAtMs });
  });

  test('a service’s time in the past does not make runs follow each other without rest', async () => {
    const { view, ended } = await afterThrottling(systemClock.now() - 5000);
    expect((view?.nextRunAtMs ?? 0) - ended).toBeGreaterThanOrEqual(1000);
  });

  test('a first run can be set for later', async () => {
    const scheduler = createScheduler({
      clock: systemClock,
      random: () => 0.5,
      run: async () => good,
      intervalMs: async () => 10,
      mayCollect: () => true,
      concurrency: 1,
    });
    const at = systemClock.now() + 3600_000;
    scheduler.add('a', at);
    await systemClock.sleep(10);
    expect(scheduler.view('a')).toMatchObject({ state: 'waiting', nextRunAtMs: at });
    await scheduler.close();
  });

  test('a trigger during a run makes one more run', async () => {
    let runs = 0;
    let release: () => void = () => undefined;
    const scheduler = createScheduler({
      clock: systemClock,
      random: () => 0.5,
      run: async () => {
        runs += 1;
        if (runs === 1) await new Promise<void>((resolve) => (release = resolve));
        return good;
      },
      intervalMs: async () => 3600_000,
      mayCollect: () => true,
      concurrency: 1,
    });
    scheduler.add('a');
    await until(() => runs === 1);
    scheduler.trigger('a');
    release();
    await until(() => runs === 2);
    await scheduler.close();
  });

  test('failures wait longer and longer, up to a cap', () => {
    const waits = [1, 2, 3, 4, 20].map((n) => backoffMs(n, () => 0.5));
    expect(waits).toEqual([15_000, 30_000, 60_000, 120_000, 900_000]);
    expect(backoffMs(1, () => 0)).toBeLessThan(backoffMs(1, () => 0.99));
  });

  test('counts failures in a row', async () => {
    const ends = [bad, bad, good];
    const seen: number[] = [];
    let index = 0;
    const scheduler = createScheduler({
      clock: fastClock(),
      random: () => 0.5,
      run: async (id) => {
        seen.push(scheduler.view(id)?.failures ?? -1);
        return ends[Math.min(index++, 2)]!;
      },
      intervalMs: async () => 10,
      mayCollect: () => true,
      concurrency: 1,
    });
    scheduler.add('a');
    await until(() => seen.length >= 4);
    await scheduler.close();
    expect(seen.slice(0, 4)).toEqual([0, 1, 2, 0]);
  });
});
