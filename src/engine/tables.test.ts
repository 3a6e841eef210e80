import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ColumnType } from '../definition/model.ts';
import { rejectedTable } from './columns.ts';
import { quoteString } from './sql-text.ts';
import { startTestEngine, type TestEngine } from './testing/engine.ts';
import { carrierTypes, fromEngineType } from './types.ts';

let test: TestEngine;
beforeAll(async () => {
  test = await startTestEngine();
});
afterAll(async () => {
  await test?.close();
});

const types = Object.keys(carrierTypes) as ColumnType[];
const count = async (table: string) =>
  Number((await test.engine.query(`SELECT count() FROM sluice.${table}`)).rows[0]?.[0]);

describe('ensureTable', () => {
  it('makes columns of every type that read back as the same types', async () => {
    const columns = types.map((type) => ({ name: `c_${type}`, type }));
    await test.engine.ensureTable({ name: 'Types_CL', columns, retentionDays: 90 });
    const table = (await test.engine.tables()).find((found) => found.name === 'Types_CL');
    expect(table?.retentionDays).toBe(90);
    expect(table?.columns.slice(0, columns.length)).toEqual(columns);
    expect(table?.columns.slice(columns.length).map((column) => column.name)).toEqual([
      'TimeGenerated',
      '_TimeReceived',
      '_ItemId',
      'Type',
      'TenantId',
      'SourceSystem',
      '_SegmentId',
    ]);
    const { rows } = await test.engine.query(
      "SELECT type FROM system.columns WHERE table = 'Types_CL' AND name LIKE 'c_%' ORDER BY position",
    );
    expect(rows.map((row) => row[0])).toEqual(types.map((type) => carrierTypes[type]));
  });

  it('keeps values of every type', async () => {
    await test.engine.command(
      `INSERT INTO sluice.Types_CL (c_string, c_int, c_long, c_real, c_boolean, c_datetime, c_dynamic, c_guid, c_timespan, c_decimal, TimeGenerated)
       SELECT 'é', 2147483647, 9223372036854775807, 0.1, true, '2026-11-27T10:00:00.1234567Z', '{"a":1}', '00000000-0000-0000-0000-000000000001', -1, '1.000000000000000001', now64(7)`,
    );
    await test.engine.command('INSERT INTO sluice.Types_CL (TimeGenerated) SELECT now64(7) + 1');
    const { rows } = await test.engine.query(
      `SELECT ${types.map((type) => `c_${type}`).join()} FROM sluice.Types_CL ORDER BY TimeGenerated`,
    );
    expect(rows).toEqual([
      [
        'é',
        2147483647,
        '9223372036854775807',
        0.1,
        true,
        '2026-11-27 10:00:00.1234567',
        '{"a":1}',
        '00000000-0000-0000-0000-000000000001',
        '-1',
        '1.000000000000000001',
      ],
      ['', null, null, null, null, null, '', null, null, null],
    ]);
  });

  it('adds columns and refuses another type before it changes anything', async () => {
    const table = { name: 'Grow_CL', retentionDays: 30 };
    await test.engine.ensureTable({ ...table, columns: [{ name: 'a', type: 'string' }] });
    await test.engine.ensureTable({ ...table, columns: [{ name: 'b', type: 'dynamic' }] });
    const refused = test.engine.ensureTable({
      ...table,
      columns: [
        { name: 'c', type: 'int' },
        { name: 'b', type: 'string' },
      ],
    });
    await expect(refused).rejects.toMatchObject({
      code: 'TABLE_COLUMN_TYPE',
      message: expect.stringContaining('Grow_CL.b is dynamic, not string'),
    });
    const names = (await test.engine.tables())
      .find((found) => found.name === 'Grow_CL')
      ?.columns.map((column) => column.name);
    expect(names).toEqual(expect.arrayContaining(['a', 'b']));
    expect(names).not.toContain('c');
  });

  it('refuses bad names and standard columns of another type', async () => {
    const make = (name: string, columns: { name: string; type: ColumnType }[]) =>
      test.engine.ensureTable({ name, columns, retentionDays: 30 });
    await expect(make('a b', [])).rejects.toMatchObject({ code: 'TABLE_NAME' });
    await expect(make('T_CL', [{ name: 'x-y', type: 'int' }])).rejects.toMatchObject({ code: 'TABLE_NAME' });
    await expect(make('T_CL', [{ name: 'TimeGenerated', type: 'string' }])).rejects.toMatchObject({
      code: 'TABLE_COLUMN_TYPE',
    });
    await expect(
      test.engine.ensureTable({ name: 'T_CL', columns: [], retentionDays: 0 }),
    ).rejects.toMatchObject({ code: 'TABLE_RETENTION' });
  });

  it('makes the table of rejected records', async () => {
    await test.engine.ensureTable(rejectedTable);
    await test.engine.command(
      "INSERT INTO sluice._Rejected (TimeGenerated, _ItemId, Reason, RawRecord) SELECT now64(7), 'r', 'bad', '{'",
    );
    expect(await count('_Rejected')).toBe(1);
  });
});

describe('retention', () => {
  it('counts from the later of event and receipt', async () => {
    await test.engine.ensureTable({
      name: 'Old_CL',
      columns: [{ name: 'a', type: 'string' }],
      retentionDays: 90,
    });
    await test.engine.command(
      `INSERT INTO sluice.Old_CL (a, TimeGenerated, _TimeReceived, _ItemId)
       SELECT * FROM values('a String, t DateTime64(7), r DateTime64(7), i String',
         ('event and receipt old', now64(7) - toIntervalDay(40), now64(7) - toIntervalDay(40), '1'),
         ('received today', now64(7) - toIntervalDay(40), now64(7), '2'),
         ('before 1970', toDateTime64('1950-01-01 00:00:00', 7), toDateTime64('1960-01-01 00:00:00', 7), '3'),
         ('after 2106', toDateTime64('2150-01-01 00:00:00', 7), now64(7), '4'))`,
    );
    await test.engine.setRetention('Old_CL', 30);
    const merged = async () => {
      await test.engine.command('OPTIMIZE TABLE sluice.Old_CL FINAL');
      return (await test.engine.query('SELECT a FROM sluice.Old_CL ORDER BY _ItemId')).rows;
    };
    await expect.poll(merged, { timeout: 10_000 }).toEqual([['received today'], ['after 2106']]);
    expect((await test.engine.tables()).find((table) => table.name === 'Old_CL')?.retentionDays).toBe(30);
    await expect(test.engine.setRetention('Nope', 30)).rejects.toMatchObject({ code: 'TABLE_MISSING' });
  });
});

describe('storage', () => {
  it('writes one part per insert and month, also from a file', async () => {
    await test.engine.ensureTable({
      name: 'Parts_CL',
      columns: [{ name: 'a', type: 'string' }],
      retentionDays: 30,
    });
    const file = join(test.dir, 'lines.txt');
    await writeFile(file, Array.from({ length: 10_000 }, (_, i) => `line ${i}\n`).join(''));
    const flow = `SELECT raw, toDateTime64('2026-11-20 00:00:00', 7) + toIntervalDay(cityHash64(raw) % 20) FROM file(${quoteString(file)}, 'LineAsString', 'raw String')`;
    await test.engine.command(`INSERT INTO sluice.Parts_CL (a, TimeGenerated) ${flow}`);
    const { rows } = await test.engine.query(
      "SELECT partition, count() FROM system.parts WHERE table = 'Parts_CL' GROUP BY partition ORDER BY partition",
    );
    expect(rows).toEqual([
      ['202611', '1'],
      ['202612', '1'],
    ]);
    expect((await test.engine.query(`SELECT count() FROM (${flow})`)).rows).toEqual([['10000']]);
  });

  it('drops a table', async () => {
    await test.engine.dropTable('Parts_CL');
    expect((await test.engine.tables()).map((table) => table.name)).not.toContain('Parts_CL');
  });
});

describe('fromEngineType', () => {
  it('reads the carriers of results', () => {
    expect(fromEngineType('LowCardinality(Nullable(String))')).toBe('string');
    expect(fromEngineType('DateTime64(3)')).toBe('datetime');
    expect(fromEngineType('UInt64')).toBe('long');
    expect(() => fromEngineType('Array(String)')).toThrow(expect.objectContaining({ code: 'ENGINE_RESULT' }));
  });
});
