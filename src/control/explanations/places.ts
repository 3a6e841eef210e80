/** Places in a connection resource, as names from its root. */
const properties = (...names: string[]): readonly string[] => ['properties', ...names];

export const places = {
  auth: properties('auth'),
  endpoint: properties('request', 'apiEndpoint'),
  method: properties('request', 'httpMethod'),
  headers: properties('request', 'headers'),
  parameters: properties('request', 'queryParameters'),
  template: properties('request', 'queryParametersTemplate'),
  timeFormat: properties('request', 'queryTimeFormat'),
  timeout: properties('request', 'timeoutInSeconds'),
  rate: properties('request', 'rateLimitQPS'),
  window: properties('request', 'queryWindowInMin'),
  paging: properties('paging'),
  pageSize: properties('paging', 'pageSize'),
  nextToken: properties('paging', 'nextPageTokenJsonPath'),
  events: properties('response', 'eventsJsonPaths'),
  success: properties('response', 'successStatusJsonPath'),
  gzip: properties('response', 'isGzipCompressed'),
  format: properties('response', 'format'),
} as const;
