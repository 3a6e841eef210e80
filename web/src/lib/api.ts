/** HTTP client of the API: JSON in and out, problem+json to ApiError, CSRF header on writes. */
import type { Problem } from './api-types.ts';

export const API_BASE = '/api/v1';

/** A failed call. `status` 0 means that the server could not be reached. */
export class ApiError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ApiError';
    this.problem = problem;
  }
  get status(): number {
    return this.problem.status;
  }
}

let csrfToken = '';
let onUnauthorized: () => void = () => {};

/** Sets what is sent as X-CSRF-Token; comes with the session. */
export function setCsrfToken(token: string): void {
  csrfToken = token;
}

/** Called when a signed-in call answers 401. */
export function setUnauthorizedHandler(handler: () => void): void {
  onUnauthorized = handler;
}

const localProblem = (status: number, code: string, title: string, detail: string): Problem => ({
  type: 'about:blank',
  title,
  status,
  code,
  detail,
  requestId: '',
});

/** Makes an ApiError of whatever was thrown. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ApiError(localProblem(0, 'UI_ERROR', 'Something went wrong in the page', detail));
}

async function problemOf(response: Response): Promise<Problem> {
  const type = response.headers.get('content-type') ?? '';
  if (type.includes('json')) {
    const body = (await response.json().catch(() => undefined)) as Partial<Problem> | undefined;
    if (body && typeof body.detail === 'string') {
      return { ...localProblem(response.status, 'HTTP_ERROR', response.statusText, ''), ...body } as Problem;
    }
  }
  return localProblem(
    response.status,
    `HTTP_${response.status}`,
    response.statusText,
    `The server answered ${response.status}.`,
  );
}

export interface SendOptions {
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Wanted answer; JSON unless said otherwise. */
  readonly accept?: string;
  /** False for sign-in and for probing: 401 is then an ordinary answer. */
  readonly reportUnauthorized?: boolean;
}

/** Sends a request and returns the response when it is 2xx; otherwise throws ApiError. */
export async function send(method: string, path: string, options: SendOptions = {}): Promise<Response> {
  const headers: Record<string, string> = { accept: options.accept ?? 'application/json' };
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (method !== 'GET' && csrfToken) headers['x-csrf-token'] = csrfToken;
  const init: RequestInit = { method, headers, credentials: 'same-origin' };
  if (options.body !== undefined) init.body = JSON.stringify(options.body);
  if (options.signal) init.signal = options.signal;
  let response: Response;
  try {
    response = await fetch(API_BASE + path, init);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(
      localProblem(
        0,
        'OFFLINE',
        'Cannot reach the server',
        'Cannot reach the server. It may be stopped or restarting.',
      ),
    );
  }
  if (response.ok) return response;
  if (response.status === 401 && options.reportUnauthorized !== false) onUnauthorized();
  throw new ApiError(await problemOf(response));
}

/** Sends and reads the JSON answer; undefined for 204. */
export async function call<T>(method: string, path: string, options: SendOptions = {}): Promise<T> {
  const response = await send(method, path, options);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

export const segment = (text: string): string => encodeURIComponent(text);
