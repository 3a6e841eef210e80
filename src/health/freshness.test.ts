import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openState, type State } from '../state/state.ts';
import {
  createFreshnessMonitor,
  type FreshnessChange,
  type FreshnessMonitor,
  type FreshnessSubject,
  findOverdue,
} from './freshness.ts';
import { type ManualClock, manualClock } from './testing/manual-clock.ts';

const minute = 60_000;
const start = Date.UTC(2026, 10, 27, 12);
const base: FreshnessSubject = {
  connectionId: 'c1',
  name: 'acme',
  kind: 'RestApiPoller',
  tables: ['Acme_CL'],
  intervalMs: 5 * minute,
  lastPollAtMs: start,
  failing: false,
  putOffUntilMs: undefined,
  lastDataAtMs: start,
  expectDataMs: undefined,
  activeSinceMs: start - 60 * minute,
};

describe('what is overdue', () => {
  const kinds = (subject: Partial<FreshnessSubject>, afterMs: number, watching = start) =>
    findOverdue({ ...base, ...subject }, start + afterMs, watching).map((f) => f.kind);

  test('a poll is missing after two intervals and a minute', () => {
    expect(kinds({}, 11 * minute)).toEqual([]);
    expect(kinds({}, 11 * minute + 1)).toEqual(['poll']);
  });

  test('a back-off after failures is no missing poll', () => {
    expect(kinds({ failing: true }, 19 * minute)).toEqual([]);
    expect(kinds({ failing: true }, 20 * minute)).toEqual(['poll']);
    expect(kinds({ putOffUntilMs: start + 60 * minute }, 70 * minute)).toEqual([]);
    expect(kinds({ putOffUntilMs: start + 60 * minute }, 72 * minute)).toEqual(['poll']);
  });

  test('nothing is missing from before the watch began or the connection was resumed', () => {
    expect(kinds({}, 30 * minute, start + 20 * minute)).toEqual([]);
    expect(kinds({ activeSinceMs: start + 25 * minute }, 30 * minute)).toEqual([]);
    expect(kinds({ lastPollAtMs: undefined }, 12 * minute)).toEqual(['poll']);
  });

  test('data is missing only where an objective says so, also across a restart', () => {
    const polls = { lastPollAtMs: start + 89 * minute };
    expect(kinds(polls, 90 * minute)).toEqual([]);
    expect(kinds({ ...polls, expectDataMs: 60 * minute }, 90 * minute)).toEqual(['data']);
    expect(kinds({ ...polls, expectDataMs: 60 * minute }, 90 * minute, start + 85 * minute)).toEqual([]);
    expect(kinds({ ...polls, expectDataMs: 60 * minute }, 90 * minute, start + 78 * minute)).toEqual([
      'data',
    ]);
  });
});

describe('monitor', () => {
  let state: State;
  let clock: ManualClock;
  let subject: FreshnessSubject;
  let present: boolean;
  let changes: FreshnessChange[];
  let monitor: FreshnessMonitor;

  const watch = () =>
    createFreshnessMonitor({
      state,
      clock,
      workspaceId: 'w',
      subjects: async () => (present ? [subject] : []),
      onChange: (change) => changes.push(change),
      onRows: () => undefined,
      onProblem: (error) => expect.unreachable(String(error)),
    });
  /** Ten-second steps, as the monitor's own timer makes them. */
  async function pass(ms: number): Promise<void> {
    for (let done = 0; done < ms; done += 10_000) {
      await clock.advance(10_000);
      await monitor.check();
    }
  }
  const rows = async () =>
    (await state.db.selectFrom('health_rows').selectAll().orderBy('at').execute()).map((r) => {
      const columns = JSON.parse(r.columns_json) as Record<string, string>;
      return `${(r.at - start) / minute} ${columns['Status']} ${columns['Reason']}`;
    });

  beforeEach(async () => {
    clock = manualClock(start);
    state = await openState({ file: ':memory:', clock });
    subject = base;
    present = true;
    changes = [];
    monitor = watch();
  });
  afterEach(async () => {
    await monitor.close();
    await state.close();
  });

  test('raises once, repeats hourly in the table, resolves by itself', async () => {
    await pass(80 * minute);
    expect(changes.map((c) => c.event)).toEqual(['connection.stale']);
    expect(await monitor.alerts()).toMatchObject([{ connection: 'acme', kind: 'poll', sinceMs: start }]);
    subject = { ...subject, lastPollAtMs: clock.now() };
    await pass(minute);
    expect(changes.map((c) => c.event)).toEqual(['connection.stale', 'connection.fresh']);
    expect(await monitor.alerts()).toEqual([]);
    expect((await rows()).map((row) => row.replace(/^[\d.]+/, (n) => String(Math.floor(Number(n)))))).toEqual(
      ['11 Failure POLL_MISSED', '71 Failure POLL_MISSED', '80 Success POLL_MISSED'],
    );
  });

  test('a restart neither forgets an alert nor raises it again', async () => {
    await pass(15 * minute);
    await monitor.close();
    monitor = watch();
    await pass(30 * minute);
    expect(changes.map((c) => c.event)).toEqual(['connection.stale']);
    expect(await monitor.alerts()).toHaveLength(1);
  });

  test('a machine that slept raises nothing before its connections had their time', async () => {
    await pass(minute);
    await clock.advance(8 * 60 * minute);
    await monitor.check();
    expect(changes).toEqual([]);
    await pass(12 * minute);
    expect(changes.map((c) => c.event)).toEqual(['connection.stale']);
  });

  test('a paused connection has no alert', async () => {
    await pass(15 * minute);
    present = false;
    await pass(minute);
    expect(changes.map((c) => c.event)).toEqual(['connection.stale', 'connection.fresh']);
  });

  test('its own timer looks, without anybody calling', async () => {
    for (let i = 0; i < 80 && changes.length === 0; i++) await clock.advance(10_000);
    expect(changes.map((c) => c.alert.kind)).toEqual(['poll']);
  });
});
