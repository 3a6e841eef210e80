import { SluiceError, type SluiceErrorOptions } from '../core/errors.ts';

/** Every code that the HTTP client raises. */
export const httpErrors = {
  HTTP_URL_INVALID: {
    summary: 'An endpoint is not an absolute http(s) URL.',
    hint: 'Correct the endpoint of the connection, scheme included.',
  },
  HTTP_CA_FILE: {
    summary: 'A CA file can not be read.',
    hint: 'Give the path of a PEM file that the server process may read.',
  },
  HTTP_ADDRESS_REFUSED: {
    summary:
      'An endpoint resolves to an address that must not be called (link-local or metadata, or private when those are forbidden).',
    hint: 'Point the connection at the public address of the service.',
  },
  HTTP_UNREACHABLE: {
    summary: 'A service could not be reached: name look-up, connection or transfer failed.',
    hint: 'Check the host name, the network, the firewall and the proxy.',
  },
  HTTP_TLS: {
    summary: 'The TLS handshake failed, most often an untrusted or wrong certificate.',
    hint: 'Add the issuing CA with the caFile option of the connection, or correct the host name.',
  },
  HTTP_TIMEOUT: {
    summary: 'A service did not answer in time.',
    hint: 'Raise timeoutInSeconds (up to 180) or ask for smaller pages.',
  },
  HTTP_STATUS: {
    summary: 'A service answered with an unexpected status.',
    hint: 'See the answer in the message; a 5xx usually passes, a 4xx is a wrong parameter.',
  },
  HTTP_NOT_FOUND: {
    summary: 'An endpoint answered 404.',
    hint: 'Check host, path and identifiers in the endpoint.',
  },
  AUTH_REFUSED: {
    summary: 'A service refused the credential (401 or 403).',
    hint: 'Check the credential: expired, wrong user, wrong host for this kind of token, or missing permission.',
  },
  THROTTLED: {
    summary: 'A service throttles (429) for longer than the run may wait.',
    hint: 'Nothing is lost; the next run goes on. Lower rateLimitQPS if it happens often.',
  },
  RESPONSE_REDIRECT: {
    summary: 'A service redirects somewhere else, usually to a login page.',
    hint: 'Check the credential and that the endpoint is the final URL (host and scheme).',
  },
  RESPONSE_HTML: {
    summary: 'A service answered with a web page in place of data, usually a login page.',
    hint: 'Check the credential and that the endpoint is an API, not a site.',
  },
  RESPONSE_TRUNCATED: {
    summary: 'An answer ended before it was complete.',
    hint: 'Try again; if it stays, ask for smaller pages or look at proxies in between.',
  },
  RESPONSE_TOO_LARGE: {
    summary: 'An answer is larger than the limit for one page.',
    hint: 'Ask for smaller pages (pageSize).',
  },
  RESPONSE_ENCODING: {
    summary: 'The compression of an answer is unknown or damaged.',
    hint: 'Supported are gzip, deflate and br.',
  },
} as const;

export type HttpErrorCode = keyof typeof httpErrors;

export interface HttpErrorOptions {
  readonly code: HttpErrorCode;
  /** `GET https://…`, redacted; the message starts with it. */
  readonly request: string;
  readonly detail: string;
  readonly retryable?: boolean;
  readonly status?: number;
  /** How long the service asked to wait. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** A failed call. `status` is there when the service answered. */
export class HttpError extends SluiceError {
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(options: HttpErrorOptions) {
    const base: SluiceErrorOptions = {
      code: options.code,
      message: `${options.request}: ${options.detail}`,
      hint: httpErrors[options.code].hint,
      retryable: options.retryable ?? false,
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    };
    super(base);
    this.name = 'HttpError';
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}

const TLS_CODE =
  /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;
const BODY_CODE = new Set([
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'ECONNRESET',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
  'HPE_INVALID_EOF_STATE',
]);

/** The system's or undici's code of a network failure, `''` when it has none. */
export function causeCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return code !== '' || !('cause' in error) ? code : causeCode(error.cause);
}

/** Which of our codes a network failure is. @param inBody true when headers had already arrived */
export function classifyFailure(error: unknown, inBody: boolean): HttpErrorCode {
  const code = causeCode(error);
  if (code === 'HTTP_ADDRESS_REFUSED') return code;
  if (TLS_CODE.test(code)) return 'HTTP_TLS';
  if (
    code === 'UND_ERR_CONNECT_TIMEOUT' ||
    code === 'UND_ERR_HEADERS_TIMEOUT' ||
    code === 'UND_ERR_BODY_TIMEOUT' ||
    code === 'ETIMEDOUT'
  )
    return 'HTTP_TIMEOUT';
  if (code.startsWith('Z_') || code.startsWith('ERR_BROTLI') || code.startsWith('ERR__ERROR_FORMAT'))
    return code === 'Z_BUF_ERROR' ? 'RESPONSE_TRUNCATED' : 'RESPONSE_ENCODING';
  if (inBody && (BODY_CODE.has(code) || code.startsWith('HPE_'))) return 'RESPONSE_TRUNCATED';
  return 'HTTP_UNREACHABLE';
}
