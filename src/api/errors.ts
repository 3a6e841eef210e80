/** Codes that the HTTP API itself raises; what services raise is listed by their own modules. */
export const apiErrors = {
  INTERNAL: {
    summary: 'The server met an error it did not expect.',
    hint: 'Look up the requestId in the server log and report it.',
  },
  VALIDATION_FAILED: {
    summary: 'The request does not have the documented shape.',
    hint: 'Correct the fields named in `errors`; the shapes are in /api/openapi.json.',
  },
  BODY_MALFORMED: {
    summary: 'The request body is not valid JSON.',
    hint: 'Send a JSON document encoded as UTF-8.',
  },
  BODY_TOO_LARGE: {
    summary: 'The request body is larger than allowed.',
    hint: 'Send fewer or smaller files.',
  },
  MEDIA_TYPE_UNSUPPORTED: {
    summary: 'The content type of the request is not supported.',
    hint: 'Send `Content-Type: application/json`.',
  },
  BAD_REQUEST: { summary: 'The request could not be read as HTTP.', hint: 'Check the URL and the headers.' },
  ROUTE_NOT_FOUND: {
    summary: 'No such address in the API.',
    hint: 'The addresses are listed in /api/openapi.json.',
  },
  UNAUTHENTICATED: {
    summary: 'The request carries no valid session or token.',
    hint: 'Sign in, or send `Authorization: Bearer <token>` with a token from `sluice token create`.',
  },
  SIGN_IN_FAILED: {
    summary: 'Name or password is wrong.',
    hint: 'Check both; the first password was printed when the server started for the first time.',
  },
  SIGN_IN_THROTTLED: {
    summary: 'Too many failed sign-ins.',
    hint: 'Wait for the time in Retry-After, then try again.',
  },
  ROLE_REQUIRED: { summary: 'The role of the caller does not allow this.', hint: 'Ask an administrator.' },
  CSRF_TOKEN_MISMATCH: {
    summary: 'A write with a session carried no valid X-CSRF-Token.',
    hint: 'Send the `csrf` value of GET /api/v1/session as X-CSRF-Token; reload the page.',
  },
  ORIGIN_NOT_ALLOWED: {
    summary: 'A write came from a page of another site.',
    hint: 'Open Sluice under its own address.',
  },
  HOST_NOT_ALLOWED: {
    summary: 'The Host header names a host that this server does not answer for.',
    hint: 'Use the printed address, or start the server with --allowed-host <name>.',
  },
  LOGO_NOT_FOUND: { summary: 'The definition has no logo.', hint: 'Check `hasLogo` first.' },
  WEB_NOT_BUILT: { summary: 'The web pages are not built.', hint: 'Run `npm run build`, then reload.' },
  REQUEST_TIMEOUT: {
    summary: 'The server did not finish in time.',
    hint: 'Try again with a smaller request.',
  },
  BAD_TIME: {
    summary: 'A time is not ISO 8601.',
    hint: 'Write it as 2026-01-31T00:00:00Z.',
  },
} as const;

export type ApiErrorCode = keyof typeof apiErrors;
