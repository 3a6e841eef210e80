import type { ConnectorUi } from './model.ts';
import type { Report } from './report.ts';
import { readSteps } from './steps.ts';
import { descend, items, type JsonNode, member, scalarText } from './tree.ts';

/** `connectorUiConfig` as read; parts that are absent are undefined so that they can be derived. */
export interface UiParts {
  readonly id?: string;
  readonly title?: string;
  readonly ui: Omit<ConnectorUi, 'title'>;
}

type Fill = (text: string) => string;

function text(node: JsonNode | undefined, name: string): string {
  return scalarText(member(node, name)) ?? '';
}

function fillerOf(config: JsonNode | undefined): Fill {
  const table = scalarText(member(config, 'graphQueriesTableName'));
  return table === undefined
    ? (value) => value
    : (value) => value.replace(/\{\{graphQueriesTableName\}\}/gi, () => table);
}

function readQueries(
  config: JsonNode | undefined,
  fill: Fill,
): Pick<ConnectorUi, 'graphQueries' | 'sampleQueries' | 'dataTypes'> {
  return {
    graphQueries: items(member(config, 'graphQueries')).map((node) => ({
      metricName: text(node, 'metricName'),
      legend: fill(text(node, 'legend')),
      baseQuery: fill(text(node, 'baseQuery')),
    })),
    sampleQueries: items(member(config, 'sampleQueries')).map((node) => ({
      description: fill(text(node, 'description')),
      query: fill(text(node, 'query')),
    })),
    dataTypes: items(member(config, 'dataTypes')).map((node) => ({
      name: fill(text(node, 'name')),
      lastDataReceivedQuery: fill(text(node, 'lastDataReceivedQuery')),
    })),
  };
}

function texts(node: JsonNode | undefined): string[] {
  return items(node)
    .map(scalarText)
    .filter((value) => value !== undefined);
}

function readPermissions(config: JsonNode | undefined): ConnectorUi['permissions'] {
  const node = member(config, 'permissions');
  return {
    resourceProvider: items(member(node, 'resourceProvider')).map((entry) => ({
      provider: text(entry, 'provider'),
      providerDisplayName: text(entry, 'providerDisplayName'),
      permissionsDisplayText: text(entry, 'permissionsDisplayText'),
      scope: text(entry, 'scope'),
    })),
    customs: items(member(node, 'customs')).map((entry) => ({
      name: text(entry, 'name'),
      description: text(entry, 'description'),
    })),
    licenses: texts(member(node, 'licenses')),
    tenant: texts(member(node, 'tenant')),
  };
}

function readCriteria(config: JsonNode | undefined, fill: Fill): ConnectorUi['connectivityCriteria'] {
  return items(member(config, 'connectivityCriteria', 'connectivityCriterias')).map((node) => ({
    type: text(node, 'type'),
    value: texts(member(node, 'value')).map(fill),
  }));
}

function isTrue(node: JsonNode | undefined): boolean {
  return scalarText(node)?.toLowerCase() === 'true';
}

/** Reads `connectorUiConfig`; CCF §2. `resource` undefined gives an empty page to be filled by derivation. */
export function readUi(resource: JsonNode | undefined, report: Report): UiParts {
  const config = descend(resource, 'properties', 'connectorUiConfig');
  if (resource && !config) report.warning('UI_INCOMPLETE', 'connectorUiConfig is missing', resource);
  const fill = fillerOf(config);
  const id = scalarText(member(config, 'id'))?.trim();
  const title = scalarText(member(config, 'title'))?.trim();
  const logo = scalarText(member(config, 'logo'));
  const availability = member(config, 'availability') ?? member(resource, 'availability');
  const criteria = readCriteria(config, fill);
  return {
    ...(id ? { id } : {}),
    ...(title ? { title } : {}),
    ui: {
      publisher: text(config, 'publisher'),
      descriptionMarkdown: text(config, 'descriptionMarkdown'),
      ...(logo ? { logo } : {}),
      isPreview: isTrue(member(availability, 'isPreview')),
      ...readQueries(config, fill),
      connectivityCriteria: criteria.length > 0 ? criteria : [{ type: 'HasDataConnectors', value: [] }],
      matchSomeCriterion: isTrue(member(config, 'isConnectivityCriteriasMatchSome')),
      permissions: readPermissions(config),
      instructionSteps: readSteps(member(config, 'instructionSteps')),
    },
  };
}
