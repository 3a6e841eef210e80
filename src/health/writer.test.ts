import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../core/clock.ts';
import { armFailpoint } from '../core/failpoint.ts';
import { startTestEngine, type TestEngine } from '../engine/testing/engine.ts';
import { openState, type State } from '../state/state.ts';
import { createAuditTrail } from './audit.ts';
import { addHealthRow } from './health-rows.ts';
import { auditTable, healthTable } from './tables.ts';
import { manualClock } from './testing/manual-clock.ts';
import { createHealthWriter } from './writer.ts';

const at = Date.UTC(2026, 10, 27, 12, 0, 0, 123);
const row = (n: number) => ({
  operation: 'Data fetch status change',
  resource: { id: 'c1', name: 'acme', type: 'Data connector', kind: 'RestApiPoller' },
  status: 'Success',
  description: `It's \\ "quoted"\n\t\0 number ${n}`,
  reason: '',
  properties: { DestinationTable: 'Acme_CL', n, text: "a'b\\" },
});

let lab: TestEngine;
let state: State;

beforeAll(async () => {
  lab = await startTestEngine({ clock: systemClock, random: () => 0.5 });
});
afterAll(() => lab.close());
beforeEach(async () => {
  state = await openState({ file: ':memory:', clock: systemClock });
  await lab.engine.dropTable(healthTable);
  await lab.engine.dropTable(auditTable);
});

/** A writer whose timer never fires: only `flush` writes. */
function writer(onProblem: (error: Error) => void = () => undefined) {
  return createHealthWriter({
    db: state.db,
    engine: lab.engine,
    clock: manualClock(at + 60_000),
    workspaceId: 'w1',
    retentionDays: async () => 30,
    onProblem,
  });
}

async function counts(table: string) {
  const { rows } = await lab.engine.query(`SELECT count(), uniqExact(RecordId) FROM sluice.${table}`);
  return (rows[0] ?? []).map(Number);
}

test('rows arrive once, exact, with the documented columns', async () => {
  for (let n = 0; n < 450; n++)
    await addHealthRow(state.db, healthTable, row(n), { at: at + n, workspaceId: 'w1' });
  const w = writer();
  await w.flush();
  await w.flush();
  await w.close();
  expect(await counts(healthTable)).toEqual([450, 450]);
  const { rows } = await lab.engine.query(
    `SELECT toString(TimeGenerated), Description, ExtendedProperties, WorkspaceId, TenantId, Type, SentinelResourceKind FROM sluice.${healthTable} ORDER BY TimeGenerated LIMIT 1`,
  );
  expect(rows[0]).toEqual([
    '2026-11-27 12:00:00.1230000',
    row(0).description,
    JSON.stringify(row(0).properties),
    'w1',
    'w1',
    healthTable,
    'RestApiPoller',
  ]);
  const tables = await lab.engine.tables();
  expect(tables.find((t) => t.name === auditTable)?.retentionDays).toBe(30);
  expect(await state.db.selectFrom('health_rows').selectAll().execute()).toEqual([]);
});

test.each(['health.insert.before', 'health.insert.after'])(
  'a stop at %s loses and repeats nothing',
  async (name) => {
    for (let n = 0; n < 5; n++)
      await addHealthRow(state.db, healthTable, row(n), { at: at + n, workspaceId: 'w1' });
    let first: ReturnType<typeof writer> | undefined;
    armFailpoint(`${name}:throw`);
    const stopped = await new Promise<Error>((resolve) => {
      first = writer(resolve);
    });
    expect(stopped.message).toContain(name);
    await first?.close();
    armFailpoint(undefined);
    expect(await state.db.selectFrom('health_rows').select('id').execute()).toHaveLength(5);
    await addHealthRow(state.db, healthTable, row(5), { at: at + 5, workspaceId: 'w1' });
    const second = writer();
    await second.flush();
    await second.close();
    expect(await counts(healthTable)).toEqual([6, 6]);
  },
);

test('an engine that dies meanwhile gets the rows later', async () => {
  for (let n = 0; n < 5; n++)
    await addHealthRow(state.db, healthTable, row(n), { at: at + n, workspaceId: 'w1' });
  const w = writer();
  await w.flush();
  await addHealthRow(state.db, healthTable, row(6), { at, workspaceId: 'w1' });
  const pid = lab.engine.status().pid;
  if (pid === undefined) throw new Error('the engine has no process');
  process.kill(pid, 'SIGKILL');
  for (let tries = 0; tries < 20; tries++) {
    if (
      await w.flush().then(
        () => true,
        () => false,
      )
    )
      break;
    await systemClock.sleep(200);
  }
  await w.close();
  expect(await counts(healthTable)).toEqual([6, 6]);
});

test('a change that a stop cut short is a row that says so', async () => {
  const change = {
    actor: { name: 'ann', address: '10.0.0.1' },
    operation: 'Microsoft.SecurityInsights/dataConnectors/Write',
    resource: row(0).resource,
    description: 'Connection acme was changed',
    before: { name: 'acme', options: { pollSeconds: 5 } },
  };
  const trail = createAuditTrail({
    db: state.db,
    clock: systemClock,
    workspaceId: 'w1',
    onRows: () => undefined,
  });
  const after = { name: 'acme', options: { pollSeconds: 9 } };
  await trail.record(
    change,
    async () => 'done',
    () => ({ after }),
  );
  const refused = trail.record(
    change,
    () => Promise.reject(new Error('no')),
    () => ({}),
  );
  await expect(refused).rejects.toThrow('no');
  void trail.record(
    change,
    () => new Promise(() => undefined),
    () => ({}),
  );
  await systemClock.sleep(5);
  expect(await trail.closeOpen()).toBe(1);
  const w = writer();
  await w.flush();
  await w.close();
  const { rows } = await lab.engine.query(
    `SELECT Status, JSONExtractString(ExtendedProperties, 'CallerName'), JSONExtractRaw(ExtendedProperties, 'ResourceDiffMemberNames') FROM sluice.${auditTable} ORDER BY Status`,
  );
  expect(rows).toEqual([
    ['Failure', 'ann', ''],
    ['Success', 'ann', '["options.pollSeconds"]'],
    ['Unknown', 'ann', ''],
  ]);
});
