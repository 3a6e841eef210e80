import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SluiceError } from '../core/errors.ts';
import { insertOutbox, updateOutbox } from '../state/outbox.ts';
import type { OutboxRow } from '../state/schema.ts';
import { insertIntent } from '../state/segments.ts';
import { ensureSource } from '../state/sources.ts';
import { openState, type State } from '../state/state.ts';
import { defaultLimits, type IngestEvent } from './api.ts';
import { DeliveryLoop } from './delivery-loop.ts';

let state: State;
let nowMs = 0;
let lookMs = 7;
/** Every look at the clock takes a while, so that whatever may come due between two looks does. */
const clock = {
  now: () => {
    nowMs += lookMs;
    return nowMs;
  },
  sleep: async (ms: number) => {
    nowMs += ms;
    await new Promise((resolve) => setImmediate(resolve));
  },
};

beforeEach(async () => {
  state = await openState({ file: ':memory:', clock });
});
afterEach(() => state.close());

async function fill(rows: readonly { segment: string; transform: string }[]): Promise<void> {
  const source = await ensureSource(state.db, { identity: 's', connectionId: 'c1', poller: 'p', nowMs: 1 });
  for (const { segment, transform } of rows) {
    const about = {
      source_id: source.id,
      connection_id: 'c1',
      poller: 'p',
      definition_id: 'd',
      stream: 's',
      run_id: 'r',
    };
    await insertIntent(state.db, { id: segment, path: segment, created_at: 1, ...about });
    await insertOutbox(
      state.db,
      [{ segment_id: segment, flow: 0, table_name: 'T', transform_id: transform, token: segment }],
      1,
    );
  }
}

interface Run {
  readonly loop: DeliveryLoop;
  readonly events: IngestEvent[];
  readonly calls: string[];
}

/** A loop whose deliveries fail as long as `fails` says so. */
function start(fails: (row: OutboxRow, call: number) => string | undefined): Run {
  const events: IngestEvent[] = [];
  const calls: string[] = [];
  const limits = { ...defaultLimits, retryBaseMs: 10, retryMaxMs: 40, attempts: 3, concurrency: 2 };
  const deliver = async (row: OutboxRow) => {
    calls.push(row.segment_id);
    // The loop is asleep again by then, as it is with a real engine.
    for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
    const code = fails(row, calls.filter((id) => id === row.segment_id).length);
    if (code) throw new SluiceError({ code, message: 'refused' });
    await updateOutbox(state.db, row, { state: 'delivered' });
    return { connectionId: 'c1', rows: 1, nullTimes: 0, recovered: false };
  };
  const emit = (event: IngestEvent) => events.push(event);
  const loop = new DeliveryLoop({ state, clock, random: () => 0.5, limits, deliver, emit });
  loop.start();
  return { loop, events, calls };
}

const states = async () => {
  const rows = await state.db
    .selectFrom('outbox')
    .select(['segment_id', 'state'])
    .orderBy('segment_id')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.segment_id, row.state]));
};

describe('the delivery loop', () => {
  // Which pause between two looks at the clock would meet a gap depends on the code, so several are tried.
  it.each(Array.from({ length: 12 }, (_, i) => i + 1))(
    'tries again when the back-off ends, %i ms a look',
    async (ms) => {
      lookMs = ms;
      await fill([{ segment: 's0', transform: 't' }]);
      const { loop, calls } = start((_row, call) => (call < 3 ? 'ENGINE_ERROR' : undefined));
      await loop.waitBelow(1);
      expect(calls).toEqual(['s0', 's0', 's0']);
      await loop.close();
    },
  );

  it('gives a poison flow up row by row while the others go on', async () => {
    const rows = Array.from({ length: 6 }, (_, i) => ({
      segment: `s${i}`,
      transform: i % 2 === 0 ? 'poison' : 'good',
    }));
    await fill(rows);
    const { loop, events } = start((row) => (row.transform_id === 'poison' ? 'ENGINE_ERROR' : undefined));
    await loop.waitBelow(1);
    expect(await states()).toEqual({
      s0: 'failed',
      s1: 'delivered',
      s2: 'failed',
      s3: 'delivered',
      s4: 'failed',
      s5: 'delivered',
    });
    expect(events.filter((event) => event.kind === 'flow-failed')).toHaveLength(3);
    const stored = await state.db
      .selectFrom('outbox')
      .select('error')
      .where('segment_id', '=', 's0')
      .executeTakeFirst();
    expect(stored?.error).toBe('ENGINE_ERROR: refused');
    await loop.close();
  });

  it('never gives up because the engine is away', async () => {
    await fill([{ segment: 's0', transform: 't' }]);
    const { loop, events } = start((_row, call) => (call <= 20 ? 'ENGINE_UNAVAILABLE' : undefined));
    await loop.waitBelow(1);
    expect(await states()).toEqual({ s0: 'delivered' });
    expect(events.filter((event) => event.kind === 'flow-retry')).toHaveLength(20);
    await loop.close();
  });

  it('ends a row that kills the engine each time', async () => {
    await fill([{ segment: 's0', transform: 't' }]);
    const { loop, calls } = start(() => 'ENGINE_UNCONFIRMED');
    await loop.waitBelow(1);
    expect(await states()).toEqual({ s0: 'failed' });
    expect(calls).toHaveLength(6);
    await loop.close();
  });
});
