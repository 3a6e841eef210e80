import type { z } from 'zod';
import type { Problem } from '../api/schemas.ts';
import { cliError, ProblemError } from './cli-error.ts';
import type { Target } from './target.ts';

export interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly accept?: string;
}

/** The API of one server. Every method throws ProblemError (what the server said) or SERVER_* errors. */
export interface Client {
  readonly target: Target;
  /** Path below /api/v1; the answer's JSON, or undefined when it has no body. */
  call<T>(path: string, options?: CallOptions): Promise<T>;
  /** Lines of an NDJSON answer as they arrive. */
  lines<T>(path: string, options?: CallOptions): AsyncGenerator<T>;
}

const refused = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_SOCKET',
]);

function causeCode(error: unknown): string | undefined {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}

function unreachable(target: Target, error: unknown) {
  const code = causeCode(error);
  const where = target.runtime ? `${target.url} (from ${target.runtime.file})` : target.url;
  if (code && !refused.has(code) && /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO/.test(code)) {
    const hint = 'Set NODE_EXTRA_CA_CERTS to the PEM file of its certificate authority.';
    return cliError(
      'SERVER_UNREACHABLE',
      `The certificate of ${where} is not trusted (${code})`,
      hint,
      error,
    );
  }
  return cliError(
    'SERVER_UNREACHABLE',
    `${where} does not answer${code ? ` (${code})` : ''}`,
    undefined,
    error,
  );
}

async function problemOf(answer: Response, target: Target): Promise<Error> {
  const type = answer.headers.get('content-type') ?? '';
  if (type.includes('json')) {
    const body = (await answer.json().catch(() => undefined)) as
      | Partial<z.output<typeof Problem>>
      | undefined;
    if (body?.code !== undefined && body.detail !== undefined)
      return new ProblemError(body as z.output<typeof Problem>);
  }
  return cliError(
    'SERVER_ANSWER_UNKNOWN',
    `${target.url} answered ${answer.status} ${answer.statusText}, not as Sluice does`,
  );
}

async function* splitLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  // Pieces of an unfinished line are joined once, so that long lines cost no more than their length.
  let pieces: string[] = [];
  for await (const chunk of body) {
    const parts = decoder.decode(chunk, { stream: true }).split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      pieces.push(part);
      yield pieces.join('');
      pieces = [];
    }
    if (last) pieces.push(last);
  }
  const rest = pieces.join('') + decoder.decode();
  if (rest) yield rest;
}

/** A client for the server that `target` names. */
export function createClient(target: Target): Client {
  async function send(path: string, options: CallOptions): Promise<Response> {
    const {
      body,
      method = body === undefined ? 'GET' : 'POST',
      query = {},
      accept = 'application/json',
    } = options;
    const url = new URL(`${target.url}/api/v1${path}`);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, value);
    let answer: Response;
    try {
      answer = await fetch(url, {
        method,
        redirect: 'error',
        headers: {
          authorization: `Bearer ${target.token}`,
          accept,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw unreachable(target, error);
    }
    if (!answer.ok) throw await problemOf(answer, target);
    return answer;
  }

  return {
    target,
    async call<T>(path: string, options: CallOptions = {}): Promise<T> {
      const answer = await send(path, options);
      if (answer.status === 204) return undefined as T;
      try {
        return (await answer.json()) as T;
      } catch (error) {
        throw cliError('SERVER_ANSWER_UNKNOWN', `${target.url} did not answer with JSON`, undefined, error);
      }
    },
    async *lines<T>(path: string, options: CallOptions = {}): AsyncGenerator<T> {
      const answer = await send(path, { ...options, accept: 'application/x-ndjson' });
      if (!answer.body) return;
      try {
        for await (const line of splitLines(answer.body)) if (line.trim()) yield JSON.parse(line) as T;
      } catch (error) {
        throw cliError('SERVER_CONNECTION_LOST', `The answer of ${target.url} broke off`, undefined, error);
      }
    },
  };
}

/** Path segment for an id or a name. */
export const segment = (text: string) => encodeURIComponent(text);
