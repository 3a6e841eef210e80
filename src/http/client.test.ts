import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, test } from 'vitest';
import { createRedactor } from '../core/redact.ts';
import type { HttpClient, HttpRequest, RequestTrace } from './api.ts';
import { createHttpClient, type HttpClientOptions } from './client.ts';
import { proxyFromEnv } from './dispatcher.ts';
import { httpErrors } from './errors.ts';
import { createRateLimiter } from './rate-limiter.ts';

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return (server.address() as AddressInfo).port;
}

async function serve(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(listener))}`;
}

let now = 0;
const sleeps: number[] = [];
const clock = {
  now: () => now,
  sleep: async (ms: number, signal?: AbortSignal) => {
    signal?.throwIfAborted();
    sleeps.push(ms);
    now += ms;
  },
};

function client(options: Partial<HttpClientOptions> = {}): HttpClient {
  now = Date.UTC(2026, 0, 1);
  sleeps.length = 0;
  const made = createHttpClient({ clock, random: () => 0, ...options });
  closers.push(() => made.close());
  return made;
}

const ask = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url,
  headers: {},
  timeoutMs: 10_000,
  retryCount: 0,
  redactor: createRedactor(['hunter2-secret']),
  ...more,
});
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const failure = (code: string) => expect.objectContaining({ code });

describe('answers', () => {
  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['identity', (bytes: Buffer) => bytes],
  ] as const)('%s bodies are decoded', async (encoding, encode) => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding });
      response.end(encode(Buffer.from('{"a":"é"}')));
    });
    const response = await client().send(ask(url));
    expect(text(response.bytes)).toBe('{"a":"é"}');
    expect(response.status).toBe(200);
  });

  test('a gzip payload is unpacked when asked, also when it turns out to be plain', async () => {
    const url = await serve((request, response) =>
      response.end(request.url === '/gz' ? gzipSync('[1]') : '[2]'),
    );
    const http = client();
    expect(text((await http.send(ask(`${url}/gz`, { gunzip: true }))).bytes)).toBe('[1]');
    expect(text((await http.send(ask(`${url}/plain`, { gunzip: true }))).bytes)).toBe('[2]');
  });

  test('headers go out with defaults, and a body with POST alone', async () => {
    const seen: unknown[] = [];
    const url = await serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      seen.push([
        request.method,
        request.headers['user-agent'],
        request.headers['x-a'],
        Buffer.concat(chunks).toString(),
      ]);
      response.end();
    });
    const http = client();
    await http.send(ask(url, { headers: { 'X-A': '1' } }));
    await http.send(ask(url, { method: 'POST', body: '{"q":1}', headers: { 'User-Agent': 'Own' } }));
    expect(seen).toEqual([
      ['GET', 'Sluice', '1', ''],
      ['POST', 'Own', undefined, '{"q":1}'],
    ]);
  });

  test('larger than the limit, packed or not', async () => {
    const big = Buffer.alloc(300_000, 0x20);
    const url = await serve((request, response) => {
      if (request.url === '/gz') response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(request.url === '/gz' ? gzipSync(big) : big);
    });
    const http = client({ maxBodyBytes: 100_000 });
    await expect(http.send(ask(`${url}/gz`, { retryCount: 3 }))).rejects.toThrow(
      failure('RESPONSE_TOO_LARGE'),
    );
    await expect(http.send(ask(url))).rejects.toThrow(failure('RESPONSE_TOO_LARGE'));
    expect(sleeps).toEqual([]);
  });

  test('cut off in the middle, packed or not; unknown and damaged encodings', async () => {
    const packed = gzipSync(Buffer.from('x'.repeat(5000) + Math.PI));
    const url = await serve((request, response) => {
      if (request.url === '/short') {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"a":');
        setTimeout(() => response.destroy(), 20);
        return;
      }
      const encoding = request.url === '/zip' ? 'zip' : 'gzip';
      response.writeHead(200, { 'content-encoding': encoding });
      response.end(request.url === '/gz' ? packed.subarray(0, packed.length - 12) : 'not gzip at all');
    });
    const http = client();
    await expect(http.send(ask(`${url}/short`))).rejects.toThrow(failure('RESPONSE_TRUNCATED'));
    await expect(http.send(ask(`${url}/gz`))).rejects.toThrow(failure('RESPONSE_TRUNCATED'));
    await expect(http.send(ask(`${url}/zip`))).rejects.toThrow(failure('RESPONSE_ENCODING'));
    await expect(http.send(ask(`${url}/bad`))).rejects.toThrow(failure('RESPONSE_ENCODING'));
  });
});

describe('refusals', () => {
  test.each([
    [401, 'AUTH_REFUSED'],
    [403, 'AUTH_REFUSED'],
    [404, 'HTTP_NOT_FOUND'],
    [429, 'THROTTLED'],
    [400, 'HTTP_STATUS'],
    [500, 'HTTP_STATUS'],
  ])('%i is %s, with method, redacted URL, answer and hint', async (status, code) => {
    const url = await serve((_request, response) => {
      response.writeHead(status);
      response.end('{"error":"sorry\nhunter2-secret"}');
    });
    const error: unknown = await client()
      .send(ask(`${url}/p?token=abc&x=hunter2-secret`))
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ code, status, hint: httpErrors[code as keyof typeof httpErrors].hint });
    expect((error as Error).message).toBe(
      `GET ${url}/p?token=***&x=***: status ${status}: {"error":"sorry ***"}`,
    );
  });

  test('web pages in place of data, by type or by content', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/typed') response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(request.url === '/typed' ? 'log in' : '\n <!DOCTYPE html><html>');
    });
    const http = client();
    await expect(http.send(ask(`${url}/typed`))).rejects.toThrow(failure('RESPONSE_HTML'));
    await expect(http.send(ask(url))).rejects.toThrow(failure('RESPONSE_HTML'));
  });

  test('redirects: followed on the same host, refused elsewhere, and not for ever', async () => {
    const url = await serve((request, response) => {
      const path = request.url ?? '';
      const location = {
        '/a': '/b',
        '/away': 'http://other.example.test/',
        '/loop': '/loop',
        '/secure': `https://${request.headers.host}/`,
      }[path];
      if (location === undefined) return response.end(`{"auth":"${request.headers.authorization}"}`);
      response.writeHead(302, { location });
      response.end();
    });
    const http = client();
    const followed = await http.send(ask(`${url}/a`, { headers: { Authorization: 'Basic x' } }));
    expect(text(followed.bytes)).toBe('{"auth":"Basic x"}');
    for (const path of ['/away', '/loop', '/secure']) {
      await expect(http.send(ask(url + path, { retryCount: 3 }))).rejects.toThrow(
        failure('RESPONSE_REDIRECT'),
      );
    }
    await expect(http.send(ask(`${url}/a`, { method: 'POST', body: 'x' }))).rejects.toThrow(
      failure('RESPONSE_REDIRECT'),
    );
  });

  test('forbidden addresses, literal, mapped and by redirect', async () => {
    const http = client({ resolve: { 'meta.example.test': '169.254.169.254:80' } });
    for (const url of [
      'http://169.254.169.254/latest',
      'http://[fe80::1]/',
      'http://2852039166/',
      'http://meta.example.test/',
    ]) {
      await expect(http.send(ask(url, { retryCount: 3 }))).rejects.toThrow(failure('HTTP_ADDRESS_REFUSED'));
    }
    await expect(client({ allowPrivate: false }).send(ask('http://localhost:1/'))).rejects.toThrow(
      failure('HTTP_ADDRESS_REFUSED'),
    );
    expect(sleeps).toEqual([]);
  });

  test('addresses that are no URL', async () => {
    for (const url of ['ftp://h.test/', 'example.test/x', ''])
      await expect(client().send(ask(url))).rejects.toThrow(failure('HTTP_URL_INVALID'));
  });
});

describe('retries', () => {
  test('transient failures are tried again after a growing wait, others are not', async () => {
    let calls = 0;
    const url = await serve((request, response) => {
      calls += 1;
      response.writeHead(
        request.url === '/bad' ? 400 : calls < 3 ? 503 : 200,
        calls === 1 ? { 'retry-after': '9' } : {},
      );
      response.end('{}');
    });
    const http = client();
    const traces: RequestTrace[] = [];
    await http.send(ask(url, { retryCount: 3, onTrace: (trace) => traces.push(trace) }));
    expect(sleeps).toEqual([9000, 2000]);
    expect(
      traces.map(({ status, attempt, bytes, error }) => [status, attempt, bytes, error?.split(':')[0]]),
    ).toEqual([
      [503, 1, 2, 'HTTP_STATUS'],
      [503, 2, 2, 'HTTP_STATUS'],
      [200, 3, 2, undefined],
    ]);
    calls = 0;
    await expect(http.send(ask(`${url}/bad`, { retryCount: 3 }))).rejects.toThrow(failure('HTTP_STATUS'));
    expect(calls).toBe(1);
  });

  test('a wait longer than allowed ends the call at once and says how long', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(429, { 'retry-after': '3600' });
      response.end();
    });
    const sent = client().send(ask(url, { retryCount: 3, maxWaitMs: 60_000 }));
    await expect(sent).rejects.toMatchObject({
      code: 'THROTTLED',
      retryAfterMs: 3_600_000,
      retryable: true,
      message: expect.stringContaining('asks to wait 3600 s'),
    });
    expect(sleeps).toEqual([]);
  });

  test('nobody there, and no such name', async () => {
    const server = createServer();
    const port = await listen(server);
    await closers.pop()!();
    const http = client();
    await expect(http.send(ask(`http://127.0.0.1:${port}/`, { retryCount: 1 }))).rejects.toMatchObject({
      code: 'HTTP_UNREACHABLE',
      retryable: true,
    });
    expect(sleeps).toEqual([1000]);
    await expect(http.send(ask('http://name.invalid/'))).rejects.toThrow(failure('HTTP_UNREACHABLE'));
  });

  test('too slow, before the headers and in the body', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/body') response.write('[');
    });
    const http = client();
    await expect(http.send(ask(url, { timeoutMs: 100 }))).rejects.toThrow(failure('HTTP_TIMEOUT'));
    await expect(http.send(ask(`${url}/body`, { timeoutMs: 100 }))).rejects.toThrow(failure('HTTP_TIMEOUT'));
  });

  test('a cancelled call rejects with the reason, without a retry', async () => {
    const controller = new AbortController();
    const url = await serve(() => controller.abort(new Error('stopped by test')));
    await expect(client().send(ask(url, { signal: controller.signal, retryCount: 3 }))).rejects.toThrow(
      'stopped by test',
    );
    expect(sleeps).toEqual([]);
  });

  test('the rate limit spaces attempts', async () => {
    const url = await serve((_request, response) => response.end('{}'));
    const http = client();
    const limiter = createRateLimiter({ qps: 0.5, clock, random: () => 0 });
    for (let i = 0; i < 3; i++) await http.send(ask(url, { limiter }));
    expect(sleeps).toEqual([2000, 2000]);
  });
});

describe('how connections are made', () => {
  test('fixed addresses keep Host and SNI; an extra CA is trusted, without it TLS fails', async () => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'api.example.test' }], {
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: 'api.example.test' }] },
      ],
    });
    const server = createTlsServer({ key, cert }, (request, response) =>
      response.end(JSON.stringify([request.headers.host])),
    );
    const port = await listen(server);
    const caFile = join(mkdtempSync(join(tmpdir(), 'sluice-ca-')), 'ca.pem');
    writeFileSync(caFile, cert);
    const resolve = { 'api.example.test:443': `127.0.0.1:${port}` };
    const response = await client({ resolve, caFiles: [caFile] }).send(ask('https://api.example.test/x'));
    expect(text(response.bytes)).toBe('["api.example.test"]');
    await expect(client({ resolve }).send(ask('https://api.example.test/x'))).rejects.toThrow(
      failure('HTTP_TLS'),
    );
    const other = { 'wrong.example.test': `127.0.0.1:${port}` };
    await expect(
      client({ resolve: other, caFiles: [caFile] }).send(ask('https://wrong.example.test/')),
    ).rejects.toThrow(failure('HTTP_TLS'));
  });

  test('a CA file that can not be read names itself', () => {
    expect(() => createHttpClient({ clock, random: () => 0, caFiles: ['/nowhere/ca.pem'] })).toThrow(
      failure('HTTP_CA_FILE'),
    );
  });

  test('a proxy is used, except for loopback and excluded hosts', async () => {
    const target = await listen(createServer((_request, response) => response.end('"direct or tunnelled"')));
    const tunnelled: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      tunnelled.push(request.url ?? '');
      const upstream = connectSocket(target, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      socket.on('error', () => upstream.destroy());
      upstream.on('error', () => socket.destroy());
    });
    const proxyUrl = `http://127.0.0.1:${await listen(proxy)}`;
    const http = client({ proxy: proxyFromEnv({ HTTP_PROXY: proxyUrl, NO_PROXY: 'skip.invalid' }) });
    await http.send(ask('http://service.invalid/'));
    expect(tunnelled).toEqual(['service.invalid:80']);
    await expect(http.send(ask('http://a.skip.invalid/'))).rejects.toThrow(failure('HTTP_UNREACHABLE'));
    await http.send(ask(`http://127.0.0.1:${target}/`));
    await expect(http.send(ask('http://169.254.169.254/'))).rejects.toThrow(failure('HTTP_ADDRESS_REFUSED'));
    expect(tunnelled).toHaveLength(1);
  });
});
