import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quoteIdentifier, quoteString } from './sql-text.ts';
import { startTestEngine, type TestEngine } from './testing/engine.ts';

let test: TestEngine;
beforeAll(async () => {
  test = await startTestEngine();
});
afterAll(async () => {
  await test?.close();
});

/** Waits until the engine runs a statement with this id. */
const untilRunning = (queryId: string) =>
  expect
    .poll(() =>
      scalar(`SELECT count() FROM system.processes WHERE startsWith(query, '/*sluice:${queryId}*/')`),
    )
    .not.toBe('0');
const scalar = async (sql: string) => (await test.engine.query(sql)).rows[0]?.[0];

describe('query', () => {
  it('gives exact numbers, decimals and not-a-number as text, and nulls from outer joins', async () => {
    const { columns, rows } = await test.engine.query(
      `SELECT toUInt64('18446744073709551615') AS big, toDecimal128('1.10', 2) AS price, inf AS endless, r.v AS missing
       FROM (SELECT 1 AS k) l LEFT JOIN (SELECT 2 AS k, 5 AS v) r ON l.k = r.k`,
    );
    expect(columns.map((column) => column.name)).toEqual(['big', 'price', 'endless', 'missing']);
    expect(rows).toEqual([['18446744073709551615', '1.1', 'inf', null]]);
  });

  it('maps engine errors to typed errors with the engine text', async () => {
    const run = (sql: string, settings = {}) => test.engine.query(sql, { settings });
    await expect(run('SELECT nope')).rejects.toMatchObject({
      code: 'ENGINE_ERROR',
      message: expect.stringContaining('nope'),
    });
    await expect(run('SELECT sleep(3)', { max_execution_time: 1 })).rejects.toMatchObject({
      code: 'ENGINE_TIMEOUT',
    });
    await expect(
      run('SELECT groupArray(number) FROM numbers(50000000)', { max_memory_usage: 20_000_000 }),
    ).rejects.toMatchObject({ code: 'ENGINE_MEMORY' });
    await expect(run('SELECT number FROM numbers(1000)', { max_result_rows: 10 })).rejects.toMatchObject({
      code: 'ENGINE_RESULT_TOO_LARGE',
    });
  });

  it('refuses several statements and writing', async () => {
    await expect(test.engine.query('SELECT 1; SELECT 2')).rejects.toMatchObject({
      message: expect.stringContaining('Multi-statements'),
    });
    await expect(test.engine.query('DROP DATABASE sluice')).rejects.toMatchObject({
      code: 'ENGINE_ERROR',
      message: expect.stringContaining('readonly'),
    });
  });

  it('keeps a small query quick beside heavy ones', async () => {
    const stop = new AbortController();
    const heavy = Array.from({ length: 3 }, () =>
      test.engine.query(
        'SELECT sum(sleepEachRow(1)) FROM numbers(60) SETTINGS function_sleep_max_microseconds_per_block=100000000',
        { signal: stop.signal },
      ),
    );
    expect(await scalar('SELECT 1')).toBe(1);
    stop.abort();
    for (const query of heavy) await expect(query).rejects.toMatchObject({ code: 'QUERY_CANCELLED' });
  });
});

describe('settings', () => {
  it('never pass from one statement to the next', async () => {
    await test.engine.query('SELECT 1', { settings: { max_threads: 3 } });
    expect(await scalar("SELECT getSetting('max_threads') = 3")).toBe(0);
  });

  it('keep a deduplication token to its own insert', async () => {
    await test.engine.command('CREATE TABLE sluice.tokens (a UInt64) ENGINE = MergeTree ORDER BY a');
    const insert = (value: number, token: string) =>
      test.engine.command(`INSERT INTO sluice.tokens SELECT ${value}`, {
        settings: { insert_deduplication_token: token },
      });
    await insert(1, 'one');
    await insert(1, 'one');
    await insert(1, 'two');
    await insert(2, 'one');
    expect(await scalar('SELECT count() FROM sluice.tokens')).toBe('2');
    await test.engine.command('INSERT INTO sluice.tokens SELECT 3');
    expect(await scalar('SELECT count() FROM sluice.tokens')).toBe('3');
  });
});

describe('queryStream', () => {
  it('hands out a large result in blocks, in order', async () => {
    let next = 0;
    let blocks = 0;
    for await (const block of test.engine.queryStream('SELECT number FROM numbers(500000)')) {
      blocks += 1;
      for (const row of block.rows) {
        if (row[0] !== String(next)) throw new Error(`row ${next} is ${row[0]}`);
        next += 1;
      }
    }
    expect(next).toBe(500_000);
    expect(blocks).toBeGreaterThan(5);
  });

  it('reports an error in the middle of the result', async () => {
    const read = async () => {
      for await (const block of test.engine.queryStream(
        'SELECT throwIf(number = 400000) FROM numbers(500000)',
      ))
        void block;
    };
    await expect(read()).rejects.toMatchObject({
      code: 'ENGINE_ERROR',
      message: expect.stringContaining('395'),
    });
  });

  it('names the columns of an empty result', async () => {
    const blocks = [];
    for await (const block of test.engine.queryStream("SELECT 1 AS a, 'x' AS b WHERE 0")) blocks.push(block);
    expect(blocks).toMatchObject([
      {
        columns: [
          { name: 'a', type: 'UInt8' },
          { name: 'b', type: 'String' },
        ],
        rows: [],
      },
    ]);
  });

  it('stops the statement when the reader leaves', async () => {
    for await (const block of test.engine.queryStream('SELECT number FROM numbers(100000000000)', {
      queryId: 'left',
    })) {
      if (block.rows.length > 0) break;
    }
    await test.engine.provenGone('left');
    expect(
      await scalar(
        "SELECT count() FROM system.processes WHERE query LIKE '%numbers(100000000000)%' AND query NOT LIKE '%system.processes%'",
      ),
    ).toBe('0');
  });
});

describe('cancel', () => {
  const endless = 'SELECT sum(cityHash64(number)) FROM numbers(1000000000000000)';

  it('stops a query by its id', async () => {
    const query = test.engine.query(endless, { queryId: 'q:1' });
    const outcome = expect(query).rejects.toMatchObject({ code: 'QUERY_CANCELLED' });
    await untilRunning('q:1');
    await test.engine.provenGone('q:1');
    await outcome;
  });

  it('rejects at once on abort and proves the statement gone', async () => {
    const abort = new AbortController();
    const query = test.engine.query(endless, { queryId: 'q:2', signal: abort.signal });
    await untilRunning('q:2');
    abort.abort();
    await expect(query).rejects.toMatchObject({ code: 'QUERY_CANCELLED' });
    await test.engine.provenGone('q:2');
    expect(
      await scalar("SELECT count() FROM system.processes WHERE startsWith(query, '/*sluice:q:2*/')"),
    ).toBe('0');
  });

  it('withdraws a statement that waits for a place', async () => {
    const busy = Array.from({ length: 10 }, () =>
      test.engine.query(endless, { queryId: 'busy' }).catch((error: unknown) => error),
    );
    const waiting = test.engine.command('CREATE TABLE sluice.never (a UInt8) ENGINE = Memory', {
      queryId: 'waiting',
    });
    const outcome = expect(waiting).rejects.toMatchObject({
      code: 'QUERY_CANCELLED',
      message: expect.stringContaining('before it ran'),
    });
    await test.engine.cancel('waiting');
    await outcome;
    await test.engine.provenGone('busy');
    for (const result of await Promise.all(busy)) expect(result).toMatchObject({ code: 'QUERY_CANCELLED' });
    expect(await scalar("SELECT count() FROM system.tables WHERE name = 'never'")).toBe('0');
  });

  it('says that a stopped write is unconfirmed', async () => {
    await test.engine.command('CREATE TABLE sluice.stopped (a UInt64) ENGINE = MergeTree ORDER BY a');
    const write = test.engine.command(`INSERT INTO sluice.stopped ${endless}`, { queryId: 'w:1' });
    const outcome = expect(write).rejects.toMatchObject({ code: 'ENGINE_UNCONFIRMED', retryable: true });
    await untilRunning('w:1');
    await test.engine.provenGone('w:1');
    await outcome;
  });
});

describe('text helpers', () => {
  it('carry any text through a literal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (text) => {
        expect(await scalar(`SELECT hex(${quoteString(text)})`)).toBe(
          Buffer.from(text).toString('hex').toUpperCase(),
        );
      }),
      { seed: 20261127, numRuns: 60 },
    );
  });

  it('carry odd names through an identifier', async () => {
    const name = 'a`b\\c;d"e\'';
    const { columns } = await test.engine.query(`SELECT 1 AS ${quoteIdentifier(name)}`);
    expect(columns[0]?.name).toBe(name);
    expect(() => quoteIdentifier('')).toThrow(expect.objectContaining({ code: 'BAD_IDENTIFIER' }));
    await expect(test.engine.query('SELECT 1', { queryId: 'a*/b' })).rejects.toMatchObject({
      code: 'BAD_QUERY_ID',
    });
  });
});
