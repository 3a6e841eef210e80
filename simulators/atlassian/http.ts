import type { IncomingHttpHeaders } from 'node:http';
import type { ApiName } from './ledger.ts';

/** Which door a request came through: the product site, the vendor's gateway, or this machine's own address. */
export type HostKind = 'site' | 'gateway' | 'plain' | 'unknown';

export interface SimRequest {
  readonly method: string;
  readonly path: string;
  /** Raw query text without the question mark. */
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly host: HostKind;
  /** Scheme, host and port as the client sees them. */
  readonly origin: string;
  /** Simulator time, ms. */
  readonly now: number;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** For the request log and for faults. */
  readonly rows?: number;
}

/** A request that reached one of the three APIs. */
export interface ApiCall {
  readonly api: ApiName;
  /** Endpoint name, e.g. `record`, `audit`, `events-stream`. */
  readonly endpoint: string;
  readonly gateway: boolean;
  readonly request: SimRequest;
}

export const jsonReply = (
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): Reply => ({
  status,
  headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
  body: JSON.stringify(value),
});

export const textReply = (status: number, body: string, type = 'text/plain;charset=UTF-8'): Reply => ({
  status,
  headers: { 'content-type': type },
  body,
});

export const htmlReply = (status: number, title: string): Reply =>
  textReply(
    status,
    `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
    'text/html;charset=UTF-8',
  );

/** `2026-11-18T09:15Z`: the vendor's rate-limit headers have minute precision. */
export const minuteText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16)}Z`;

/** Start of the minute after `ms`. */
export const nextMinute = (ms: number): number => (Math.floor(ms / 60_000) + 1) * 60_000;
