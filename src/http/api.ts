/** The HTTP client as its callers see it. */
import type { Redactor } from '../core/redact.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** One attempt on the wire. URLs are redacted. */
export interface RequestTrace {
  readonly method: string;
  readonly url: string;
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** Body bytes after decompression. */
  readonly bytes: number;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** `CODE: message`, redacted. */
  readonly error: string | undefined;
  /** As sent and as received; names in lower case, credentials and known secrets masked. */
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  /** Start of the body, redacted, see excerpt.ts: of answers that failed, and of all with `traceBodies`. */
  readonly excerpt?: string;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Per attempt: connect, headers and whole body together. */
  readonly timeoutMs: number;
  /** Retries after the first attempt, for failures that may pass (network, time-out, 408, 425, 429, 5xx). */
  readonly retryCount: number;
  /** Longest wait that the service may impose; more ends the call, with `retryAfterMs` in its error. Default 5 min. */
  readonly maxWaitMs?: number;
  readonly redactor: Redactor;
  readonly signal?: AbortSignal;
  readonly limiter?: RateLimiter;
  /** Body is gzip even without Content-Encoding (magic bytes are checked). */
  readonly gunzip?: boolean;
  readonly onTrace?: (trace: RequestTrace) => void;
  /** Traces of good answers have an excerpt of the body too. */
  readonly traceBodies?: boolean;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated headers joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed. */
  readonly bytes: Uint8Array;
  readonly receivedAtMs: number;
}

export interface HttpClient {
  /**
   * Sends with retries. Resolves for 2xx alone; everything else is a typed error whose message has method and redacted URL.
   * Rejects with the signal's reason when cancelled.
   */
  send(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}
