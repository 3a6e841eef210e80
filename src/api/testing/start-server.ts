import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type ApiServerOptions, createApiServer } from '../server.ts';
import { createStubServices, type StubServices } from './stub-services.ts';

export interface StartedServer {
  readonly app: FastifyInstance;
  readonly url: string;
  readonly port: number;
  readonly services: StubServices;
  /** A request with the bearer token of a role (default admin); `as: null` sends none. */
  call(path: string, init?: CallInit): Promise<Response>;
  close(): Promise<void>;
}

export interface CallInit {
  readonly as?: 'viewer' | 'editor' | 'admin' | null;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A real server on a free loopback port over stub services. */
export async function startStubServer(options: Partial<ApiServerOptions> = {}): Promise<StartedServer> {
  const services = createStubServices();
  const app = createApiServer(services, { webRoot: '/nonexistent', host: '127.0.0.1', port: 0, ...options });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const call = (path: string, init: CallInit = {}) => {
    const { as = 'admin', body, method = body === undefined ? 'GET' : 'POST', headers, signal } = init;
    return fetch(url + path, {
      method,
      headers: {
        ...(as === null ? {} : { authorization: `Bearer ${as}-token` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  };
  const { port } = app.server.address() as AddressInfo;
  return { app, url, port, services, call, close: () => app.close() };
}
