import { describe, expect, test } from 'vitest';
import { formatBytes, formatRelative, formatSeconds } from './format.ts';
import { safeHref } from './markdown-links.ts';
import { readNdjson } from './ndjson.ts';
import { gridValues, readPath } from './resource-path.ts';
import { parseSearch, stringifySearch } from './search-params.ts';

test('paths of a DataConnectorsGrid', () => {
  const resource = {
    name: 'n',
    properties: { Request: { apiEndpoint: 'https://a' }, sqsUrls: ['u0', 'u1'], addOnAttributes: { x: 0 } },
  };
  expect(readPath(resource, 'properties.request.apiEndpoint')).toBe('https://a');
  expect(readPath(resource, 'properties.sqsUrls[1]')).toBe('u1');
  expect(readPath(resource, 'properties.addOnAttributes.x')).toBe('0');
  expect(readPath(resource, 'properties.none.deep')).toBe('');
  expect(gridValues([resource, resource, { name: 'other' }], 'name')).toEqual(['n', 'other']);
});

test.each([
  ['https://example.com/a', 'https://example.com/a'],
  ['mailto:a@example.com', 'mailto:a@example.com'],
  ['javascript:alert(1)', undefined],
  ['JaVaScRiPt:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['/relative', undefined],
  ['', undefined],
  [undefined, undefined],
])('link target %j', (href, expected) => {
  expect(safeHref(href)).toBe(expected);
});

test('search parameters are plain text both ways', () => {
  expect(parseSearch('?q=1%2B1&from=-24h')).toEqual({ q: '1+1', from: '-24h' });
  expect(stringifySearch({ q: 'true', empty: '', none: undefined })).toBe('?q=true');
  const text = 'T\n| where a == "x&y=1" // ü';
  expect(parseSearch(stringifySearch({ q: text }))).toEqual({ q: text });
});

describe('formats', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  test.each([
    ['2026-11-20T11:59:58Z', 'just now'],
    ['2026-11-20T11:57:00Z', '3 min. ago'],
    ['2026-11-20T12:00:30Z', 'in 30 sec.'],
    ['2026-11-18T11:00:00Z', '2 days ago'],
  ])('%s', (at, expected) => expect(formatRelative(at, now)).toBe(expected));
  test('lengths and sizes', () => {
    expect([formatSeconds(12), formatSeconds(120), formatSeconds(18_120)]).toEqual([
      '12 s',
      '2 min',
      '5 h 02 min',
    ]);
    expect([formatBytes(0), formatBytes(1023), formatBytes(1536), formatBytes(5 * 1024 ** 3)]).toEqual([
      '0 B',
      '1023 B',
      '1.5 KiB',
      '5.0 GiB',
    ]);
  });
});

test('NDJSON survives cuts inside lines and characters', async () => {
  const bytes = new TextEncoder().encode('{"a":"ü"}\n\n{"a":2}\n{"a":3}');
  const cut = (at: number) =>
    new ReadableStream<Uint8Array>({
      start: (sink) => {
        sink.enqueue(bytes.slice(0, at));
        sink.enqueue(bytes.slice(at));
        sink.close();
      },
    });
  for (let at = 0; at <= bytes.length; at++) {
    const got: unknown[] = [];
    for await (const messages of readNdjson<unknown>(cut(at))) got.push(...messages);
    expect(got).toEqual([{ a: 'ü' }, { a: 2 }, { a: 3 }]);
  }
});
