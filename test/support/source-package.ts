/** A small connector package of our own, to be spoiled in one place by each test. */
export interface PackageParts {
  readonly auth?: Readonly<Record<string, unknown>>;
  readonly paging?: Readonly<Record<string, unknown>>;
  readonly eventsJsonPaths?: readonly string[];
  readonly streamName?: string;
  readonly transformKql?: string;
  readonly columns?: readonly { readonly name: string; readonly type: string }[];
  readonly tableColumns?: readonly { readonly name: string; readonly type: string }[];
  readonly table?: string;
  readonly id?: string;
}

export function sourcePackage(endpoint: string, parts: PackageParts = {}): { file: string; text: string }[] {
  const id = parts.id ?? 'AcmeAudit';
  const table = parts.table ?? `${id}_CL`;
  const columns = parts.columns ?? [
    { name: 'id', type: 'string' },
    { name: 'occurred', type: 'datetime' },
    { name: 'size', type: 'long' },
  ];
  const tableColumns = parts.tableColumns ?? [
    { name: 'TimeGenerated', type: 'datetime' },
    { name: 'Id', type: 'string' },
    { name: 'Size', type: 'long' },
  ];
  const definition = {
    name: id,
    type: 'Microsoft.SecurityInsights/dataConnectorDefinitions',
    kind: 'Customizable',
    properties: {
      connectorUiConfig: {
        id,
        title: id,
        publisher: 'Acme',
        descriptionMarkdown: 'Made for a test.',
        graphQueriesTableName: table,
        graphQueries: [{ metricName: 'Events', legend: 'Events', baseQuery: '{{graphQueriesTableName}}' }],
        sampleQueries: [{ description: 'All', query: '{{graphQueriesTableName}} | take 10' }],
        dataTypes: [{ name: table, lastDataReceivedQuery: `${table} | summarize Time = max(TimeGenerated)` }],
        connectivityCriteria: [{ type: 'HasDataConnectors' }],
        permissions: {},
        instructionSteps: [
          {
            instructions: [
              { type: 'Textbox', parameters: { label: 'Key', name: 'apiKey', type: 'password' } },
            ],
          },
        ],
      },
    },
  };
  const poller = {
    name: `${id}Poller`,
    type: 'Microsoft.SecurityInsights/dataConnectors',
    kind: 'RestApiPoller',
    properties: {
      connectorDefinitionName: id,
      dataType: table,
      dcrConfig: { streamName: parts.streamName ?? `Custom-${id}` },
      auth: parts.auth ?? { type: 'APIKey', apiKey: '{{apiKey}}', apiKeyName: 'X-Key' },
      request: {
        apiEndpoint: endpoint,
        httpMethod: 'GET',
        queryWindowInMin: 1,
        retryCount: 1,
        timeoutInSeconds: 5,
        startTimeAttributeName: 'from',
        endTimeAttributeName: 'to',
      },
      ...(parts.paging ? { paging: parts.paging } : {}),
      response: { eventsJsonPaths: parts.eventsJsonPaths ?? ['$.items'], format: 'json' },
    },
  };
  const dcr = {
    name: `${id}Dcr`,
    type: 'Microsoft.Insights/dataCollectionRules',
    properties: {
      streamDeclarations: { [`Custom-${id}`]: { columns } },
      destinations: { logAnalytics: [{ name: 'ws' }] },
      dataFlows: [
        {
          streams: [`Custom-${id}`],
          destinations: ['ws'],
          transformKql:
            parts.transformKql ?? 'source | project TimeGenerated = occurred, Id = id, Size = size',
          outputStream: `Custom-${table}`,
        },
      ],
    },
  };
  const tables = {
    name: table,
    type: 'Microsoft.OperationalInsights/workspaces/tables',
    properties: { schema: { name: table, columns: tableColumns } },
  };
  return Object.entries({ definition, poller, dcr, tables }).map(([name, value]) => ({
    file: `${name}.json`,
    text: JSON.stringify(value, undefined, 2),
  }));
}
