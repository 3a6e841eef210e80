/** Why a run ended as it did: pure, from what the run kept. */
import type { Place } from '../core/diagnostics.ts';
import type { Definition, PollerTemplate } from '../definition/model.ts';
import { descend, type JsonNode, memberPath, scalarText } from '../definition/tree.ts';
import type { RunRow } from '../state/schema.ts';
import { answerText } from './explanations/answer-text.ts';
import type { Cause, Confidence, Evidence, PlaceNames } from './explanations/api.ts';
import { causesOf } from './explanations/registry.ts';
import type { StoredRequest } from './request-store.ts';

export interface ExplainInput {
  readonly run: {
    readonly id: string;
    readonly state: RunRow['state'];
    readonly received: number;
    readonly newRecords: number;
  };
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    readonly poller?: string;
    readonly place?: Place;
  } | null;
  readonly requests: readonly StoredRequest[];
  /** Absent when it is no longer installed. */
  readonly definition?: Definition;
}

/** The API's Explanation. */
export interface Explanation {
  readonly runId: string;
  readonly code: string | null;
  readonly what: string;
  readonly request: { method: string; url: string; status: number | null } | null;
  readonly place: { file: string; path: string } | null;
  readonly cause: string;
  readonly fix: string;
  readonly confidence: Confidence;
}

function codeOf(text: string | null): string | undefined {
  return text?.match(/^([A-Z][A-Z0-9_]*): /)?.[1];
}

const lastOf = <T>(list: readonly T[], test: (item: T) => boolean): T | undefined => list.filter(test).at(-1);

/** The request that a failure is about: the last one with its code, else the last one that failed, else the last one. */
function requestOf(input: ExplainInput, code: string): StoredRequest | undefined {
  const poller = input.error?.poller;
  const own = input.requests.filter((r) => poller === undefined || r.poller === null || r.poller === poller);
  return lastOf(own, (r) => codeOf(r.error) === code) ?? lastOf(own, (r) => r.error !== null) ?? own.at(-1);
}

function pollerOf(input: ExplainInput, name: string | null | undefined): PollerTemplate | undefined {
  const pollers = input.definition?.pollers ?? [];
  return pollers.find((p) => p.name === name) ?? (pollers.length === 1 ? pollers[0] : undefined);
}

const nodeOf = ({ raw, file, path }: PollerTemplate): JsonNode => ({ value: raw, file, path });

/** Names as the file spells them; what is not there yet, as it would be added. */
function placeOf(poller: PollerTemplate | undefined, names: PlaceNames): Explanation['place'] {
  if (!poller || names === null) return null;
  let node: JsonNode | undefined = nodeOf(poller);
  let path = poller.path;
  for (const name of names) {
    node = descend(node, name);
    path = node?.path ?? memberPath(path, name);
  }
  return { file: poller.file, path };
}

function evidenceOf(
  failure: { readonly code: string; readonly message: string; readonly hint: string },
  request: StoredRequest | undefined,
  poller: PollerTemplate | undefined,
): Evidence {
  const excerpt = request?.excerpt ?? '';
  return {
    ...failure,
    status: request?.status ?? null,
    headers: request?.responseHeaders ?? {},
    excerpt,
    said: answerText(excerpt),
    url: request?.url ?? '',
    setting: (...names) => (poller ? scalarText(descend(nodeOf(poller), ...names)) : undefined),
  };
}

/** What the run saw, without judging it. */
function whatHappened(request: StoredRequest, failure: string): string {
  const tries = request.attempt > 1 ? `, at the ${request.attempt}. try` : '';
  const asked = `${request.method} ${request.url}`;
  if (request.status === null) return `${asked} got no answer${tries}: ${failure}.`;
  const good = request.status < 300;
  return `${asked} was answered with status ${request.status}${tries}${good ? `, but the answer could not be used: ${failure}` : ''}.`;
}

/** The message without the request that it begins with. */
function shortMessage(message: string, request: StoredRequest | undefined): string {
  const shown = request ? `${request.method} ${request.url}: ` : '';
  const text = shown !== '' && message.startsWith(shown) ? message.slice(shown.length) : message;
  return text.replace(/\.+$/, '').slice(0, 300);
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly poller?: string | undefined;
}

function fromCauses(
  input: ExplainInput,
  failure: Failure,
  request: StoredRequest | undefined,
  causes: readonly Cause[],
): Explanation {
  const poller = pollerOf(input, failure.poller ?? request?.poller);
  const short = shortMessage(failure.message, request);
  const evidence = evidenceOf({ ...failure, message: short }, request, poller);
  const cause = causes.find((candidate) => candidate.matches(evidence)) ?? causes.at(-1)!;
  return {
    runId: input.run.id,
    code: failure.code,
    what: request ? whatHappened(request, short) : `The run ended before it sent a request: ${short}.`,
    request: request ? { method: request.method, url: request.url, status: request.status } : null,
    place: placeOf(poller, cause.place(evidence)),
    cause: cause.cause(evidence),
    fix: cause.fix(evidence),
    confidence: cause.confidence(evidence),
  };
}

function explainFailure(input: ExplainInput, error: NonNullable<ExplainInput['error']>): Explanation {
  const failure: Failure = { ...error, hint: error.hint ?? 'The log has the details.' };
  const causes = causesOf(error.code);
  if (causes) return fromCauses(input, failure, requestOf(input, error.code), causes);
  const { file, path } = error.place ?? {};
  return {
    runId: input.run.id,
    code: error.code,
    what: `The run failed with ${error.code}: ${shortMessage(error.message, undefined)}.`,
    request: null,
    place: file !== undefined && path !== undefined ? { file, path } : null,
    cause: 'The message says what is known; no request to the service is the reason.',
    fix: failure.hint,
    confidence: 'low',
  };
}

function explainWarning(input: ExplainInput, request: StoredRequest): Explanation | undefined {
  const code = codeOf(request.warning);
  const causes = code === undefined ? undefined : causesOf(code);
  if (code === undefined || !causes) return undefined;
  const message = (request.warning ?? '').slice(code.length + 2);
  return {
    ...fromCauses(input, { code, message, hint: '', poller: request.poller ?? undefined }, request, causes),
    what: `${request.method} ${request.url} was answered with status ${request.status ?? 'unknown'}, but no record was found in the answer.`,
  };
}

const quiet: Readonly<Record<Exclude<RunRow['state'], 'succeeded'>, readonly [string, string]>> = {
  running: ['The run is still going on.', 'Nothing has gone wrong so far.'],
  cancelled: [
    'The run was stopped before it was done.',
    'Sluice was stopped, or the connection was paused or changed.',
  ],
  throttled: [
    'The run ended because the service limits the rate of calls.',
    'More calls were made than it allows.',
  ],
  failed: ['The run failed without a message.', 'Nothing is known of the reason.'],
};

function explainQuiet({ run }: ExplainInput): Explanation {
  const [what, cause] =
    run.state === 'succeeded'
      ? [
          `The run succeeded: ${run.received} records received, ${run.newRecords} of them new.`,
          'Nothing went wrong.',
        ]
      : quiet[run.state];
  return {
    runId: run.id,
    code: null,
    what,
    request: null,
    place: null,
    cause,
    fix:
      run.state === 'cancelled'
        ? 'Nothing to do: the next run goes on from the last checkpoint.'
        : 'Nothing to do.',
    confidence: 'high',
  };
}

/** A throttled run is none that failed, so it may have no error: its last refused request has. */
function throttling({ requests }: ExplainInput): NonNullable<ExplainInput['error']> {
  const refused = lastOf(requests, (r) => r.error !== null);
  const message = refused?.error?.replace(/^[A-Z0-9_]+: /, '') ?? 'the service throttles';
  return { code: 'THROTTLED', message, ...(refused?.poller ? { poller: refused.poller } : {}) };
}

/**
 * What happened, the request, the place in the definition, the likely cause and the fix. A run that did not fail is explained by the
 * last answer that looked wrong, if there was one.
 */
export function explainRun(input: ExplainInput): Explanation {
  if (input.error) return explainFailure(input, input.error);
  if (input.run.state === 'throttled') return explainFailure(input, throttling(input));
  const suspect = lastOf(input.requests, (r) => r.warning !== null);
  return (suspect && explainWarning(input, suspect)) ?? explainQuiet(input);
}
