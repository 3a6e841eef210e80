import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startTestEngine, type TestEngine } from './testing/engine.ts';
import { plantRenameFault } from './testing/rename-fault.ts';

let test: TestEngine;
afterEach(async () => {
  await test.close();
});

const flow = (file: string) =>
  `SELECT raw, toDateTime64('2026-11-20 10:00:00', 7, 'UTC'), JSONExtractString(raw, 'id') AS _ItemId, 's1' FROM file('${file}', 'LineAsString', 'raw String')`;

async function prepare() {
  test = await startTestEngine();
  const file = join(test.dir, 'segment.ndjson');
  await writeFile(file, Array.from({ length: 10 }, (_, i) => `{"id":"r${i}"}\n`).join(''));
  await test.engine.ensureTable({
    name: 'T',
    columns: [{ name: 'raw', type: 'string' }],
    retentionDays: 3000,
  });
  const insert = (token: string, where = '') =>
    test.engine.command(
      `INSERT INTO sluice.T (raw, TimeGenerated, _ItemId, _SegmentId) SELECT * FROM (${flow(file)}) ${where}`,
      {
        settings: { insert_deduplication_token: token },
      },
    );
  const missing = "WHERE _ItemId NOT IN (SELECT _ItemId FROM sluice.T WHERE _SegmentId = 's1')";
  const count = async () => Number((await test.engine.query('SELECT count() FROM sluice.T')).rows[0]?.[0]);
  return { insert, missing, count };
}

describe('a failed rename of the engine', () => {
  it('leaves the token spent and the rows missing; only read-back restores them', async () => {
    const { insert, missing, count } = await prepare();
    const fault = await plantRenameFault(test.engine, { table: 'T', months: ['202611'] });
    await expect(insert('t')).rejects.toMatchObject({ message: expect.stringContaining('rename') });
    await fault.remove();
    await insert('t');
    expect(await count(), 'a retry with the same token is acknowledged and lost').toBe(0);
    await insert('t#1', missing);
    expect(await count()).toBe(10);
    await insert('t#2', missing);
    expect(await count()).toBe(10);
  });

  it('does the same when the engine is killed right after it', async () => {
    const { insert, missing, count } = await prepare();
    const fault = await plantRenameFault(test.engine, { table: 'T', months: ['202611'] });
    await expect(insert('t')).rejects.toMatchObject({ message: expect.stringContaining('rename') });
    await fault.remove();
    process.kill(test.engine.status().pid!, 'SIGKILL');
    await expect.poll(() => test.engine.status().restarts, { timeout: 20_000 }).toBe(1);
    await insert('t');
    expect(await count()).toBe(0);
    await insert('t#1', missing);
    expect(await count()).toBe(10);
  });
});
