import type { z } from 'zod';
import type * as s from '../schemas.ts';

type Out<T extends z.ZodType> = z.output<T>;
export type DefinitionDetail = Out<typeof s.DefinitionDetail>;
export type Connection = Out<typeof s.Connection>;
export type RunSummary = Out<typeof s.RunSummary>;

const minute = 60_000;
const day = 24 * 3600_000;
export const iso = (ms: number) => new Date(ms).toISOString();

export const kqlColumns = [
  { name: 'TimeGenerated', type: 'datetime' },
  { name: 'Actor', type: 'string' },
  { name: 'Action', type: 'string' },
  { name: 'SourceIp', type: 'string' },
  { name: 'Details', type: 'dynamic' },
  { name: 'Count', type: 'long' },
];

interface Seed {
  readonly id: string;
  readonly title: string;
  readonly table: string;
  readonly secretLabel: string;
  readonly status: DefinitionDetail['status'];
  readonly step: DefinitionDetail['instructionSteps'];
}

const logoSvg = (letter: string, colour: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" rx="8" fill="${colour}"/>` +
  `<text x="24" y="33" font-size="26" text-anchor="middle" fill="#fff" font-family="sans-serif">${letter}</text></svg>`;
export const stubLogos: Readonly<Record<string, string>> = {
  TrackerAuditDefinition: logoSvg('T', '#2563eb'),
  WikiAuditDefinition: logoSvg('W', '#0f766e'),
};

const textbox = (name: string, label: string, type: string, placeholder: string) => ({
  type: 'Textbox',
  parameters: { name, label, type, placeholder },
  steps: [],
});

function stepsFor(label: string, secretLabel: string): DefinitionDetail['instructionSteps'] {
  const form = [
    textbox('organizationUrl', 'Organization URL', 'text', 'acme.example.com'),
    textbox('userName', 'User name', 'securestring', 'audit@example.com'),
    textbox('apiToken', secretLabel, 'password', ''),
  ];
  return [
    {
      title: `Connect ${label}`,
      description:
        'Create an API token with permission to read the audit log, then add the organization below.',
      instructions: [
        {
          type: 'Markdown',
          parameters: { content: 'Read [how to create a token](https://example.com/tokens).' },
          steps: [],
        },
        {
          type: 'DataConnectorsGrid',
          parameters: {
            mapping: [{ columnName: 'Organization URL', columnValue: 'properties.request.apiEndpoint' }],
            menuItems: ['DeleteConnector'],
          },
          steps: [],
        },
        {
          type: 'ContextPane',
          parameters: {
            label: 'Add organization',
            title: `Connect ${label}`,
            subtitle: 'Enter the sign-in values',
            isPrimary: true,
          },
          steps: [{ title: 'Connection details', instructions: form, innerSteps: [] }],
        },
      ],
      innerSteps: [],
    },
  ];
}

const seeds: readonly Seed[] = [
  {
    id: 'TrackerAuditDefinition',
    title: 'Acme Tracker Audit',
    table: 'Tracker_Audit_CL',
    secretLabel: 'API token',
    status: 'connected',
    step: stepsFor('Acme Tracker', 'API token'),
  },
  {
    id: 'WikiAuditDefinition',
    title: 'Acme Wiki Audit',
    table: 'WikiAuditLogs_CL',
    secretLabel: 'Access token',
    status: 'failing',
    step: stepsFor('Acme Wiki', 'Access token'),
  },
  {
    id: 'OrganizationAuditDefinition',
    title: 'Acme Organization Audit (Preview)',
    table: 'OrganizationAuditEvents_CL',
    secretLabel: 'API key',
    status: 'not-connected',
    step: stepsFor('Acme Organization', 'API key'),
  },
];

function inputsOf(seed: Seed): DefinitionDetail['inputs'] {
  return [
    {
      name: 'organizationUrl',
      label: 'Organization URL',
      kind: 'text',
      secret: false,
      masked: false,
      required: true,
      placeholder: 'acme.example.com',
      declared: true,
    },
    {
      name: 'userName',
      label: 'User name',
      kind: 'text',
      secret: true,
      masked: false,
      required: true,
      placeholder: 'audit@example.com',
      declared: true,
    },
    {
      name: 'apiToken',
      label: seed.secretLabel,
      kind: 'secret',
      secret: true,
      masked: true,
      required: true,
      declared: true,
    },
    {
      name: 'region',
      label: 'Region',
      kind: 'select',
      secret: false,
      masked: false,
      required: false,
      defaultValue: 'eu',
      options: [
        { key: 'eu', text: 'Europe' },
        { key: 'us', text: 'United States' },
      ],
      declared: true,
    },
  ];
}

function toDefinition(seed: Seed, now: number, index: number): DefinitionDetail {
  const query = `${seed.table}\n| sort by TimeGenerated desc`;
  return {
    id: seed.id,
    title: seed.title,
    publisher: 'Acme',
    isPreview: index === 2,
    origin: index === 2 ? 'deployed' : 'builtin',
    hasLogo: seed.id in stubLogos,
    tables: [seed.table],
    status: seed.status,
    connections: seed.status === 'not-connected' ? 0 : 1,
    lastDataAt: seed.status === 'not-connected' ? null : iso(now - (index + 1) * 3 * minute),
    sparkline:
      seed.status === 'failing'
        ? null
        : Array.from({ length: 14 }, (_, i) => (index === 2 ? 0 : (i * 37 + index * 11) % 90)),
    descriptionMarkdown: `The **${seed.title}** connector ingests audit events. Read the [API documentation](https://example.com/docs).`,
    instructionSteps: seed.step,
    inputs: inputsOf(seed),
    permissions: {
      resourceProvider: [
        {
          provider: 'Microsoft.OperationalInsights/workspaces',
          providerDisplayName: 'Workspace',
          permissionsDisplayText: 'read and write permissions are required.',
          scope: 'Workspace',
        },
      ],
      customs: [
        {
          name: `${seed.title} API access`,
          description: 'Permission to read the audit log. [More](https://example.com/permissions).',
        },
      ],
      licenses: [],
      tenant: [],
    },
    sampleQueries: [
      { description: 'Latest events', query },
      { description: 'Events by actor', query: `${seed.table}\n| summarize count() by Actor` },
    ],
    graphQueries: [{ metricName: 'Total events received', legend: seed.table, baseQuery: seed.table }],
    dataTypes: [
      { name: seed.table, lastDataReceivedQuery: `${seed.table}\n| summarize Time = max(TimeGenerated)` },
    ],
    files: [
      {
        file: 'definition.json',
        text: JSON.stringify(
          { name: seed.id, properties: { connectorUiConfig: { title: seed.title } } },
          null,
          2,
        ),
      },
    ],
    diagnostics:
      index === 1
        ? [
            {
              code: 'DEFINITION_FIELD_UNKNOWN',
              severity: 'warning',
              message: 'The field "pageSizeParaNme" is not known.',
              hint: 'Did you mean pageSizeParaName?',
              place: {
                file: 'poller.json',
                path: '$.properties.paging.pageSizeParaNme',
                line: 12,
                column: 9,
              },
            },
          ]
        : [],
  };
}

export const stubDefinitions = (now: number): DefinitionDetail[] =>
  seeds.map((seed, index) => toDefinition(seed, now, index));

export function stubRun(id: string, connectionId: string, now: number, failed = false): RunSummary {
  return {
    id,
    connectionId,
    state: failed ? 'failed' : 'succeeded',
    startedAt: iso(now - 4 * minute),
    finishedAt: iso(now - 3 * minute),
    requests: failed ? 1 : 3,
    pages: failed ? 0 : 3,
    received: failed ? 0 : 212,
    new: failed ? 0 : 187,
    duplicates: failed ? 0 : 25,
    windows: failed ? 0 : 1,
    guarantee: 'exact',
    error: failed
      ? {
          code: 'POLL_UNAUTHORIZED',
          message: 'GET https://wiki.example.com/api/audit answered 401 Unauthorized',
          hint: 'Replace the access token of the connection.',
        }
      : null,
  };
}

export function stubConnection(options: {
  readonly id: string;
  readonly name: string;
  readonly definition: DefinitionDetail;
  readonly now: number;
  readonly parameters?: Readonly<Record<string, string | string[]>>;
  readonly failing?: boolean;
}): Connection {
  const { id, name, definition, now, failing = false } = options;
  const secrets = new Set(definition.inputs.filter((i) => i.secret).map((i) => i.name));
  const given = options.parameters ?? {
    organizationUrl: 'acme.example.com',
    userName: 'audit@example.com',
    apiToken: 'stub-token-0001',
    region: 'eu',
  };
  const parameters = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      key,
      secrets.has(key) ? { set: true, last4: String(value).slice(-4), updatedAt: iso(now - day) } : value,
    ]),
  );
  return {
    id,
    name,
    definitionId: definition.id,
    definitionTitle: definition.title,
    state: failing ? 'failing' : 'ok',
    stateReason: failing ? 'The last 14 runs failed: 401 Unauthorized.' : 'The last run ended well.',
    parameters,
    options: {},
    createdAt: iso(now - 10 * day),
    pollers: [
      {
        name: 'audit',
        collectedUntil: iso(now - 5 * minute),
        hasCursor: false,
        behindSeconds: failing ? 18_000 : 120,
        tables: [...definition.tables],
      },
    ],
    lastRun: stubRun(`run-${id}`, id, now, failing),
    lastDataAt: iso(now - 5 * minute),
    nextRunAt: failing ? null : iso(now + 5 * minute),
    pendingInserts: 0,
    resources: [
      {
        name: 'audit',
        kind: 'RestApiPoller',
        properties: {
          request: {
            apiEndpoint: `https://${String(given.organizationUrl ?? 'acme.example.com')}/api/audit`,
          },
          auth: { type: 'Basic', userName: '••••••', password: '••••••' },
        },
      },
    ],
  };
}
