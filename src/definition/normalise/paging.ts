import type { PagingConfig } from '../model.ts';
import { type JsonNode, member } from '../tree.ts';
import {
  compact,
  isOpen,
  type Reading,
  readFlag,
  readJsonPath,
  readName,
  readNumber,
  reportUnknown,
} from './reader.ts';

type PagingType = PagingConfig['type'];

const types: Readonly<Record<string, PagingType>> = {
  none: 'None',
  offset: 'Offset',
  nextpagetoken: 'NextPageToken',
  persistenttoken: 'PersistentToken',
};
const unsupportedTypes: ReadonlySet<string> = new Set([
  'linkheader',
  'persistentlinkheader',
  'nextpageurl',
  'countbasedpaging',
]);

const used = [
  'pagingType',
  'pageSize',
  'pageSizeParameterName',
  'pageSizeParaName',
  'pagingInfoPlacement',
  'pagingQueryParamOnly',
  'offsetParaName',
  'offsetParameterName',
  'nextPageTokenJsonPath',
  'nextPageTokenResponseHeader',
  'nextPageParaName',
  'nextPageRequestHeader',
  'hasNextFlagJsonPath',
];

const noPaging: PagingConfig = { type: 'None', pagingQueryParamOnly: false };

function readType(node: JsonNode, reading: Reading): PagingType | undefined {
  const typeNode = member(node, 'pagingType');
  if (isOpen(typeNode, reading)) return undefined;
  const written = readName(node, reading, 'pagingType') ?? 'None';
  const type = types[written.toLowerCase()];
  if (type) return type;
  const place = typeNode ?? node;
  if (unsupportedTypes.has(written.toLowerCase()))
    reading.report.error(
      'PAGING_TYPE_UNSUPPORTED',
      `paging type ${written} is not run by this version`,
      place,
    );
  else reading.report.error('PAGING_TYPE_UNKNOWN', `paging type '${written}' does not exist`, place);
  return undefined;
}

function readPlacement(node: JsonNode, reading: Reading): PagingConfig['placement'] {
  const placementNode = member(node, 'pagingInfoPlacement');
  if (isOpen(placementNode, reading)) return undefined;
  const written = readName(node, reading, 'pagingInfoPlacement');
  if (written === undefined) return undefined;
  if (written.toLowerCase() === 'querystring') return 'QueryString';
  if (written.toLowerCase() === 'requestbody') return 'RequestBody';
  reading.report.error(
    'PAGING_PLACEMENT_UNKNOWN',
    `paging placement '${written}' does not exist`,
    placementNode,
  );
  return undefined;
}

function checkComplete(config: PagingConfig, node: JsonNode, reading: Reading): boolean {
  const missing: string[] = [];
  if (config.type === 'Offset' && config.offsetParaName === undefined) missing.push('offsetParaName');
  if (config.type === 'NextPageToken' || config.type === 'PersistentToken') {
    if (config.nextPageTokenJsonPath === undefined && config.nextPageTokenResponseHeader === undefined)
      missing.push('nextPageTokenJsonPath or nextPageTokenResponseHeader');
    if (config.nextPageParaName === undefined && config.nextPageRequestHeader === undefined)
      missing.push('nextPageParaName or nextPageRequestHeader');
  }
  for (const name of missing) reading.report.error('PAGING_FIELD_MISSING', `paging.${name} is missing`, node);
  return missing.length === 0;
}

/** `properties.paging`, absent = a single request; undefined after an error. CCF §3.4. */
export function readPaging(properties: JsonNode, reading: Reading): PagingConfig | undefined {
  const node = member(properties, 'paging');
  if (!node) return noPaging;
  const type = readType(node, reading);
  if (type === undefined) return undefined;
  reportUnknown(node, reading, { used });
  const pageSize = readNumber(node, reading, { min: 0 }, 'pageSize');
  const config = compact<PagingConfig>({
    type,
    pageSize: pageSize === 0 ? undefined : pageSize,
    pageSizeParameterName: readName(node, reading, 'pageSizeParameterName', 'pageSizeParaName'),
    placement: readPlacement(node, reading),
    pagingQueryParamOnly: readFlag(node, reading, false, 'pagingQueryParamOnly'),
    offsetParaName: readName(node, reading, 'offsetParaName', 'offsetParameterName'),
    nextPageTokenJsonPath: readJsonPath(node, reading, 'nextPageTokenJsonPath'),
    nextPageTokenResponseHeader: readName(node, reading, 'nextPageTokenResponseHeader'),
    nextPageParaName: readName(node, reading, 'nextPageParaName'),
    nextPageRequestHeader: readName(node, reading, 'nextPageRequestHeader'),
    hasNextFlagJsonPath: readJsonPath(node, reading, 'hasNextFlagJsonPath'),
  });
  return checkComplete(config, node, reading) ? config : undefined;
}
