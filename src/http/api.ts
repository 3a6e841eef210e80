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
  /** Longest wait before a retry; a service that asks for more ends the call as THROTTLED. Default 5 min. */
  readonly maxWaitMs?: number;
  readonly redactor: Redactor;
  readonly signal?: AbortSignal;
  readonly limiter?: RateLimiter;
  /** Body is gzip even without Content-Encoding (magic bytes are checked). */
  readonly gunzip?: boolean;
  readonly onTrace?: (trace: RequestTrace) => void;
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
