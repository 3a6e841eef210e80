import type { ApiErrorCode } from './errors.ts';

const apiStatus = {
  INTERNAL: 500,
  VALIDATION_FAILED: 400,
  BODY_MALFORMED: 400,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE_UNSUPPORTED: 415,
  BAD_REQUEST: 400,
  ROUTE_NOT_FOUND: 404,
  UNAUTHENTICATED: 401,
  SIGN_IN_FAILED: 401,
  SIGN_IN_THROTTLED: 429,
  ROLE_REQUIRED: 403,
  CSRF_TOKEN_MISMATCH: 403,
  ORIGIN_NOT_ALLOWED: 403,
  HOST_NOT_ALLOWED: 403,
  LOGO_NOT_FOUND: 404,
  WEB_NOT_BUILT: 503,
  REQUEST_TIMEOUT: 503,
  BAD_TIME: 400,
} as const satisfies Record<ApiErrorCode, number>;

/**
 * Codes of other modules follow a naming rule, so that a new code needs no line here.
 * The first rule that matches wins; the order goes from the specific to the general.
 */
const rules: readonly (readonly [RegExp, number])[] = [
  // What a vendor's server answered is a finding about the connection, not about the caller's request.
  [/^(?:HTTP|AUTH|POLL|RESPONSE|CURSOR|PAGING)_/, 422],
  [/_NOT_FOUND$|^TABLE_MISSING$/, 404],
  [/^KQL_INTERNAL/, 500],
  [/^KQL_(?:SERVICE|TIMEOUT|UNAVAILABLE)/, 503],
  [/^KQL_/, 400],
  [/DISK_FULL|DISK_LOW|NO_SPACE|ENOSPC/, 507],
  [/_EXISTS$|_CONFLICT$|_IN_USE$|_TAKEN$|_PAUSED$|_RUNNING$|_BUSY$|_NOT_REMOVABLE$|_BUILTIN$/, 409],
  [/^QUERY_(?:CANCELLED|CANCELED)/, 409],
  [/^(?:QUERY|ENGINE)_(?:TIMEOUT|MEMORY|LIMIT|RESULT_TOO_LARGE)/, 422],
  [/^ENGINE_/, 503],
  [/^(?:NOT_BUILT|NO_PROJECT_ROOT|STATE_|DATA_FOLDER|ARCHIVE_|INGEST_|SECRET_)/, 500],
];

/**
 * HTTP status for an error code.
 * @param retryable whether trying again, unchanged, can succeed: then 503, else 422 (understood and refused).
 */
export function statusOf(code: string, retryable = false): number {
  if (Object.hasOwn(apiStatus, code)) return apiStatus[code as ApiErrorCode];
  const rule = rules.find(([pattern]) => pattern.test(code));
  if (rule) return rule[1];
  return retryable ? 503 : 422;
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Refused',
  429: 'Too many attempts',
  500: 'Internal error',
  503: 'Not available now',
  507: 'No space left',
};

/** Short name of a class of problems. */
export function titleOf(status: number): string {
  return titles[status] ?? 'Error';
}
