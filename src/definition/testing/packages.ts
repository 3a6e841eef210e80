/** Small packages of our own for tests: a complete one, and ways to bend it. */
import type { PackageFile } from '../parse.ts';

export const poller = {
  type: 'Microsoft.SecurityInsights/dataConnectors',
  name: 'AcmeEvents',
  kind: 'RestApiPoller',
  properties: {
    connectorDefinitionName: 'Acme',
    dataType: 'Acme_CL',
    dcrConfig: { streamName: 'Custom-Acme', dataCollectionEndpoint: '{{dataCollectionEndpoint}}' },
    auth: { type: 'Basic', UserName: '{{user}}', Password: '{{key}}' },
    request: {
      apiEndpoint: 'https://{{host}}/v1/events',
      httpMethod: 'Get',
      startTimeAttributeName: 'from',
      endTimeAttributeName: 'to',
    },
    paging: { pagingType: 'Offset', offsetParaName: 'skip', pageSizeParaName: 'top', pageSize: '500' },
    response: { 'EventsJsonPaths ': ['$.events'], format: 'json' },
  },
};

export const dcr = {
  type: 'Microsoft.Insights/dataCollectionRules',
  properties: {
    streamDeclarations: {
      'Custom-Acme': {
        columns: [
          { name: 'ts', type: 'DateTime' },
          { name: 'who', type: 'dynamic' },
        ],
      },
    },
    dataFlows: [
      {
        streams: ['Custom-Acme'],
        transformKql: 'source\r| extend TimeGenerated = ts\r',
        outputStream: 'Custom-Acme_CL',
      },
    ],
  },
};

export const table = {
  type: 'Microsoft.OperationalInsights/workspaces/tables',
  name: 'Acme_CL',
  properties: {
    retentionInDays: 30,
    schema: {
      name: 'Acme_CL',
      columns: [
        { name: 'TimeGenerated', type: 'dateTime' },
        { name: 'who', type: 'dynamic' },
        { name: 'uid', type: 'Guid' },
      ],
    },
  },
};

export const definition = {
  type: 'Microsoft.SecurityInsights/dataConnectorDefinitions',
  name: 'Acme',
  kind: 'Customizable',
  properties: {
    connectorUiConfig: {
      id: 'Acme',
      title: ' Acme audit ',
      publisher: 'Acme',
      descriptionMarkdown: 'Events of Acme.',
      graphQueriesTableName: 'Acme_CL',
      graphQueries: [
        {
          metricName: 'Total',
          legend: 'In {{graphQueriesTableName}}',
          baseQuery: '{{graphQueriesTableName}}',
        },
      ],
      sampleQueries: [{ description: 'All', query: '{{graphQueriesTableName}} | take 10' }],
      dataTypes: [
        {
          name: '{{graphQueriesTableName}}',
          lastDataReceivedQuery: '{{graphQueriesTableName}} | summarize Time = max(TimeGenerated)',
        },
      ],
      connectivityCriterias: [{ type: 'HasDataConnectors' }],
      availability: { isPreview: true },
      permissions: { customs: [{ name: 'Key', description: 'A key.' }], licenses: ['Mtp'] },
      instructionSteps: [
        {
          title: 'Connect',
          instructions: [
            {
              type: 'ContextPane',
              parameters: {
                Label: 'Add',
                instructionSteps: [
                  {
                    instructions: [
                      { type: 'Textbox', parameters: { label: 'Host', name: 'host', type: 'text' } },
                      { type: 'Textbox', parameters: { label: 'User', name: 'user', type: 'securestring' } },
                      { type: 'Textbox', parameters: { label: 'Key', name: 'key', type: 'password' } },
                      { type: 'Textbox', parameters: { label: 'Note', name: 'note', type: 'text' } },
                    ],
                  },
                ],
              },
            },
          ],
        },
      ],
    },
  },
};

export type Json = Record<string, unknown>;

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Deep copy with members replaced; `undefined` removes one. Paths are dotted. */
export function bend(base: object, changes: Readonly<Record<string, unknown>>): Json {
  const copy = structuredClone(base) as Json;
  for (const [path, value] of Object.entries(changes)) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let target: Json = copy;
    for (const name of names) {
      if (!isRecord(target[name])) target[name] = {};
      target = target[name] as Json;
    }
    if (value === undefined) delete target[last];
    else target[last] = value;
  }
  return copy;
}

export function file(name: string, content: unknown): PackageFile {
  return { file: name, text: typeof content === 'string' ? content : JSON.stringify(content, null, 2) };
}

/** The complete package, each part replaceable; null leaves the part out. */
export function packageOf(
  parts: { definition?: unknown; poller?: unknown; dcr?: unknown; table?: unknown } = {},
): PackageFile[] {
  const all: [string, unknown][] = [
    ['definition.json', parts.definition === undefined ? definition : parts.definition],
    ['poller.json', parts.poller === undefined ? poller : parts.poller],
    ['dcr.json', parts.dcr === undefined ? dcr : parts.dcr],
    ['tables.json', parts.table === undefined ? table : parts.table],
  ];
  return all.filter(([, content]) => content !== null).map(([name, content]) => file(name, content));
}
