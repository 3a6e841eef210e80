import type { Place } from './diagnostics.ts';

export interface SluiceErrorOptions {
  /** Stable upper-snake code, listed in docs/errors.md. */
  readonly code: string;
  /** What happened, naming the thing. Must already be redacted. */
  readonly message: string;
  /** How to mend it, one sentence. */
  readonly hint?: string;
  /** Where: file and JSON path, or a KQL span. */
  readonly place?: Place;
  /** True when trying again later, unchanged, can succeed. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** Every failure that a user may see. Anything else that escapes is a bug and is reported as INTERNAL. */
export class SluiceError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly place: Place | undefined;
  readonly retryable: boolean;

  constructor(options: SluiceErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SluiceError';
    this.code = options.code;
    this.hint = options.hint;
    this.place = options.place;
    this.retryable = options.retryable ?? false;
  }
}

/** Type guard for errors that cross module boundaries. */
export function isSluiceError(error: unknown): error is SluiceError {
  return error instanceof SluiceError;
}

/** Wraps whatever was thrown, keeping typed errors as they are. */
export function toSluiceError(
  error: unknown,
  fallback: Omit<SluiceErrorOptions, 'message' | 'cause'> & { message?: string },
): SluiceError {
  if (error instanceof SluiceError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new SluiceError({
    ...fallback,
    message: fallback.message ? `${fallback.message}: ${text}` : text,
    cause: error,
  });
}
