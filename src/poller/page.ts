/** Fetches one page and cuts it into records. */
import { createHash } from 'node:crypto';
import type { RecordBytes } from '../core/collect.ts';
import { isSluiceError, SluiceError } from '../core/errors.ts';
import { parseJsonPath } from '../core/json-path.ts';
import { type JsonText, longestArray, openJson, readScalar, sliceRecords } from '../core/json-slice.ts';
import type { HttpResponse } from '../http/api.ts';
import { HttpError } from '../http/errors.ts';
import { bodyExcerpt } from '../http/excerpt.ts';
import { missedRecords } from './answer-check.ts';
import { type PollContext, type TraceFindings, traceRecorder } from './context.ts';
import { pollerError } from './errors.ts';
import type { PageRequest, PageView } from './paging/api.ts';
import { buildRequest, type RequestTimes, type WireRequest } from './request.ts';
import { timingOf } from './windows.ts';

export interface FetchedPage extends PageView {
  readonly records: readonly RecordBytes[];
  /** Of all records together. */
  readonly recordBytes: number;
  readonly receivedAtMs: number;
  readonly status: number;
}

export interface FetchPageInput {
  readonly page: PageRequest;
  readonly times?: RequestTimes;
  /** The stored or followed token of a persistent type that this request carries. */
  readonly cursor?: string;
}

/** `METHOD url`, safe to show. */
function shown(context: PollContext, wire: WireRequest): string {
  return `${wire.method} ${context.redactor.redactUrl(wire.url)}`;
}

function checkSuccess(context: PollContext, json: JsonText, wire: WireRequest): void {
  const wanted = context.config.response.successStatusValue;
  if (!context.successPath || wanted === undefined) return;
  const found = readScalar(json, context.successPath);
  if (found?.text.toLowerCase() === wanted.toLowerCase()) return;
  const value = found ? `\`${context.redactor.redact(found.text).slice(0, 100)}\`` : 'nothing';
  const message = `${shown(context, wire)}: ${context.successPath.text} is ${value}, expected \`${wanted}\``;
  throw pollerError('RESPONSE_NOT_SUCCESSFUL', message, { retryable: true });
}

/** A rejected cursor gets its own code: it never heals by itself and must never be dropped silently (spec CCF §8 #19). */
function cursorError(error: unknown, input: FetchPageInput): unknown {
  if (
    input.cursor === undefined ||
    !(error instanceof HttpError) ||
    (error.status !== 400 && error.status !== 410)
  )
    return error;
  return pollerError('CURSOR_REJECTED', `The stored cursor was rejected: ${error.message}`, { cause: error });
}

/** Bytes around the place of a failure that are searched for secrets. */
const failureVicinity = 64 * 1024;

/** The message quotes the body around the failure; half a secret would not be recognised, so near any secret nothing is quoted. */
function safeFailure(context: PollContext, body: Uint8Array, error: SluiceError): string {
  const at = error.place?.start ?? 0;
  const from = Math.max(0, at - failureVicinity);
  const vicinity = Buffer.from(body.subarray(from, at + failureVicinity)).toString('utf8');
  const { redact } = context.redactor;
  if (redact(vicinity) === vicinity) return redact(error.message);
  return redact(error.message.replace(/, near `[\s\S]*$/, ''));
}

function open(context: PollContext, response: HttpResponse, wire: WireRequest): JsonText {
  try {
    return openJson(response.bytes);
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    const message = `${shown(context, wire)}: ${safeFailure(context, response.bytes, error)}`;
    throw new SluiceError({
      code: error.code,
      message,
      retryable: true,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}

const MIN_WAIT_MS = 90_000;
const MAX_WAIT_MS = 5 * 60_000;

/**
 * A service may ask to wait as long as one window (spec CCF §3.3.4), so that a limit per minute never ends a run, but not so
 * long that the run holds its place for nothing: then it ends and the next one goes on at the time that the service said.
 */
function maxWaitMs(windowMs: number): number {
  return Math.min(Math.max(windowMs, MIN_WAIT_MS), MAX_WAIT_MS);
}

async function send(
  context: PollContext,
  wire: WireRequest,
  onTrace: (trace: Parameters<PollContext['onTrace']>[0]) => void,
): Promise<HttpResponse> {
  const { config } = context;
  return context.http.send({
    method: wire.method,
    url: wire.url,
    headers: wire.headers,
    ...(wire.body === undefined ? {} : { body: wire.body }),
    timeoutMs: config.request.timeoutSeconds * 1000,
    retryCount: config.request.retryCount,
    maxWaitMs: maxWaitMs(timingOf(config).windowMs),
    redactor: context.redactor,
    limiter: context.limiter,
    gunzip: config.response.isGzipCompressed,
    traceBodies: context.traceBodies,
    onTrace: (trace) => onTrace({ ...trace, records: 0 }),
    ...(context.signal ? { signal: context.signal } : {}),
  });
}

/** Where the whole response is one event, its longest array tells how many rows the service counts (spec CCF §3.5). */
function rowsOf(context: PollContext, json: JsonText, records: number): number {
  const rootOnly = context.eventPaths.every((path) => path.steps.length === 0);
  if (!rootOnly || records !== 1 || context.strategy.name !== 'Offset' || json.bytes[json.root] !== 0x7b)
    return records;
  return longestArray(json);
}

function view(context: PollContext, json: JsonText, response: HttpResponse): FetchedPage {
  const records = sliceRecords(json, context.eventPaths);
  return {
    records,
    recordBytes: records.reduce((sum, record) => sum + record.length, 0),
    receivedAtMs: response.receivedAtMs,
    status: response.status,
    rows: rowsOf(context, json, records.length),
    scalar: (path) => readScalar(json, parseJsonPath(path)),
    header: (name) => response.headers[name.toLowerCase()],
  };
}

/** What the trace says about an answer that arrived: why it could not be used, or what looks wrong about it. */
function findingsOn(
  context: PollContext,
  response: HttpResponse | undefined,
  result: { readonly page?: FetchedPage; readonly error?: unknown; readonly warning?: string | undefined },
): TraceFindings {
  const { page, error } = result;
  const warning = result.warning === undefined ? undefined : context.redactor.redact(result.warning);
  const failed = isSluiceError(error) ? `${error.code}: ${error.message}` : undefined;
  const keeps = response && (failed !== undefined || warning !== undefined);
  return {
    records: page?.records.length ?? 0,
    ...(failed === undefined ? {} : { error: failed }),
    ...(warning === undefined ? {} : { warning }),
    ...(keeps ? { excerpt: bodyExcerpt(response.bytes, context.redactor) } : {}),
  };
}

/** @throws SluiceError of the HTTP client, RESPONSE_NOT_JSON, RESPONSE_NOT_SUCCESSFUL, CURSOR_REJECTED */
export async function fetchPage(context: PollContext, input: FetchPageInput): Promise<FetchedPage> {
  const { config, auth } = context;
  const times = input.times ? { times: input.times } : {};
  const wire = buildRequest({ config, auth, page: input.page, nowMs: context.clock.now(), ...times });
  const recorder = traceRecorder(context.onTrace);
  let response: HttpResponse | undefined;
  try {
    response = await send(context, wire, recorder.onTrace);
    const json = open(context, response, wire);
    checkSuccess(context, json, wire);
    const page = view(context, json, response);
    const warning = page.records.length === 0 ? missedRecords(json, context.eventPaths) : undefined;
    const trace = recorder.flush(findingsOn(context, response, { page, warning }));
    if (trace) context.traceOf.set(page.records, trace);
    return page;
  } catch (error) {
    recorder.flush(findingsOn(context, response, { error }));
    throw cursorError(error, input);
  }
}

/** What makes a record the same when seen again in the next read: its key values, else all its bytes. SHA-1, hex. */
export function recordDigest(context: PollContext, record: RecordBytes): string {
  const hash = createHash('sha1');
  if (context.keyPaths.length === 0) return hash.update(record).digest('hex');
  const json: JsonText = { bytes: record, root: 0 };
  for (const path of context.keyPaths) {
    const found = readScalar(json, path);
    hash.update(found ? `${found.kind}:${found.text.length}:${found.text}` : 'missing');
  }
  return hash.digest('hex');
}

/** One digest over a sequence of records. */
export function sequenceDigest(digests: readonly string[]): string {
  return createHash('sha1').update(digests.join()).digest('hex');
}
