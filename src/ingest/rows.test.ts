import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Column, DataFlow } from '../definition/model.ts';
import { rejectedTable } from '../engine/columns.ts';
import { quoteTable } from '../engine/sql-text.ts';
import { startTestEngine, type TestEngine } from '../engine/testing/engine.ts';
import { createFakeKql, type FakeTransform } from './testing/fake-kql.ts';
import {
  acmeFlow,
  acmeKql,
  acmeTransform,
  makeDefinition,
  makePoller,
  page,
  recordText,
  startMs,
  streamName,
} from './testing/fixtures.ts';
import { archivedRecords, type Lab, labFolder, openLab, workspaceId } from './testing/lab.ts';

let test: TestEngine;
let folder: string;
let remove: () => Promise<void>;
let lab: Lab;

beforeAll(async () => {
  test = await startTestEngine();
});
afterAll(() => test.close());
beforeEach(async () => {
  ({ folder, remove } = await labFolder());
  for (const name of ['Acme_CL', 'Other_CL', rejectedTable.name]) await test.engine.dropTable(name);
});
afterEach(async () => {
  await lab.stop();
  await remove();
});

interface Delivery {
  readonly texts: readonly string[];
  readonly columns?: readonly Column[];
  readonly transforms?: Record<string, FakeTransform>;
  readonly flows?: readonly DataFlow[];
  readonly tableColumns?: readonly Column[];
  readonly addOnAttributes?: Record<string, string>;
}

const receivedMs = startMs + 3_600_000;

async function deliver(delivery: Delivery): Promise<void> {
  const kql = createFakeKql(delivery.transforms ?? { [acmeKql]: acmeTransform });
  lab = await openLab({ engine: test.engine, folder, kql });
  const tables = delivery.tableColumns
    ? [{ name: 'Acme_CL', columns: delivery.tableColumns, declared: true, retentionDays: 30 }]
    : [];
  const sink = await lab.ingest.sinkFor({
    connectionId: 'c1',
    definition: makeDefinition({ ...delivery, tables }),
    poller: makePoller({ addOnAttributes: delivery.addOnAttributes ?? {} }),
    sourceIdentity: 'source-1',
  });
  const read = sink.open({ poller: 'acme', mode: 'window', runId: 'r1' });
  await read.append(page(delivery.texts, receivedMs));
  await read.commit({ windowEndMs: 1 });
  await lab.ingest.start();
  await lab.ingest.drain();
}

async function rows(columns: string, table = 'Acme_CL', order = 'Id'): Promise<unknown[][]> {
  const result = await test.engine.query(`SELECT ${columns} FROM ${quoteTable(table)} ORDER BY ${order}`);
  return result.rows.map((row) => [...row]);
}

const received = '2026-11-20 13:00:00.0000000';

describe('records that the engine cannot parse', () => {
  it('go to _Rejected with their text, never into all-null rows', async () => {
    const bad = ['{"id":1e400}', '{"id":123456789012345678901234}', '{"id":7,"message":"\\ud800"}'];
    await deliver({ texts: [recordText(1), ...bad, recordText(2)] });
    expect(await rows('Id')).toEqual([['1'], ['2']]);
    const rejected = await rows(
      'RawRecord, Stream, ConnectionId, TenantId, Type, toString(TimeGenerated)',
      rejectedTable.name,
      'RawRecord',
    );
    expect(rejected.map((row) => row[0])).toEqual([...bad].sort());
    expect(rejected[0]?.slice(1)).toEqual([streamName, 'c1', workspaceId, '_Rejected', received]);
    expect(lab.events.find((event) => event.kind === 'records-rejected')).toMatchObject({
      rejected: 3,
      connectionId: 'c1',
    });
    expect(await archivedRecords(lab.archive)).toHaveLength(5);
  });
});

describe('standard columns', () => {
  it('are filled, and a null TimeGenerated becomes the receive time and is counted', async () => {
    await deliver({ texts: [recordText(1), '{"id":2,"created":"nonsense"}'] });
    expect(
      await rows('Id, toString(TimeGenerated), toString(_TimeReceived), Type, TenantId, SourceSystem'),
    ).toEqual([
      ['1', '2026-11-20 12:00:01.0000000', received, 'Acme_CL', workspaceId, ''],
      ['2', received, received, 'Acme_CL', workspaceId, ''],
    ]);
    const segment = await lab.state.db.selectFrom('segments').select('id').executeTakeFirstOrThrow();
    expect(await rows('DISTINCT _SegmentId', 'Acme_CL', '_SegmentId')).toEqual([[segment.id]]);
    expect(lab.events.find((event) => event.kind === 'flow-delivered')).toMatchObject({
      rows: 2,
      nullTimes: 1,
    });
  });

  it('now() in a transform is the receive time', async () => {
    const columns = [
      { name: 'TimeGenerated', type: 'datetime', sql: 'now()' },
      { name: 'Id', type: 'long', sql: 'id' },
    ] as const;
    await deliver({ texts: [recordText(1)], transforms: { [acmeKql]: { columns } } });
    expect(await rows('Id, toString(TimeGenerated)')).toEqual([['1', received]]);
  });
});

describe('types', () => {
  const types = ['string', 'int', 'long', 'real', 'boolean', 'datetime', 'dynamic', 'guid'] as const;
  const columns = types.map((type) => ({ name: type, type }));
  const transform: FakeTransform = {
    columns: columns.map(({ name, type }) => ({
      name: `c_${name}`,
      type: type === 'boolean' ? 'bool' : type,
      sql: `\`${name}\``,
    })),
  };
  const guid = '7b9d1c52-0d3e-4b7a-9a44-6a1f0c9f2f10';

  it.each([
    ['"text"', ['text', null, null, null, null, null, '"text"', null]],
    ['"a\\"\\u00e9"', ['a"é', null, null, null, null, null, '"a\\"é"', null]],
    ['12', ['12', 12, '12', 12, true, null, '12', null]],
    ['"12"', ['12', 12, '12', 12, null, null, '"12"', null]],
    ['1.5', ['1.5', null, null, 1.5, true, null, '1.5', null]],
    ['5000000000', ['5000000000', null, '5000000000', 5e9, true, null, '5000000000', null]],
    ['true', ['true', 1, '1', 1, true, null, 'true', null]],
    ['"FALSE"', ['FALSE', null, null, null, false, null, '"FALSE"', null]],
    ['null', ['', null, null, null, null, null, '', null]],
    ['{"a":[1, 2]}', ['{"a":[1,2]}', null, null, null, null, null, '{"a":[1,2]}', null]],
    [
      '"2026-01-02T03:04:05.1234567Z"',
      [
        '2026-01-02T03:04:05.1234567Z',
        null,
        null,
        null,
        null,
        '2026-01-02 03:04:05.1234567',
        '"2026-01-02T03:04:05.1234567Z"',
        null,
      ],
    ],
    ['"1700000000"', ['1700000000', 1700000000, '1700000000', 1700000000, null, null, '"1700000000"', null]],
    [`"${guid}"`, [guid, null, null, null, null, null, `"${guid}"`, guid]],
  ] as const)('JSON %s in columns of every type', async (json, expected) => {
    const text = `{${types.map((type) => `"${type}":${json.replace('[1, 2]', '[1,2]')}`).join(',')}}`;
    await deliver({ texts: [text], columns, transforms: { [acmeKql]: transform } });
    const select = types
      .map((type) => (type === 'datetime' || type === 'guid' ? `toString(c_${type})` : `c_${type}`))
      .join(', ');
    expect(await rows(select, 'Acme_CL', '_ItemId')).toEqual([expected]);
  });

  it('missing members are null, names match in any case, added attributes win', async () => {
    await deliver({
      texts: ['{"ID":5,"Message":"upper","message2":1}'],
      columns: [
        { name: 'id', type: 'long' },
        { name: 'message', type: 'string' },
        { name: 'gone', type: 'dynamic' },
        { name: 'tenant', type: 'string' },
      ],
      addOnAttributes: { tenant: "o'neil\\" },
      flows: [{ ...acmeFlow, transformKql: 'source' }],
    });
    expect(await rows('id, message, gone, tenant', 'Acme_CL', 'id')).toEqual([
      ['5', 'upper', '', "o'neil\\"],
    ]);
  });
});

describe('a declared table', () => {
  const tableColumns: readonly Column[] = [
    { name: 'TimeGenerated', type: 'datetime' },
    { name: 'Id', type: 'string' },
    { name: 'Actor', type: 'string' },
    { name: 'Message', type: 'long' },
    { name: 'Unfilled', type: 'int' },
  ];

  it('casts other types with a warning and drops unknown columns', async () => {
    const transforms = {
      [acmeKql]: {
        columns: [...acmeTransform.columns, { name: 'Extra', type: 'string', sql: 'message' }],
      } as FakeTransform,
    };
    await deliver({
      texts: ['{"id":7,"created":"2026-11-20T12:00:00Z","actor":"jo","message":"42"}'],
      tableColumns,
      transforms,
    });
    expect(await rows('Id, Actor, Message, Unfilled')).toEqual([['7', 'jo', '42', null]]);
    const { diagnostics } = await lab.ingest.prepare(
      makeDefinition({ tables: [{ name: 'Acme_CL', columns: tableColumns, declared: true }] }),
    );
    expect(diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      'warning INGEST_COLUMN_CAST',
      'warning INGEST_COLUMN_CAST',
      'warning INGEST_COLUMN_CAST',
      'warning INGEST_COLUMN_DROPPED',
    ]);
  });

  it('refuses a cast that nobody would expect', async () => {
    lab = await openLab({ engine: test.engine, folder });
    const tables = [
      { name: 'Acme_CL', columns: [{ name: 'Id', type: 'datetime' as const }], declared: true },
    ];
    const definition = makeDefinition({ tables });
    const { diagnostics, flows } = await lab.ingest.prepare(definition);
    expect(flows).toEqual([]);
    expect(diagnostics.find((finding) => finding.severity === 'error')).toMatchObject({
      code: 'INGEST_COLUMN_TYPE',
      place: { path: 'dataFlows[0].transformKql' },
    });
    const poller = makePoller();
    const sink = lab.ingest.sinkFor({ connectionId: 'c1', definition, poller, sourceIdentity: 's' });
    await expect(sink).rejects.toMatchObject({ code: 'INGEST_TRANSFORM' });
  });
});

describe('several flows', () => {
  it('of one stream fill two tables and one table twice, without mixing ids', async () => {
    const flows: DataFlow[] = [
      acmeFlow,
      { ...acmeFlow, ordinal: 1, transformKql: 'odd' },
      { ...acmeFlow, ordinal: 2, table: 'Other_CL' },
    ];
    const transforms = { [acmeKql]: acmeTransform, odd: { ...acmeTransform, where: 'id % 2 = 1' } };
    await deliver({ texts: [1, 2, 3].map((id) => recordText(id)), flows, transforms });
    expect(await rows('Id')).toEqual([['1'], ['1'], ['2'], ['3'], ['3']]);
    expect(await rows('uniqExact(_ItemId)', 'Acme_CL', '1')).toEqual([['5']]);
    expect(await rows('Id', 'Other_CL')).toEqual([['1'], ['2'], ['3']]);
    const delivered = await lab.state.db
      .selectFrom('outbox')
      .select(['flow', 'rows'])
      .orderBy('flow')
      .execute();
    expect(delivered).toEqual([
      { flow: -1, rows: 0 },
      { flow: 0, rows: 3 },
      { flow: 1, rows: 2 },
      { flow: 2, rows: 3 },
    ]);
  });
});
