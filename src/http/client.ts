import { type Dispatcher, request as undiciRequest } from 'undici';
import type { Clock, Random } from '../core/clock.ts';
import { isSluiceError } from '../core/errors.ts';
import { addressRefused, isAddressAllowed } from './address-guard.ts';
import type { HttpClient, HttpRequest, HttpResponse } from './api.ts';
import { BodyTooLarge, readBody, UnknownEncoding } from './body.ts';
import { createTransport, type Transport, type TransportOptions } from './dispatcher.ts';
import { causeCode, classifyFailure, HttpError, type HttpErrorCode } from './errors.ts';
import { bodyExcerpt, traceHeaders } from './excerpt.ts';
import { type Hold, notSent, withHold } from './held-back.ts';
import { createRateLimiter, type RateLimiter, WaitTooLong } from './rate-limiter.ts';
import { backoffMs, isRetryableStatus } from './retry-timing.ts';

export interface HttpClientOptions extends TransportOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Default `Sluice`. */
  readonly userAgent?: string;
  /** Decompressed bytes of one answer; default 64 MB. */
  readonly maxBodyBytes?: number;
}

const MAX_REDIRECTS = 5;
const DEFAULT_MAX_WAIT_MS = 5 * 60_000;

interface Context {
  readonly options: HttpClientOptions;
  readonly transport: Transport;
}

interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly attempt: number;
}

/** `GET https://…`, safe to show. */
function label(request: HttpRequest, exchange: Pick<Exchange, 'method' | 'url'>): string {
  return `${exchange.method} ${request.redactor.redactUrl(exchange.url.href)}`;
}

function parseUrl(request: HttpRequest): URL {
  const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
  if (url && (url.protocol === 'https:' || url.protocol === 'http:')) return url;
  const shown = `${request.method} ${request.redactor.redactUrl(request.url)}`;
  throw new HttpError({ code: 'HTTP_URL_INVALID', request: shown, detail: 'not an absolute http(s) URL' });
}

function flatHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value] as const],
  );
  return Object.fromEntries(pairs);
}

function isHtml(headers: Readonly<Record<string, string>>, bytes: Uint8Array): boolean {
  const type = headers['content-type'] ?? '';
  if (/^\s*(?:text\/html|application\/xhtml)/i.test(type) && bytes.length > 0) return true;
  return /^[\s\ufeff]*<(?:!doctype\s+html|html[\s>])/i.test(
    Buffer.from(bytes.subarray(0, 200)).toString('utf8'),
  );
}

/** What an error answer says about itself, one line, at most 200 characters, redacted. */
function answerText(request: HttpRequest, response: HttpResponse): string {
  if (response.bytes.length === 0 || isHtml(response.headers, response.bytes)) return '';
  const text = bodyExcerpt(response.bytes, request.redactor)
    .replace(/[\s\x00-\x1f\x7f]+/g, ' ')
    .trim();
  return `: ${text.slice(0, 200)}`;
}

function statusCode(status: number): HttpErrorCode {
  if (status === 401 || status === 403) return 'AUTH_REFUSED';
  if (status === 404) return 'HTTP_NOT_FOUND';
  return status === 429 ? 'THROTTLED' : 'HTTP_STATUS';
}

function networkError(request: HttpRequest, exchange: Exchange, error: unknown, inBody: boolean): HttpError {
  const shown = label(request, exchange);
  if (error instanceof BodyTooLarge || error instanceof UnknownEncoding) {
    return new HttpError({ code: error.code, request: shown, detail: error.message, cause: error });
  }
  const code = classifyFailure(error, inBody);
  const text = error instanceof Error ? error.message : String(error);
  const cause = causeCode(error);
  const detail = request.redactor.redact(cause === '' || text.includes(cause) ? text : `${text} (${cause})`);
  const retryable =
    code === 'HTTP_UNREACHABLE' ||
    code === 'HTTP_TIMEOUT' ||
    code === 'RESPONSE_TRUNCATED' ||
    code === 'RESPONSE_ENCODING';
  return new HttpError({ code, request: shown, detail: detail || 'no answer', retryable, cause: error });
}

/** What is known of an answer when its body fails. */
interface Heading {
  status?: number;
  headers?: Readonly<Record<string, string>>;
}

function sentHeaders({ options }: Context, request: HttpRequest): Record<string, string> {
  return {
    'user-agent': options.userAgent ?? 'Sluice',
    accept: 'application/json',
    'accept-encoding': 'gzip, deflate, br',
    ...lowerCase(request.headers),
  };
}

/** One exchange on the wire, any status. @throws HttpError, or the signal's reason */
async function exchangeOnce(
  context: Context,
  request: HttpRequest,
  exchange: Exchange,
  heading: Heading,
): Promise<HttpResponse> {
  const { options, transport } = context;
  const { url, method } = exchange;
  const timeout = AbortSignal.timeout(request.timeoutMs);
  const signal = request.signal ? AbortSignal.any([request.signal, timeout]) : timeout;
  let inBody = false;
  try {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (!isAddressAllowed(host, options.allowPrivate ?? true)) throw addressRefused(host);
    const answer = await undiciRequest(url.href, {
      dispatcher: transport.dispatcherFor(url),
      method,
      headers: sentHeaders(context, request),
      ...(request.body !== undefined && method === 'POST' ? { body: request.body } : {}),
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    inBody = true;
    const headers = flatHeaders(answer.headers);
    heading.status = answer.statusCode;
    heading.headers = headers;
    const bytes = await readBody(answer.body, {
      encoding: headers['content-encoding'] ?? '',
      maxBytes: options.maxBodyBytes ?? 64 * 1024 * 1024,
      gunzip: request.gunzip ?? false,
    });
    return { status: answer.statusCode, headers, bytes, receivedAtMs: options.clock.now() };
  } catch (error) {
    if (request.signal?.aborted) throw request.signal.reason;
    if (timeout.aborted) {
      const detail = `no complete answer within ${request.timeoutMs / 1000} s`;
      throw new HttpError({
        code: 'HTTP_TIMEOUT',
        request: label(request, exchange),
        detail,
        retryable: true,
      });
    }
    throw networkError(request, exchange, error, inBody);
  }
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Turns an answer that is not data into its error. */
function refusal(request: HttpRequest, exchange: Exchange, response: HttpResponse): HttpError | undefined {
  const { status } = response;
  const shown = label(request, exchange);
  if (status >= 200 && status < 300) {
    if (!isHtml(response.headers, response.bytes)) return undefined;
    return new HttpError({
      code: 'RESPONSE_HTML',
      request: shown,
      detail: `status ${status} with a web page in place of data`,
      status,
    });
  }
  if (status >= 300 && status < 400) {
    const location = response.headers['location'];
    const where = location === undefined ? '' : ` to ${request.redactor.redactUrl(location)}`;
    return new HttpError({
      code: 'RESPONSE_REDIRECT',
      request: shown,
      detail: `status ${status}, redirected${where}`,
      status,
    });
  }
  const detail = `status ${status}${answerText(request, response)}`;
  return new HttpError({
    code: statusCode(status),
    request: shown,
    detail,
    status,
    retryable: isRetryableStatus(status),
  });
}

/** Where a redirect may be followed: same scheme, same host; a POST only when its body is to be repeated (307, 308). */
function redirectTarget(exchange: Exchange, response: HttpResponse): URL | undefined {
  const { status } = response;
  const location = response.headers['location'];
  if (
    ![301, 302, 303, 307, 308].includes(status) ||
    location === undefined ||
    !URL.canParse(location, exchange.url.href)
  )
    return undefined;
  if (exchange.method === 'POST' && status < 307) return undefined;
  const target = new URL(location, exchange.url);
  return target.protocol === exchange.url.protocol && target.host === exchange.url.host ? target : undefined;
}

interface LimitedRequest extends HttpRequest {
  readonly limiter: RateLimiter;
}

interface Answered {
  readonly response: HttpResponse;
  /** Until when the service holds back the next request. */
  readonly hold: Hold | undefined;
}

/** One exchange with its trace, when its turn has come. @throws WaitTooLong too */
async function traced(context: Context, request: LimitedRequest, exchange: Exchange): Promise<Answered> {
  const { clock } = context.options;
  const { redactor, limiter } = request;
  await limiter.take(request.signal, request.maxWaitMs ?? DEFAULT_MAX_WAIT_MS);
  const startedAtMs = clock.now();
  const heading: Heading = {};
  const report = (bytes: number, error: string | undefined, excerpt?: string) =>
    request.onTrace?.({
      method: exchange.method,
      url: redactor.redactUrl(exchange.url.href),
      status: heading.status,
      startedAtMs,
      durationMs: clock.now() - startedAtMs,
      bytes,
      attempt: exchange.attempt,
      error,
      requestHeaders: traceHeaders(sentHeaders(context, request), redactor),
      ...(heading.headers ? { responseHeaders: traceHeaders(heading.headers, redactor) } : {}),
      ...(excerpt ? { excerpt } : {}),
    });
  try {
    const response = await exchangeOnce(context, request, exchange, heading);
    const failed =
      response.status >= 300 && redirectTarget(exchange, response)
        ? undefined
        : refusal(request, exchange, response);
    const keeps = failed !== undefined || request.traceBodies === true;
    const excerpt = keeps && request.onTrace ? bodyExcerpt(response.bytes, redactor) : undefined;
    report(response.bytes.length, failed && `${failed.code}: ${failed.message}`, excerpt);
    return { response, hold: limiter.note({ startedAtMs, ...response }) };
  } catch (error) {
    limiter.note({ startedAtMs, status: heading.status, headers: heading.headers ?? {} });
    report(0, isSluiceError(error) ? `${error.code}: ${error.message}` : 'cancelled');
    throw error;
  }
}

/** One attempt: follows redirects. Gives the last exchange's answer, whatever its status. */
async function attemptOnce(
  context: Context,
  request: LimitedRequest,
  attempt: number,
): Promise<Answered & { exchange: Exchange }> {
  let exchange: Exchange = { method: request.method, url: parseUrl(request), attempt };
  for (let hops = 0; ; hops += 1) {
    const { response, hold } = await traced(context, request, exchange);
    const target =
      response.status >= 300 && response.status < 400 ? redirectTarget(exchange, response) : undefined;
    if (!target || hops === MAX_REDIRECTS) return { exchange, response, hold };
    exchange = { ...exchange, url: target };
  }
}

interface Failure {
  readonly error: HttpError;
  readonly hold?: Hold | undefined;
}

async function attemptSafely(
  context: Context,
  request: LimitedRequest,
  attempt: number,
): Promise<HttpResponse | Failure> {
  try {
    const { exchange, response, hold } = await attemptOnce(context, request, attempt);
    const error = refusal(request, exchange, response);
    return error ? { error, hold } : response;
  } catch (error) {
    if (error instanceof HttpError) return { error };
    throw error;
  }
}

/** What a call ends with that may not wait as long as the service wants: its last failure, else that it was not sent. */
function heldBack(
  context: Context,
  request: HttpRequest,
  wait: unknown,
  last: HttpError | undefined,
): unknown {
  if (!(wait instanceof WaitTooLong)) return wait;
  const nowMs = context.options.clock.now();
  if (last) return withHold(last, wait, nowMs);
  return notSent(label(request, { method: request.method, url: parseUrl(request) }), wait, nowMs);
}

async function sendWithRetries(context: Context, request: LimitedRequest): Promise<HttpResponse> {
  const { clock, random } = context.options;
  let last: HttpError | undefined;
  for (let attempt = 1; ; attempt += 1) {
    request.signal?.throwIfAborted();
    const result = await attemptSafely(context, request, attempt).catch((wait: unknown) => {
      throw heldBack(context, request, wait, last);
    });
    if (!('error' in result)) return result;
    const { error, hold } = result;
    if (!error.retryable) throw error;
    if (attempt > request.retryCount) throw hold ? withHold(error, hold, clock.now()) : error;
    // What the service holds back, the limiter waits for.
    if (!hold) await clock.sleep(backoffMs(attempt, random), request.signal);
    last = error;
  }
}

/** @throws SluiceError HTTP_CA_FILE */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const context: Context = { options, transport: createTransport(options) };
  return {
    send: (request) =>
      sendWithRetries(context, { ...request, limiter: request.limiter ?? createRateLimiter(options) }),
    close: () => context.transport.close(),
  };
}
