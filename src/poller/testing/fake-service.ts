/** A local HTTP server whose answers a test programs. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Objects are sent as JSON, text and bytes as they are. */
  readonly body?: unknown;
}

export interface FakeService {
  readonly url: string;
  readonly port: number;
  readonly requests: ServedRequest[];
  answer(handler: (request: ServedRequest) => Answer | Promise<Answer>): void;
  close(): Promise<void>;
}

function bodyBytes(body: unknown): Buffer | string {
  if (body === undefined) return '';
  return Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body);
}

export async function startFakeService(): Promise<FakeService> {
  const requests: ServedRequest[] = [];
  let handler: (request: ServedRequest) => Answer | Promise<Answer> = () => ({ body: {} });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const served = {
        method: request.method ?? '',
        url: new URL(request.url ?? '/', `http://${request.headers.host}`),
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      requests.push(served);
      try {
        const answer = await handler(served);
        const bytes = bodyBytes(answer.body);
        response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
        response.end(bytes);
      } catch (error) {
        response.writeHead(599, { 'content-type': 'text/plain' });
        response.end(`test handler failed: ${error}`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    answer: (next) => {
      handler = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
