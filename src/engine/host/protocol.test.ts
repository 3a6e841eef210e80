import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, type AgentOptions } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import { type Host, startHost } from '../host-process.ts';

let dir: string;
let host: Host;
let client: ClickHouseClient;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sluice-host-'));
  host = await startHost({
    dataDir: dir,
    maxMemoryBytes: 500_000_000,
    failpoints: false,
    clock: systemClock,
  });
  const options: AgentOptions & { socketPath: string } = { socketPath: host.endpoint.socketPath };
  client = createClient({
    url: 'http://engine',
    password: host.endpoint.token,
    http_agent: new Agent(options),
    compression: { request: true, response: true },
  });
});
afterAll(async () => {
  await client?.close();
  await host?.stop();
  await rm(dir, { recursive: true, force: true });
});

const rows = async (query: string, query_params?: Record<string, unknown>) =>
  (await client.query({ query, format: 'JSONEachRow', ...(query_params ? { query_params } : {}) })).json();

describe('the stock client against the host', () => {
  it('pings', async () => {
    expect(await client.ping()).toEqual({ success: true });
  });

  it('inserts and reads with compression both ways', async () => {
    await client.command({ query: 'CREATE DATABASE d' });
    await client.command({ query: 'CREATE TABLE d.t (a UInt32, b String) ENGINE = MergeTree ORDER BY a' });
    const values = Array.from({ length: 5000 }, (_, i) => ({ a: i, b: `text;'${i}` }));
    await client.insert({ table: 'd.t', values, format: 'JSONEachRow' });
    expect(await rows('SELECT a, b FROM d.t ORDER BY a')).toEqual(values);
  });

  it('streams a compressed result of many blocks', async () => {
    const result = await client.query({
      query: 'SELECT number FROM numbers(300000)',
      format: 'JSONCompactEachRow',
    });
    let count = 0;
    for await (const lines of result.stream()) count += lines.length;
    expect(count).toBe(300_000);
  });

  it('binds hostile parameters, many at a time', async () => {
    const hostile = ["it's", 'back\\slash', 'tab\tline\n', "'); DROP DATABASE d; --", '', 'é\u{1f600}'];
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const text = `${hostile[i % hostile.length]}${i}`;
        return [
          await rows('SELECT {t: String} AS t, {n: UInt32} AS n', { t: text, n: i }),
          [{ t: text, n: i }],
        ];
      }),
    );
    for (const [actual, expected] of answers) expect(actual).toEqual(expected);
  });

  it('gives typed errors with their number', async () => {
    await expect(rows('SELECT * FROM nowhere')).rejects.toMatchObject({ code: '60', type: 'UNKNOWN_TABLE' });
    await expect(rows('SELECT 1', { session_id: 'x' })).resolves.toEqual([{ '1': 1 }]);
    await expect(client.query({ query: 'SELECT 1', session_id: 'x' })).rejects.toMatchObject({ code: '48' });
    await expect(client.command({ query: 'KILL QUERY WHERE 1 SYNC' })).rejects.toMatchObject({ code: '48' });
    await expect(client.command({ query: ' -- nothing' })).rejects.toMatchObject({ code: '62' });
  });
});

it('runs with durable inserts, a deduplication window and small caches', async () => {
  const settings = (await rows(
    "SELECT name, value FROM system.merge_tree_settings WHERE name IN ('fsync_after_insert', 'fsync_part_directory', 'non_replicated_deduplication_window') ORDER BY name",
  )) as { value: string }[];
  expect(settings.map((setting) => setting.value)).toEqual(['1', '1', '10000']);
  const caches = (await rows(
    "SELECT name, value FROM system.server_settings WHERE name IN ('max_server_memory_usage', 'mark_cache_size', 'text_index_postings_cache_size') ORDER BY name",
  )) as { value: string }[];
  expect(caches.map((setting) => Number(setting.value))).toEqual([15_625_000, 500_000_000, 15_625_000]);
});
