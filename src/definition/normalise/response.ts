import { checkJsonPath } from '../json-paths.ts';
import type { ResponseConfig } from '../model.ts';
import { items, type JsonNode, member, scalarText } from '../tree.ts';
import {
  compact,
  isOpen,
  type Reading,
  readFlag,
  readJsonPath,
  readName,
  readText,
  reportUnknown,
} from './reader.ts';

const used = [
  'eventsJsonPaths',
  'format',
  'successStatusJsonPath',
  'successStatusValue',
  'isGzipCompressed',
  'compressionAlgo',
  'convertChildPropertiesToArray',
];
const ignored = ['csvDelimiter', 'hasCsvHeader', 'hasCsvBoundary', 'csvEscape'];

/** An empty path means the root (CCF §3.5). */
function readEventPaths(node: JsonNode | undefined, reading: Reading): string[] {
  const paths = items(member(node, 'eventsJsonPaths')).flatMap((item) => {
    const path = scalarText(item);
    if (path === undefined) {
      reading.report.error('VALUE_TYPE', 'eventsJsonPaths must be a list of texts', item);
      return [];
    }
    if (path.trim() === '') return ['$'];
    return isOpen(item, reading) || checkJsonPath(path.trim(), item, reading.report) ? [path.trim()] : [];
  });
  return paths.length > 0 ? paths : ['$'];
}

function checkSupported(node: JsonNode | undefined, reading: Reading): void {
  const formatNode = member(node, 'format');
  const format = (readName(node, reading, 'format') ?? 'json').toLowerCase();
  if (format !== 'json' && !isOpen(formatNode, reading))
    reading.report.error(
      'RESPONSE_FORMAT_UNSUPPORTED',
      `response format ${format} is not read by this version`,
      formatNode,
    );
  const algorithm = member(node, 'compressionAlgo');
  if (algorithm && !isOpen(algorithm, reading) && scalarText(algorithm)?.toLowerCase() !== 'gzip')
    reading.report.error(
      'RESPONSE_FEATURE_UNSUPPORTED',
      'compressionAlgo other than gzip is not supported',
      algorithm,
    );
  if (readFlag(node, reading, false, 'convertChildPropertiesToArray'))
    reading.report.error(
      'RESPONSE_FEATURE_UNSUPPORTED',
      'convertChildPropertiesToArray is not supported',
      node,
    );
}

/** `properties.response` with the defaults of CCF §3.5. Unsupported settings are reported as errors. */
export function readResponse(properties: JsonNode, reading: Reading): ResponseConfig {
  const node = member(properties, 'response');
  reportUnknown(node, reading, { used, ignored });
  checkSupported(node, reading);
  return compact<ResponseConfig>({
    eventsJsonPaths: readEventPaths(node, reading),
    format: 'json',
    successStatusJsonPath: readJsonPath(node, reading, 'successStatusJsonPath'),
    successStatusValue: readText(node, reading, 'successStatusValue'),
    isGzipCompressed: readFlag(node, reading, false, 'isGzipCompressed'),
  });
}
