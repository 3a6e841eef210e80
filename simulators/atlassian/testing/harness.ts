import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AtlassianSimulator, AtlassianSimulatorOptions } from '../index.ts';
import { startAtlassianSimulator } from '../index.ts';

/** A Wednesday morning. */
export const startTime = Date.UTC(2026, 10, 18, 9, 0, 0);

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly bytes: Buffer;
  /** The body as JSON; throws when it is something else. */
  json<T = Record<string, unknown>>(): T;
}

interface Send {
  readonly method?: string;
  readonly host?: string;
  readonly auth?: string | undefined;
  readonly accept?: string;
  readonly body?: string;
}

export const basic = (user: string, secret: string) =>
  `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
export const siteHost = 'acme-demo.atlassian.net';
export const gatewayHost = 'api.atlassian.com';

/** One request with any Host header, which `fetch` does not allow. */
export function send(baseUrl: string, path: string, options: Send = {}): Promise<Answer> {
  const url = new URL(baseUrl);
  const headers: Record<string, string> = { host: options.host ?? url.host };
  if (options.auth !== undefined) headers['authorization'] = options.auth;
  if (options.accept !== undefined) headers['accept'] = options.accept;
  return new Promise((resolve, reject) => {
    const target = { hostname: url.hostname, port: url.port, path, method: options.method ?? 'GET', headers };
    const request = httpRequest(target, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(parts);
        const text = bytes.toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes,
          text,
          json: <T>() => JSON.parse(text) as T,
        });
      });
    });
    request.on('error', reject);
    request.end(options.body);
  });
}

export interface Bench {
  readonly simulator: AtlassianSimulator;
  /** Basic authorization for the site. */
  readonly site: string;
  /** Basic authorization with the scoped token for the gateway. */
  readonly scoped: string;
  /** Bearer authorization of the organization key. */
  readonly org: string;
  readonly send: (path: string, options?: Send) => Promise<Answer>;
  /** Sets the simulator's clock, ms after the start. */
  readonly at: (ms: number) => void;
  readonly close: () => Promise<void>;
}

/** A simulator with a hand-moved clock, without HTTPS and, unless asked for, with empty logs and no new records. */
export async function startBench(options: Partial<AtlassianSimulatorOptions> = {}): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'atlassian-sim-'));
  let now = startTime;
  const simulator = await startAtlassianSimulator({
    folder,
    https: false,
    seed: 'bench',
    clock: { now: () => now },
    history: { days: 0, records: 0 },
    ...options,
    settings: { ...options.settings, world: { rate: 0, renameMinutes: 0, ...options.settings?.world } },
  });
  const { credentials } = simulator;
  return {
    simulator,
    site: basic(credentials.email, credentials.apiToken),
    scoped: basic(credentials.email, credentials.scopedToken),
    org: `Bearer ${credentials.orgApiKey}`,
    send: (path, sending) => send(simulator.baseUrl, path, sending),
    at: (ms) => {
      now = startTime + ms;
    },
    close: async () => {
      await simulator.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
