import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../poller/testing/fixtures.ts';
import { openState, type State } from '../state/state.ts';
import { createRequestLog } from './request-log.ts';
import { createRequestStore, type RequestTrace } from './request-store.ts';
import { createRunStore } from './runs.ts';

let state: State;

beforeEach(async () => {
  state = await openState({ file: ':memory:', clock: manualClock(1_000) });
});
afterEach(() => state.close());

function trace(parts: Partial<RequestTrace> = {}): RequestTrace {
  return {
    method: 'GET',
    url: 'https://api.test/x',
    status: 200,
    startedAtMs: 1,
    durationMs: 1,
    bytes: 1,
    records: 1,
    error: null,
    poller: 'audit',
    attempt: 1,
    requestHeaders: { accept: 'application/json' },
    responseHeaders: { 'content-type': 'application/json' },
    newRecords: 1,
    duplicates: 0,
    warning: null,
    excerpt: null,
    ...parts,
  };
}

test('what is added comes back', async () => {
  await createRunStore(state.db).start('r', 'c', 1);
  const store = createRequestStore(state.db);
  const given = trace({ excerpt: 'ü', warning: 'X: y', newRecords: null });
  await store.add('r', 0, given);
  expect(await store.ofRun('r')).toEqual([{ ordinal: 0, ...given }]);
});

test('a long run keeps its first and its last requests', async () => {
  await createRunStore(state.db).start('r', 'c', 1);
  const store = createRequestStore(state.db);
  for (let i = 0; i < 620; i += 1) await store.add('r', i, trace());
  const ordinals = (await store.ofRun('r')).map((r) => r.ordinal);
  expect(ordinals).toHaveLength(500);
  expect([ordinals[0], ordinals[449], ordinals[450], ordinals.at(-1)]).toEqual([0, 449, 570, 619]);
});

test('excerpts of a connection stay within the budget, the oldest go first, other connections keep theirs', async () => {
  const runs = createRunStore(state.db);
  await runs.start('old', 'c', 1);
  await runs.start('new', 'c', 2);
  await runs.start('other', 'd', 3);
  const store = createRequestStore(state.db, { excerptBytes: 100 });
  await store.add('other', 0, trace({ excerpt: 'o'.repeat(80) }));
  await store.add('old', 0, trace({ excerpt: 'a'.repeat(40) }));
  await store.add('old', 1, trace({ excerpt: 'b'.repeat(40) }));
  await store.add('new', 0, trace({ excerpt: 'é'.repeat(20) }));
  const left = async (run: string) => (await store.ofRun(run)).map((r) => r.excerpt?.length ?? null);
  expect(await left('old')).toEqual([null, 40]);
  expect(await left('new')).toEqual([20]);
  expect(await left('other')).toEqual([80]);
});

test('the log writes in order, with counts that come late, and warns once for each kind', async () => {
  const written: [number, RequestTrace][] = [];
  const warnings: string[] = [];
  const errors: unknown[] = [];
  const log = createRequestLog({
    add: async (ordinal, t) => {
      if (ordinal === 1) throw new Error('disk');
      written.push([ordinal, t]);
    },
    onError: (error) => errors.push(error),
    onWarning: (warning) => warnings.push(warning),
  });
  const poll = {
    method: 'GET',
    url: 'u',
    status: 200,
    startedAtMs: 1,
    durationMs: 1,
    bytes: 1,
    attempt: 1,
    error: undefined,
    records: 2,
  };
  const first = { ...poll, warning: 'A: x' };
  log.note(first, 'audit');
  log.counted(first, { received: 2, new: 1, duplicate: 1 });
  log.note({ ...poll, warning: 'A: y' }, 'audit');
  log.counted(first, { received: 2, new: 9, duplicate: 9 });
  log.note(poll, 'audit');
  await log.settled();
  expect(written.map(([ordinal, t]) => [ordinal, t.newRecords, t.duplicates])).toEqual([
    [0, 1, 1],
    [2, null, null],
  ]);
  expect(errors).toHaveLength(1);
  expect(warnings).toEqual(['A: x']);
});
