import type { Clock, Random } from '../core/clock.ts';
import type { HttpClient } from '../http/api.ts';
import { createHttpClient } from '../http/client.ts';
import { proxyFromEnv } from '../http/dispatcher.ts';
import type { ConnectionOptions } from './connections.ts';

export interface HttpClientPool {
  readonly create: (options: ConnectionOptions) => HttpClient;
  readonly clients: Map<string, HttpClient>;
}

/** Clients are made when first used; close them with `closeHttpClients`. */
export function createHttpClientPool(options: {
  readonly clock: Clock;
  readonly random: Random;
  readonly env: Readonly<Record<string, string | undefined>>;
}): HttpClientPool {
  return {
    clients: new Map(),
    create: ({ caFile, resolve, proxy }) =>
      createHttpClient({
        clock: options.clock,
        random: options.random,
        proxy: proxy ? { http: proxy, https: proxy } : proxyFromEnv(options.env),
        ...(caFile ? { caFiles: [caFile] } : {}),
        ...(resolve ? { resolve } : {}),
      }),
  };
}

/** Connections with equal network settings share a client and its sockets. */
export function httpClientFor(pool: HttpClientPool, options: ConnectionOptions): HttpClient {
  const key = JSON.stringify([options.caFile, options.resolve, options.proxy]);
  let client = pool.clients.get(key);
  if (!client) {
    client = pool.create(options);
    pool.clients.set(key, client);
  }
  return client;
}

export async function closeHttpClients(pool: HttpClientPool): Promise<void> {
  await Promise.all([...pool.clients.values()].map((client) => client.close()));
  pool.clients.clear();
}
