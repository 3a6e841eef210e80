import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHttpClient } from '../http/client.ts';
import { testPoller } from './test-poller.ts';
import { type FakeService, startFakeService } from './testing/fake-service.ts';
import { manualClock, pollerConfig } from './testing/fixtures.ts';

const NOW = Date.UTC(2026, 2, 1, 12, 0, 0);
const clock = manualClock(NOW);
const http = createHttpClient({ clock, random: () => 0 });
let service: FakeService;

beforeAll(async () => {
  service = await startFakeService();
});
afterAll(async () => {
  await http.close();
  await service.close();
});

const config = () =>
  pollerConfig({
    apiEndpoint: `${service.url}/audit`,
    auth: { type: 'Basic', userName: 'me', password: 'very-secret-1' },
    request: {
      queryTimeFormat: 'UnixTimestamp',
      startTimeAttributeName: 'from',
      endTimeAttributeName: 'to',
      queryParameters: { echo: 'very-secret-1' },
    },
    paging: { type: 'Offset', offsetParaName: 'offset', pageSize: 100, pageSizeParameterName: 'limit' },
  });

test('one request for the newest window gives a sample', async () => {
  service.answer(() => ({ body: { records: Array.from({ length: 9 }, (_, id) => ({ id })) } }));
  const result = await testPoller({ config: config(), http, clock, sampleSize: 2 });
  expect(result).toMatchObject({ method: 'GET', status: 200, records: 9 });
  expect(result.sample.map((record) => Buffer.from(record).toString())).toEqual(['{"id":0}', '{"id":1}']);
  expect(result.url).toBe(
    `${service.url}/audit?echo=***&from=${NOW / 1000 - 420}&to=${NOW / 1000 - 120}&limit=100`,
  );
  expect(service.requests).toHaveLength(1);
});

test('a refusal is in the result, after one attempt, without secrets', async () => {
  service.requests.length = 0;
  service.answer(() => ({ status: 500, body: { detail: 'very-secret-1' } }));
  const result = await testPoller({ config: config(), http, clock });
  expect(result).toMatchObject({ status: 500, records: 0, sample: [], error: { code: 'HTTP_STATUS' } });
  expect(service.requests).toHaveLength(1);
  expect(JSON.stringify([result, result.error?.message])).not.toContain('very-secret-1');
});

test('a definition that can not work fails before anything is sent', async () => {
  service.requests.length = 0;
  const broken = { ...config(), response: { ...config().response, eventsJsonPaths: ['$[?(@.a)]'] } };
  expect(await testPoller({ config: broken, http, clock })).toMatchObject({
    status: undefined,
    error: { code: 'JSON_PATH_UNSUPPORTED' },
  });
  expect(service.requests).toEqual([]);
});
