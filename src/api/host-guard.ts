import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { apiError } from './api-error.ts';

/** Host without port and brackets, lower case; undefined when it cannot be read. */
export function hostName(header: string | undefined): string | undefined {
  const match = header
    ?.trim()
    .toLowerCase()
    .match(/^(?:\[([0-9a-f:.%]+)\]|([^:/\s[\]]+))(?::\d{1,5})?$/);
  return match?.[1] ?? match?.[2]?.replace(/\.$/, '');
}

/**
 * Refuses names that could have been rebound to this address by somebody else's DNS.
 * A literal address can't be rebound, so it is always fine; names must be loopback names or allowed ones.
 */
export function createHostGuard(allowed: readonly string[]): (request: FastifyRequest) => void {
  const names = new Set(['localhost', ...allowed.map((name) => name.toLowerCase())]);
  return (request) => {
    const name = hostName(request.headers.host);
    if (name === undefined) throw apiError('HOST_NOT_ALLOWED', 'The Host header is missing or unreadable.');
    if (names.has(name) || name.endsWith('.localhost') || isIP(name) !== 0) return;
    throw apiError('HOST_NOT_ALLOWED', `This server does not answer for the host "${name.slice(0, 100)}".`);
  };
}

/** Refuses writes that a page of another origin sends; clients that are no browsers send no Origin. */
export function checkOrigin(request: FastifyRequest): void {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') throw apiError('ORIGIN_NOT_ALLOWED');
  if (origin === undefined) return;
  let originHost: string | undefined;
  try {
    originHost = new URL(origin).host;
  } catch {
    originHost = undefined;
  }
  if (originHost === undefined || originHost !== host?.toLowerCase()) throw apiError('ORIGIN_NOT_ALLOWED');
}
