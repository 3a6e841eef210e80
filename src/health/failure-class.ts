/** How failures are told apart in health rows (spec CCF §6.2), with the code that the published runtime shows (§6.3). */
export type FailureClass =
  | 'auth'
  | 'config'
  | 'throttled'
  | 'remote-unavailable'
  | 'payload'
  | 'destination'
  | 'internal';

const byCode: Readonly<Record<string, FailureClass>> = {
  AUTH_REFUSED: 'auth',
  THROTTLED: 'throttled',
  HTTP_UNREACHABLE: 'remote-unavailable',
  HTTP_TIMEOUT: 'remote-unavailable',
  RESPONSE_TRUNCATED: 'payload',
  RESPONSE_TOO_LARGE: 'payload',
  RESPONSE_ENCODING: 'payload',
  RESPONSE_HTML: 'payload',
  RESPONSE_NOT_SUCCESSFUL: 'payload',
  RUN_FAILED: 'internal',
  INTERNAL: 'internal',
};
const byPrefix: readonly (readonly [string, FailureClass])[] = [
  ['ENGINE_', 'destination'],
  ['INGEST_', 'destination'],
  ['ARCHIVE_', 'destination'],
  ['STATE_', 'destination'],
  ['JSON_', 'payload'],
  ['PAGING_', 'payload'],
  ['AUTH_', 'auth'],
];

/** Anything that is not known otherwise is for a person to set right: configuration. */
export function failureClass(code: string, statusCode?: number): FailureClass {
  if (code === 'HTTP_STATUS' && statusCode !== undefined && statusCode >= 500) return 'remote-unavailable';
  return byCode[code] ?? byPrefix.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'config';
}

const published: Readonly<Record<FailureClass, string>> = {
  auth: 'RES40001',
  config: 'RES40002',
  internal: 'RES40005',
  destination: 'RES40005',
  throttled: 'RES40009',
  'remote-unavailable': 'RES40009',
  payload: 'RES40005',
};

export function publishedCode(code: string, kind: FailureClass): string {
  if (code === 'HTTP_ADDRESS_REFUSED') return 'RES40012';
  if (code === 'HTTP_TIMEOUT') return 'RES40007';
  if (code === 'RESPONSE_NOT_SUCCESSFUL') return 'RES50020';
  return published[kind];
}
