import type { RequestConfig } from '../model.ts';
import { type JsonNode, member, scalarText } from '../tree.ts';
import { readEndpoint } from './endpoint.ts';
import {
  compact,
  isOpen,
  type Reading,
  readFlag,
  readName,
  readNumber,
  readScalarMap,
  readText,
  readTextMap,
  reportUnknown,
} from './reader.ts';

const used = [
  'apiEndpoint',
  'httpMethod',
  'queryWindowInMin',
  'queryWindowDelayInMin',
  'queryTimeFormat',
  'startTimeAttributeName',
  'endTimeAttributeName',
  'queryTimeIntervalAttributeName',
  'queryTimeIntervalPrepend',
  'queryTimeIntervalDelimiter',
  'queryParameters',
  'queryParametersTemplate',
  'isPostPayloadJson',
  'headers',
  'rateLimitQPS',
  'retryCount',
  'timeoutInSeconds',
  'isActive',
];
const ignored = [
  'rateLimitConfig',
  'paginatedCallsPerSecond',
  'logResponseContent',
  'firstWindowBackfillInMin',
  'maxParallelism',
];

function readMethod(node: JsonNode, reading: Reading): 'GET' | 'POST' {
  const methodNode = member(node, 'httpMethod');
  if (isOpen(methodNode, reading)) return 'GET';
  const method = (readName(node, reading, 'httpMethod') ?? 'GET').toUpperCase();
  if (method === 'GET' || method === 'POST') return method;
  reading.report.error('METHOD_UNSUPPORTED', `httpMethod ${method} is not supported`, methodNode);
  return 'GET';
}

/** The whole body or parameter object as text; some packages write the object itself. */
function readTemplate(node: JsonNode, reading: Reading): string | undefined {
  const template = member(node, 'queryParametersTemplate');
  if (template && scalarText(template) === undefined) return JSON.stringify(template.value);
  return readText(node, reading, 'queryParametersTemplate') || undefined;
}

/** `properties.request` with the defaults of CCF §3.3; undefined after an error that leaves no address. */
export function readRequest(properties: JsonNode, reading: Reading): RequestConfig | undefined {
  const node = member(properties, 'request');
  if (!node) {
    reading.report.error('REQUEST_MISSING', 'the poller has no request section', properties);
    return undefined;
  }
  reportUnknown(node, reading, { used, ignored });
  const apiEndpoint = readEndpoint(node, reading);
  const rateLimitQps = readNumber(node, reading, { min: 0 }, 'rateLimitQPS');
  const config = compact<RequestConfig>({
    apiEndpoint: apiEndpoint ?? '',
    httpMethod: readMethod(node, reading),
    queryWindowMinutes: readNumber(node, reading, { min: 1 }, 'queryWindowInMin') ?? 5,
    queryWindowDelayMinutes: readNumber(node, reading, { min: 0 }, 'queryWindowDelayInMin'),
    queryTimeFormat: readName(node, reading, 'queryTimeFormat'),
    startTimeAttributeName: readName(node, reading, 'startTimeAttributeName'),
    endTimeAttributeName: readName(node, reading, 'endTimeAttributeName'),
    queryTimeIntervalAttributeName: readName(node, reading, 'queryTimeIntervalAttributeName'),
    // Blanks are significant in these two: ` and x lt ` is a published delimiter.
    queryTimeIntervalPrepend: readText(node, reading, 'queryTimeIntervalPrepend'),
    queryTimeIntervalDelimiter: readText(node, reading, 'queryTimeIntervalDelimiter'),
    queryParameters: readScalarMap(member(node, 'queryParameters'), reading),
    queryParametersTemplate: readTemplate(node, reading),
    isPostPayloadJson: readFlag(node, reading, false, 'isPostPayloadJson'),
    headers: readTextMap(member(node, 'headers'), reading),
    // 0 means no limit (CCF §8 row 42).
    rateLimitQps: rateLimitQps === 0 ? undefined : rateLimitQps,
    retryCount: readNumber(node, reading, { min: 0, max: 6 }, 'retryCount') ?? 3,
    timeoutSeconds: readNumber(node, reading, { min: 1, max: 180 }, 'timeoutInSeconds') ?? 20,
  });
  return apiEndpoint === undefined ? undefined : config;
}
