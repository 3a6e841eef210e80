import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { controlReply } from './control.ts';
import type { Delivery, Hazards } from './hazards.ts';
import type { HostKind, Reply, SimRequest } from './http.ts';
import { jsonReply } from './http.ts';
import type { LedgerEntry } from './ledger.ts';
import { route } from './routes.ts';
import type { Simulation } from './simulation.ts';
import type { ServerCertificate } from './tls.ts';

const maxBodyBytes = 8 << 20;

interface ListenerOptions {
  readonly simulation: Simulation;
  readonly hazards: Hazards;
  readonly controlToken: string | undefined;
}

function hostKind(host: string, siteHost: string): HostKind {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (name === siteHost) return 'site';
  if (name === 'api.atlassian.com') return 'gateway';
  return name.endsWith('.atlassian.net') ? 'unknown' : 'plain';
}

async function readBody(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of message) {
    const bytes = part as Buffer;
    size += bytes.length;
    if (size > maxBodyBytes) throw new RangeError('The request body is too large.');
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}

async function parseRequest(
  message: IncomingMessage,
  scheme: string,
  simulation: Simulation,
): Promise<SimRequest> {
  const target = message.url ?? '/';
  const cut = target.indexOf('?');
  const rawQuery = cut < 0 ? '' : target.slice(cut + 1);
  const host = message.headers.host ?? 'localhost';
  return {
    method: message.method ?? 'GET',
    path: cut < 0 ? target : target.slice(0, cut),
    rawQuery,
    // As servers of forms do, `+` means a space here.
    query: new URLSearchParams(rawQuery),
    headers: message.headers,
    body: await readBody(message),
    host: hostKind(host, simulation.service.world.siteHost),
    origin: `${scheme}://${host}`,
    now: simulation.control.now(),
  };
}

function send(response: ServerResponse, reply: Reply, options: { gzip: boolean; delivery: Delivery }): void {
  const plain = Buffer.isBuffer(reply.body) ? reply.body : Buffer.from(reply.body ?? '');
  const packed = options.gzip && plain.length > 512;
  const bytes = packed ? gzipSync(plain) : plain;
  const encoding = packed ? { 'content-encoding': 'gzip', vary: 'Accept-Encoding' } : {};
  response.writeHead(reply.status, { ...reply.headers, ...encoding, 'content-length': String(bytes.length) });
  if (options.delivery !== 'truncated') {
    response.end(bytes);
    return;
  }
  // The announced length never comes: the connection breaks in the middle of the body.
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
}

function* jsonLines(entries: Iterable<LedgerEntry>): Generator<string> {
  let block = '';
  for (const entry of entries) {
    block += `${JSON.stringify(entry)}\n`;
    if (block.length < 65_536) continue;
    yield block;
    block = '';
  }
  if (block !== '') yield block;
}

const isLoopback = (address: string | undefined) => /^(::1$|127\.|::ffff:127\.)/.test(address ?? '');

function answerControl(
  message: IncomingMessage,
  response: ServerResponse,
  request: SimRequest,
  options: ListenerOptions,
): void {
  const access = { loopback: isLoopback(message.socket.remoteAddress), token: options.controlToken };
  const reply = controlReply(options.simulation.control, request, access);
  if (!('lines' in reply)) {
    send(response, reply, { gzip: false, delivery: 'whole' });
    return;
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  Readable.from(jsonLines(reply.lines), { objectMode: true }).pipe(response);
}

async function answerApi(
  response: ServerResponse,
  request: SimRequest,
  options: ListenerOptions,
): Promise<void> {
  const { simulation, hazards } = options;
  const { service } = simulation;
  const target = route(request, service);
  const { gzip, delayMs } = service.settings().http;
  const sending = { gzip: gzip && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? '')) };
  if ('reply' in target) return send(response, target.reply, { ...sending, delivery: 'whole' });
  const { call } = target;
  const outcome = hazards.run(call, service, target.handle);
  const { method, path, host, rawQuery, now } = request;
  const facts = {
    status: outcome.reply.status,
    rows: outcome.reply.rows ?? 0,
    ...(outcome.fault ? { fault: outcome.fault } : {}),
  };
  simulation.requests.add({
    at: now,
    api: call.api,
    endpoint: call.endpoint,
    method,
    host,
    path,
    query: rawQuery,
    ...facts,
  });
  if (outcome.delivery === 'timeout') return;
  if (outcome.delivery === 'reset') {
    response.destroy();
    return;
  }
  if (delayMs > 0) await delay(delayMs);
  send(response, outcome.reply, { ...sending, delivery: outcome.delivery });
}

/** Answers all hosts and paths; a bug of the simulator shows as 500 with `SIMULATOR_BUG`. */
export function createListener(scheme: 'http' | 'https', options: ListenerOptions): RequestListener {
  const answer = async (message: IncomingMessage, response: ServerResponse) => {
    const request = await parseRequest(message, scheme, options.simulation);
    if (request.path.startsWith('/_control/') && request.host === 'plain')
      return answerControl(message, response, request, options);
    return answerApi(response, request, options);
  };
  return (message, response) => {
    answer(message, response).catch((error: unknown) => {
      if (response.headersSent || message.destroyed) return response.destroy();
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      send(response, jsonReply(500, { code: 'SIMULATOR_BUG', error: text }), {
        gzip: false,
        delivery: 'whole',
      });
    });
  };
}

interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts one server; `certificate` makes it HTTPS. */
export async function listen(
  listener: RequestListener,
  at: { host: string; port: number; certificate?: ServerCertificate },
): Promise<Listening> {
  const server: Server = at.certificate
    ? createTlsServer({ key: at.certificate.key, cert: at.certificate.cert }, listener)
    : createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
