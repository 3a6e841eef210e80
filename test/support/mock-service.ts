/** A service that answers any poller of a definition: right auth or 401, one page of records, then nothing. */

import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import type { Column, Definition, PollerConfig } from '../../src/definition/model.ts';

export interface MockService {
  /** host:port of the listener. */
  readonly address: string;
  /** Host names that the pollers ask. */
  readonly hosts: readonly string[];
  readonly caFile: string;
  readonly requests: () => number;
  close(): Promise<void>;
}

export const recordsPerPoller = 12;

const sample: Readonly<Record<Column['type'], (n: number, atMs: number) => unknown>> = {
  string: (n) => `value ${n}`,
  int: (n) => n,
  long: (n) => n,
  real: (n) => n + 0.5,
  decimal: (n) => n,
  boolean: (n) => n % 2 === 0,
  datetime: (_, atMs) => new Date(atMs).toISOString(),
  timespan: () => '00:01:00',
  guid: (n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  dynamic: (n) => ({ id: `d${n}`, name: `name ${n}` }),
};

function record(columns: readonly Column[], n: number): Record<string, unknown> {
  const atMs = Date.now() - (n + 1) * 60_000;
  return Object.fromEntries(columns.map((c) => [c.name, sample[c.type](n, atMs)]));
}

/** `{"a":{"b":[…]}}` for `$.a.b` and `$.a.b[*]`; the list itself for `$` and `$[*]`. */
function wrap(path: string, list: readonly unknown[]): unknown {
  const names = path
    .replace(/^\$\.?/, '')
    .replace(/\[\*\]$/, '')
    .split('.')
    .filter((name) => name !== '');
  return names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), list);
}

async function certificate(
  hosts: readonly string[],
  folder: string,
): Promise<{ key: string; cert: string; caFile: string }> {
  const pems = await generate([{ name: 'commonName', value: hosts[0]! }], {
    keyType: 'rsa',
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: hosts.map((value) => ({ type: 2 as const, value })) },
    ],
  });
  const caFile = join(folder, `${hosts[0]}.pem`);
  writeFileSync(caFile, pems.cert);
  return { key: pems.private, cert: pems.cert, caFile };
}

export async function startMockService(options: {
  readonly definition: Definition;
  readonly pollers: readonly PollerConfig[];
  readonly folder: string;
}): Promise<MockService> {
  const { definition, pollers } = options;
  const hosts = [...new Set(pollers.map((p) => new URL(p.request.apiEndpoint).hostname))];
  const { key, cert, caFile } = await certificate(hosts, options.folder);
  let requests = 0;
  const server = createServer({ key, cert }, (request, response) => {
    requests += 1;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'https://mock.invalid');
      const poller = pollers.find((p) => new URL(p.request.apiEndpoint).pathname === url.pathname);
      response.setHeader('content-type', 'application/json');
      const authorized = Object.values(request.headers).some(
        (value) =>
          String(value).includes('correct-secret') ||
          String(value).includes(Buffer.from('user@mock.example:correct-secret').toString('base64')),
      );
      if (!authorized) {
        response.writeHead(401).end('{"error":"wrong credential"}');
        return;
      }
      if (!poller) {
        response.writeHead(404).end('{"error":"no such path"}');
        return;
      }
      const { offsetParaName } = poller.paging;
      const body = Buffer.concat(chunks).toString('utf8');
      const later =
        offsetParaName !== undefined &&
        (Number(url.searchParams.get(offsetParaName) ?? 0) > 0 ||
          new RegExp(`"${offsetParaName}":\\s*[1-9]`).test(body));
      const columns = definition.streams.find((s) => s.name === poller.streamName)?.columns ?? [];
      const list = later ? [] : Array.from({ length: recordsPerPoller }, (_, n) => record(columns, n));
      response.end(JSON.stringify(wrap(poller.response.eventsJsonPaths[0]!, list)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    hosts,
    caFile,
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
