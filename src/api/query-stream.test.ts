import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { QueryMessage, QueryResult } from './schemas.ts';
import { type StartedServer, startStubServer } from './testing/start-server.ts';

let server: StartedServer;
beforeAll(async () => {
  server = await startStubServer();
});
afterAll(() => server.close());

async function messages(query: string, body: object = {}) {
  const answer = await server.call('/api/v1/query', { as: 'viewer', body: { query, ...body } });
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
  return (await answer.text())
    .trimEnd()
    .split('\n')
    .map((line) => QueryMessage.parse(JSON.parse(line)));
}

describe('NDJSON', () => {
  test('meta, rows, done; long values stay exact', async () => {
    const all = await messages('T | take 250', { queryId: 'query-0001' });
    expect(all.map((m) => m.type)).toEqual(['meta', 'rows', 'rows', 'rows', 'done']);
    expect(all[0]).toMatchObject({ queryId: 'query-0001' });
    expect(all.at(-1)).toMatchObject({ rows: 250, truncated: false });
    const first = all[1];
    expect(first?.type === 'rows' && first.rows[0]?.at(-1)).toBe('9007199254740993');
  });

  test('a failure after the first rows ends the stream with an error message', async () => {
    const all = await messages('T | explode');
    expect(all.map((m) => m.type)).toEqual(['meta', 'rows', 'error']);
    expect(all.at(-1)).toMatchObject({ problem: { code: 'ENGINE_MEMORY', hint: 'Narrow the time range.' } });
  });

  test('the row limit is reported', async () => {
    expect((await messages('T | take 50', { maxRows: 20 })).at(-1)).toMatchObject({
      rows: 20,
      truncated: true,
    });
  });
});

describe('one document', () => {
  test.each([
    ['?format=json', {}],
    ['', { accept: 'application/json' }],
  ])('with "%s" %o', async (search, headers) => {
    const answer = await server.call(`/api/v1/query${search}`, { body: { query: 'T | take 7' }, headers });
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    const result = QueryResult.parse(await answer.json());
    expect(result.rows).toHaveLength(7);
    expect(result.columns[0]).toEqual({ name: 'TimeGenerated', type: 'datetime' });
  });
});

describe('clients that leave or dawdle', () => {
  test('a disconnect cancels the query', async () => {
    const abort = new AbortController();
    const body = { query: 'endless', queryId: 'query-endless-1' };
    const answer = await server.call('/api/v1/query', { body, signal: abort.signal });
    const reader = answer.body?.getReader();
    await reader?.read();
    abort.abort();
    await vi.waitFor(() => expect(server.services.queries.cancelled).toContain('query-endless-1'));
    await vi.waitFor(async () => {
      const before = server.services.queries.blocksSent();
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(server.services.queries.blocksSent()).toBe(before);
    });
  });

  test('a client that does not read holds the query back', async () => {
    const abort = new AbortController();
    const before = server.services.queries.blocksSent();
    const answer = await server.call('/api/v1/query', { body: { query: 'endless' }, signal: abort.signal });
    expect(answer.status).toBe(200);
    let last = -1;
    await vi.waitFor(
      async () => {
        const now = server.services.queries.blocksSent();
        const still = now === last;
        last = now;
        expect(still).toBe(true);
      },
      { interval: 200, timeout: 15_000 },
    );
    // About 13 KB a block; buffers of sockets and fetch hold some megabytes.
    expect(last - before).toBeLessThan(3000);
    abort.abort();
  });

  test('DELETE asks for cancellation', async () => {
    const answer = await server.call('/api/v1/query/query-0002', { method: 'DELETE' });
    expect(answer.status).toBe(204);
    expect(server.services.queries.cancelled).toContain('query-0002');
  });
});
