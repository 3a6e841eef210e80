import type { PollerConfig } from '../model.ts';
import { createReport } from '../report.ts';
import { descend, entries, items, type JsonNode, member } from '../tree.ts';
import { readAuth } from './auth.ts';
import { readExtension } from './extension.ts';
import { readPaging } from './paging.ts';
import { compact, type Reading, readFlag, readName, readTextMap, reportUnknown } from './reader.ts';
import { readRequest } from './request.ts';
import { readResponse } from './response.ts';

const used = [
  'auth',
  'request',
  'response',
  'paging',
  'dcrConfig',
  'addOnAttributes',
  'isActive',
  'connectorDefinitionName',
  'dataType',
  'stepInfo',
  'stepCollectorConfigs',
  'shouldJoinNestedData',
  'joinedDataStepName',
  'extra',
  'sluice',
];

const unsupportedKinds: ReadonlySet<string> = new Set([
  'push',
  'gcp',
  'amazonwebservicess3',
  'storageaccountblobcontainer',
  'websocket',
  'oci',
  'purviewaudit',
  'alicloud',
  'apipolling',
]);

/** True for the kind that runs; others are reported. */
export function checkKind(kind: string, place: JsonNode, reading: Reading): boolean {
  if (kind.toLowerCase() === 'restapipoller') return true;
  if (unsupportedKinds.has(kind.toLowerCase()))
    reading.report.error(
      'KIND_UNSUPPORTED',
      `connections of kind ${kind} are not run by this version`,
      place,
    );
  else reading.report.error('KIND_UNKNOWN', `connection kind '${kind}' does not exist`, place);
  return false;
}

function checkSupported(properties: JsonNode, resource: JsonNode, reading: Reading): void {
  const steps = member(properties, 'stepInfo', 'stepCollectorConfigs');
  if (steps && entries(steps).length > 0)
    reading.report.error('STEPS_UNSUPPORTED', 'nested polling steps are not run by this version', steps);
  for (const [name, node] of entries(member(properties, 'extra')))
    if (/transformName$/i.test(name.trim()))
      reading.report.error(
        'SERVER_TRANSFORM_UNSUPPORTED',
        "a transform of the vendor's service is needed",
        node,
      );
  const copy = member(resource, 'copy');
  if (copy && items(copy).length > 0)
    reading.report.error('COPY_UNSUPPORTED', 'copy loops are not run by this version', copy);
}

/** CCF places isActive in `properties`, a community guide in `request`; either can switch the poller off. */
function readActive(properties: JsonNode, reading: Reading): boolean {
  return (
    readFlag(properties, reading, true, 'isActive') &&
    readFlag(member(properties, 'request'), reading, true, 'isActive')
  );
}

function readStreamName(properties: JsonNode, reading: Reading): string | undefined {
  const config = member(properties, 'dcrConfig');
  const name = readName(config, reading, 'streamName');
  if (name === undefined)
    reading.report.error('STREAM_MISSING', 'dcrConfig.streamName is missing', config ?? properties);
  return name;
}

/**
 * A connection resource as the configuration that the poller runs.
 * @param resource the resource, templates resolved unless `reading.unbound`
 * @returns undefined when an error was reported
 */
export function normalisePoller(
  resource: JsonNode,
  name: string,
  reading: Reading,
): PollerConfig | undefined {
  const inner = { report: createReport(), unbound: reading.unbound };
  const properties = descend(resource, 'properties') ?? {
    ...resource,
    value: {},
    path: `${resource.path}.properties`,
  };
  reportUnknown(properties, inner, { used });
  checkSupported(properties, resource, inner);
  const auth = readAuth(properties, inner);
  const request = readRequest(properties, inner);
  const paging = readPaging(properties, inner);
  const response = readResponse(properties, inner);
  const streamName = readStreamName(properties, inner);
  const rest = {
    addOnAttributes: readTextMap(member(properties, 'addOnAttributes'), inner),
    isActive: readActive(properties, inner),
    ...readExtension(properties, inner),
  };
  for (const diagnostic of inner.report.list) reading.report.copy(diagnostic);
  if (inner.report.list.some((diagnostic) => diagnostic.severity === 'error')) return undefined;
  if (!auth || !request || !paging || streamName === undefined) return undefined;
  return compact<PollerConfig>({ name, auth, request, paging, response, streamName, ...rest });
}
