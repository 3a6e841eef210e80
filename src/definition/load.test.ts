import { describe, expect, it } from 'vitest';
import { loadDefinition } from './load.ts';
import { bend, dcr, definition, file, packageOf, poller, table } from './testing/packages.ts';

function findings(files: Parameters<typeof loadDefinition>[0]): string[] {
  return loadDefinition(files).diagnostics.map(({ code, severity, place }) =>
    `${severity} ${code} ${place?.path ?? ''}`.trim(),
  );
}

describe('a complete package', () => {
  const loaded = loadDefinition(packageOf());

  it('loads without a finding', () => {
    expect(loaded.diagnostics).toEqual([]);
  });

  it('gives streams, flows and tables in our own terms', () => {
    expect(loaded.streams).toEqual([
      {
        name: 'Custom-Acme',
        columns: [
          { name: 'ts', type: 'datetime' },
          { name: 'who', type: 'dynamic' },
        ],
      },
    ]);
    expect(loaded.dataFlows).toEqual([
      {
        ordinal: 0,
        streams: ['Custom-Acme'],
        transformKql: 'source\n| extend TimeGenerated = ts',
        table: 'Acme_CL',
      },
    ]);
    expect(loaded.tables).toEqual([
      {
        name: 'Acme_CL',
        declared: true,
        retentionDays: 30,
        columns: [
          { name: 'TimeGenerated', type: 'datetime' },
          { name: 'who', type: 'dynamic' },
          { name: 'uid', type: 'guid' },
        ],
      },
    ]);
  });

  it('gives the page with the table name put in', () => {
    expect(loaded.id).toBe('Acme');
    expect(loaded.ui).toMatchObject({
      title: 'Acme audit',
      isPreview: true,
      matchSomeCriterion: false,
      graphQueries: [{ metricName: 'Total', legend: 'In Acme_CL', baseQuery: 'Acme_CL' }],
      sampleQueries: [{ description: 'All', query: 'Acme_CL | take 10' }],
      connectivityCriteria: [{ type: 'HasDataConnectors', value: [] }],
      permissions: {
        resourceProvider: [],
        customs: [{ name: 'Key', description: 'A key.' }],
        licenses: ['Mtp'],
        tenant: [],
      },
    });
    expect(loaded.ui.instructionSteps[0]?.instructions[0]).toMatchObject({
      type: 'ContextPane',
      parameters: { label: 'Add' },
    });
    expect(loaded.ui.instructionSteps[0]?.instructions[0]?.steps[0]?.instructions).toHaveLength(4);
  });

  it('gives the inputs', () => {
    expect(loaded.inputs).toEqual([
      {
        name: 'host',
        label: 'Host',
        kind: 'text',
        secret: false,
        masked: false,
        required: true,
        declared: true,
      },
      {
        name: 'user',
        label: 'User',
        kind: 'text',
        secret: true,
        masked: false,
        required: true,
        declared: true,
      },
      {
        name: 'key',
        label: 'Key',
        kind: 'secret',
        secret: true,
        masked: true,
        required: true,
        declared: true,
      },
      {
        name: 'note',
        label: 'Note',
        kind: 'text',
        secret: false,
        masked: false,
        required: false,
        declared: true,
      },
    ]);
  });

  it('keeps the poller as published', () => {
    expect(loaded.pollers).toEqual([
      { name: 'AcmeEvents', kind: 'RestApiPoller', file: 'poller.json', path: '$', raw: poller },
    ]);
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(loaded.ui.instructionSteps[0]?.instructions[0]?.parameters)).toBe(true);
    expect(Object.isFrozen(loaded.pollers[0]?.raw['properties'])).toBe(true);
    expect(Object.isFrozen(loaded.diagnostics)).toBe(true);
  });

  it('has a hash of its files, whatever their order', () => {
    const files = packageOf();
    expect(loadDefinition([...files].reverse()).hash).toBe(loaded.hash);
    expect(loaded.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(loadDefinition([...files, file('x.json', {})]).hash).not.toBe(loaded.hash);
    expect(
      loadDefinition(files.map((f) => (f.file === 'dcr.json' ? { ...f, text: `${f.text} ` } : f))).hash,
    ).not.toBe(loaded.hash);
  });
});

describe('forms of files', () => {
  const expected = loadDefinition(packageOf());

  it('does not go by names, and takes several resources in one file', () => {
    const loaded = loadDefinition([file('anything.json', [table, poller, [dcr][0], definition])]);
    expect(loaded.diagnostics).toEqual([]);
    expect({ ...loaded, hash: '', files: [], pollers: [] }).toEqual({
      ...expected,
      hash: '',
      files: [],
      pollers: [],
    });
    expect(loaded.pollers[0]?.path).toBe('$[1]');
  });

  it('takes one-element arrays, a byte order mark, CRLF, comments, trailing commas and single quotes', () => {
    const crlf = (value: unknown) =>
      `\uFEFF// a comment\r\n${JSON.stringify([value], null, 2).replaceAll('\n', '\r\n')}`;
    const lenient = `{ 'type': 'Microsoft.OperationalInsights/workspaces/tables', /* x */ name: "Acme_CL", 'properties': ${JSON.stringify(table.properties)}, }`;
    const files = [
      file('a.json', crlf(definition)),
      file('b.json', crlf(poller)),
      file('c.json', crlf(dcr)),
      file('d.json', lenient),
    ];
    const loaded = loadDefinition(files);
    expect(loaded.diagnostics).toEqual([]);
    expect(loaded.tables).toEqual(expected.tables);
    expect(loaded.inputs).toEqual(expected.inputs);
  });

  it('recognises a resource by its shape when its type is wrong', () => {
    const { type: _, ...untyped } = poller;
    const files = packageOf({
      table: { ...table, type: 'Microsoft.OperationalInsights/workspaces' },
      poller: untyped,
    });
    expect(loadDefinition(files).diagnostics).toEqual([]);
  });

  it('leaves out what is no part of a connector, and says so', () => {
    const files = [
      ...packageOf(),
      file('mainTemplate.json', { $schema: 'x', resources: [{ ...definition, name: 'Other' }] }),
      file('legacy.json', {
        type: 'a/dataConnectors',
        kind: 'APIPolling',
        properties: { pollingConfig: {}, connectorUiConfig: { title: 'Old' } },
      }),
      file('sub/poller.json', poller),
      file('parser.yaml', 'a: b'),
      file('README.md', '#'),
    ];
    const loaded = loadDefinition(files, { skipped: ['Parsers'] });
    expect(loaded.diagnostics.map((d) => [d.severity, d.code, d.place?.file])).toEqual([
      ['info', 'FILE_IGNORED', 'Parsers'],
      ['info', 'FILE_IGNORED', 'mainTemplate.json'],
      ['info', 'FILE_IGNORED', 'legacy.json'],
      ['info', 'FILE_IGNORED', 'sub/poller.json'],
      ['info', 'FILE_IGNORED', 'parser.yaml'],
    ]);
    expect(loaded.ui.title).toBe('Acme audit');
    expect(loaded.pollers).toHaveLength(1);
  });

  it('puts a logo file in', () => {
    const withLogo = bend(definition, { 'properties.connectorUiConfig.logo': 'acme.svg' });
    const loaded = loadDefinition([...packageOf({ definition: withLogo }), file('acme.svg', '<svg/>')]);
    expect(loaded.ui.logo).toBe('<svg/>');
    expect(loaded.diagnostics).toEqual([]);
  });
});

describe('missing parts', () => {
  it('derives the page from the pollers when there is no definition', () => {
    const loaded = loadDefinition(packageOf({ definition: null }));
    expect(loaded.diagnostics.map((d) => [d.severity, d.code])).toEqual([['warning', 'DEFINITION_MISSING']]);
    expect(loaded.id).toBe('Acme');
    expect(loaded.inputs.map((i) => [i.name, i.kind, i.secret, i.declared])).toEqual([
      ['user', 'secret', true, false],
      ['key', 'secret', true, false],
      ['host', 'text', false, false],
    ]);
    expect(loaded.ui.dataTypes[0]?.name).toBe('Acme_CL');
    const pane = loaded.ui.instructionSteps[0]?.instructions[1];
    expect(pane?.steps[0]?.instructions.map((i) => i.parameters['name'])).toEqual(['user', 'key', 'host']);
  });

  it('takes the usable part of a definition from a deployment template', () => {
    const cut = {
      resources: [
        {
          properties: {
            mainTemplate: {
              resources: [
                {
                  ...definition,
                  properties: { connectorUiConfig: { id: 'Acme', title: 'Acme', __elided__: 'rest' } },
                },
              ],
            },
          },
        },
      ],
    };
    const loaded = loadDefinition([...packageOf({ definition: null }), file('mainTemplate.json', cut)]);
    expect(loaded.diagnostics.map((d) => d.code)).toEqual(['FILE_IGNORED', 'DEFINITION_PARTIAL']);
    expect(loaded.ui.title).toBe('Acme');
    expect(loaded.ui.instructionSteps).not.toHaveLength(0);
  });

  it('passes records on unchanged when there is no data collection rule', () => {
    const loaded = loadDefinition(packageOf({ dcr: null }));
    expect(loaded.diagnostics.map((d) => [d.severity, d.code])).toEqual([['warning', 'DCR_MISSING']]);
    expect(loaded.dataFlows).toEqual([
      { ordinal: 0, streams: ['Custom-Acme'], transformKql: 'source', table: 'Acme_CL' },
    ]);
    expect(loaded.streams[0]?.columns).toEqual(loaded.tables[0]?.columns);
  });

  it('leaves columns open when there is no table', () => {
    const loaded = loadDefinition(packageOf({ table: null }));
    expect(loaded.diagnostics.map((d) => [d.severity, d.code])).toEqual([['info', 'TABLE_INFERRED']]);
    expect(loaded.tables).toEqual([{ name: 'Acme_CL', columns: [], declared: false }]);
  });

  it('loads nothing at all', () => {
    const loaded = loadDefinition([], { folder: 'empty one' });
    expect(loaded.id).toBe('empty-one');
    expect(loaded.diagnostics.map((d) => d.code)).toEqual(['DEFINITION_MISSING', 'POLLER_MISSING']);
  });
});

describe('bad input', () => {
  const inPoller = (changes: Record<string, unknown>) => packageOf({ poller: bend(poller, changes) });
  const inDcr = (changes: Record<string, unknown>) => packageOf({ dcr: bend(dcr, changes) });
  const inTable = (changes: Record<string, unknown>) => packageOf({ table: bend(table, changes) });
  const columns = 'properties.schema.columns';

  it.each([
    ['unknown kind', inPoller({ kind: 'Restful' }), 'error KIND_UNKNOWN $.kind'],
    ['known kind', inPoller({ kind: 'Push' }), 'error KIND_UNSUPPORTED $.kind'],
    ['no auth', inPoller({ 'properties.auth': undefined }), 'error AUTH_MISSING $.properties'],
    [
      'unknown auth',
      inPoller({ 'properties.auth.type': 'Basik' }),
      'error AUTH_TYPE_UNKNOWN $.properties.auth.type',
    ],
    [
      'unsupported auth',
      inPoller({ 'properties.auth.type': 'OAuth2' }),
      'error AUTH_TYPE_UNSUPPORTED $.properties.auth.type',
    ],
    [
      'jwt',
      inPoller({ 'properties.auth.type': 'jwttoken' }),
      'error AUTH_TYPE_UNSUPPORTED $.properties.auth.type',
    ],
    [
      'no password',
      inPoller({ 'properties.auth.Password': undefined }),
      'error AUTH_FIELD_MISSING $.properties.auth',
    ],
    [
      'unknown paging',
      inPoller({ 'properties.paging.pagingType': 'Cursor' }),
      'error PAGING_TYPE_UNKNOWN $.properties.paging.pagingType',
    ],
    [
      'link header',
      inPoller({ 'properties.paging.pagingType': 'LinkHeader' }),
      'error PAGING_TYPE_UNSUPPORTED $.properties.paging.pagingType',
    ],
    [
      'counted pages',
      inPoller({ 'properties.paging.pagingType': 'CountBasedPaging' }),
      'error PAGING_TYPE_UNSUPPORTED $.properties.paging.pagingType',
    ],
    [
      'no offset name',
      inPoller({ 'properties.paging.offsetParaName': undefined }),
      'error PAGING_FIELD_MISSING $.properties.paging',
    ],
    [
      'no token path',
      inPoller({ 'properties.paging': { pagingType: 'NextPageToken', nextPageParaName: 'c' } }),
      'error PAGING_FIELD_MISSING $.properties.paging',
    ],
    [
      'placement',
      inPoller({ 'properties.paging.pagingInfoPlacement': 'Header' }),
      'error PAGING_PLACEMENT_UNKNOWN $.properties.paging.pagingInfoPlacement',
    ],
    [
      'page size',
      inPoller({ 'properties.paging.pageSize': 'many' }),
      'error VALUE_TYPE $.properties.paging.pageSize',
    ],
    ['no request', inPoller({ 'properties.request': undefined }), 'error REQUEST_MISSING $.properties'],
    [
      'no endpoint',
      inPoller({ 'properties.request.apiEndpoint': undefined }),
      'error ENDPOINT_MISSING $.properties.request',
    ],
    [
      'relative endpoint',
      inPoller({ 'properties.request.apiEndpoint': '/v1' }),
      'error ENDPOINT_INVALID $.properties.request.apiEndpoint',
    ],
    [
      'method',
      inPoller({ 'properties.request.httpMethod': 'PUT' }),
      'error METHOD_UNSUPPORTED $.properties.request.httpMethod',
    ],
    [
      'headers',
      inPoller({ 'properties.request.headers': 'a: b' }),
      'error VALUE_TYPE $.properties.request.headers',
    ],
    [
      'long timeout',
      inPoller({ 'properties.request.timeoutInSeconds': 600 }),
      'warning VALUE_RANGE $.properties.request.timeoutInSeconds',
    ],
    [
      'misspelt setting',
      inPoller({ 'properties.request.startTimeAtributeName': 'x' }),
      'warning PROPERTY_UNKNOWN $.properties.request.startTimeAtributeName',
    ],
    [
      'ignored setting',
      inPoller({ 'properties.request.rateLimitConfig': {} }),
      'info PROPERTY_IGNORED $.properties.request.rateLimitConfig',
    ],
    [
      'csv',
      inPoller({ 'properties.response.format': 'csv' }),
      'error RESPONSE_FORMAT_UNSUPPORTED $.properties.response.format',
    ],
    [
      'deflate',
      inPoller({ 'properties.response.compressionAlgo': 'deflate' }),
      'error RESPONSE_FEATURE_UNSUPPORTED $.properties.response.compressionAlgo',
    ],
    [
      'bad events path',
      inPoller({ 'properties.response': { eventsJsonPaths: ['$.a', '$.['] } }),
      'error JSON_PATH_INVALID $.properties.response.eventsJsonPaths[1]',
    ],
    [
      'bad token path',
      inPoller({
        'properties.paging': {
          pagingType: 'PersistentToken',
          nextPageParaName: 'c',
          nextPageTokenJsonPath: '$.a[x',
        },
      }),
      'error JSON_PATH_INVALID $.properties.paging.nextPageTokenJsonPath',
    ],
    [
      'steps',
      inPoller({ 'properties.stepInfo': { nextSteps: [] } }),
      'error STEPS_UNSUPPORTED $.properties.stepInfo',
    ],
    [
      'server transform',
      inPoller({ 'properties.extra': { transformName: '/x' } }),
      'error SERVER_TRANSFORM_UNSUPPORTED $.properties.extra.transformName',
    ],
    [
      'fan-out',
      inPoller({ 'properties.request.apiEndpoint': 'https://{{host}}/{{commaSeparatedArray}}' }),
      'error COPY_UNSUPPORTED $.properties.request.apiEndpoint',
    ],
    ['copy', inPoller({ copy: { count: 2 } }), 'error COPY_UNSUPPORTED $.copy'],
    [
      'no stream',
      inPoller({ 'properties.dcrConfig.streamName': undefined }),
      'error STREAM_MISSING $.properties.dcrConfig',
    ],
    [
      'undeclared stream',
      inPoller({ 'properties.dcrConfig.streamName': 'Custom-Other' }),
      'error STREAM_UNDECLARED $.properties.dcrConfig.streamName',
    ],
    [
      'bad expression in the endpoint',
      inPoller({ 'properties.request.apiEndpoint': "[[concat('https://'parameters('host'))]" }),
      'error TEMPLATE_SYNTAX $.properties.request.apiEndpoint',
    ],
    [
      'unknown function in auth',
      inPoller({ 'properties.auth.Password': "[[secret('x')]" }),
      'error TEMPLATE_FUNCTION_UNKNOWN $.properties.auth.Password',
    ],
    [
      'bad expression in the name',
      inPoller({ name: "[[concat('parameters('workspace')', 'x')]" }),
      'warning CONNECTION_NAME_TEMPLATE $.name',
    ],
    [
      'bad extension',
      inPoller({ 'properties.sluice': { recordKey: { paths: [] } } }),
      'error EXTENSION_INVALID $.properties.sluice.recordKey',
    ],
    [
      'flow without a stream',
      inDcr({ 'properties.dataFlows': [{ outputStream: 'Custom-Acme_CL' }] }),
      'error FLOW_INVALID $.properties.dataFlows[0]',
    ],
    ['no flow', inDcr({ 'properties.dataFlows': [] }), 'error FLOW_INVALID $'],
    [
      'flow of an undeclared stream',
      inDcr({ 'properties.dataFlows': [{ streams: ['Custom-No'], outputStream: 'Custom-Acme_CL' }] }),
      'error STREAM_UNDECLARED',
    ],
    [
      'stream type',
      inDcr({ 'properties.streamDeclarations.Custom-Acme.columns': [{ name: 'a', type: 'text' }] }),
      "error COLUMN_TYPE_UNKNOWN $.properties.streamDeclarations['Custom-Acme'].columns[0].type",
    ],
    [
      'table type',
      inTable({
        [columns]: [
          { name: 'TimeGenerated', type: 'datetime' },
          { name: 'a', type: 'text' },
        ],
      }),
      'error COLUMN_TYPE_UNKNOWN $.properties.schema.columns[1].type',
    ],
    [
      'nameless column',
      inTable({ [columns]: [{ name: 'TimeGenerated', type: 'datetime' }, { type: 'string' }] }),
      'error COLUMN_INVALID $.properties.schema.columns[1]',
    ],
    [
      'reserved column',
      inTable({
        [columns]: [
          { name: 'TimeGenerated', type: 'datetime' },
          { name: '_ItemId', type: 'string' },
        ],
      }),
      'warning COLUMN_RESERVED $.properties.schema.columns',
    ],
    [
      'doubled column',
      inTable({
        [columns]: [
          { name: 'TimeGenerated', type: 'datetime' },
          { name: 'a', type: 'int' },
          { name: 'a', type: 'int' },
        ],
      }),
      'warning COLUMN_DUPLICATE $.properties.schema.columns[2]',
    ],
    [
      'no TimeGenerated',
      inTable({ [columns]: [{ name: 'a', type: 'int' }] }),
      'warning TABLE_NO_TIME $.properties.schema.columns',
    ],
    [
      'two tables of one name',
      packageOf({ table: [table, bend(table, { 'properties.schema.name': 'acme_cl' })] }),
      'warning TABLE_DUPLICATE',
    ],
    [
      'two definitions',
      packageOf({ definition: [definition, definition] }),
      'warning DEFINITION_AMBIGUOUS $[1]',
    ],
    ['no JSON', [...packageOf(), file('broken.json', '{ "a": [1, }')], 'error FILE_UNREADABLE'],
  ])('%s', (_, files, expected) => {
    expect(findings(files)).toContain(expected);
  });

  it('says in which line JSON is broken', () => {
    const [finding] = loadDefinition([file('broken.json', '{\n  "a": [1,\n  ?')]).diagnostics;
    expect(finding).toMatchObject({ code: 'FILE_UNREADABLE', place: { file: 'broken.json' } });
    expect(finding?.message).toContain('line 3');
  });

  it('gives every finding a hint', () => {
    for (const { code, hint } of loadDefinition(
      inPoller({ 'properties.auth.type': 'x', 'properties.paging.pagingType': 'y' }),
    ).diagnostics)
      expect(hint, code).toMatch(/\S/);
  });

  it.each([
    null,
    1,
    'text',
    [],
    [1, null],
    {},
    { properties: null },
    { type: 5, properties: [] },
    { type: 'a/dataConnectors' },
    { type: 'a/tables', properties: { schema: 7 } },
    { type: 'a/dataCollectionRules', properties: 'x' },
    {
      type: 'a/dataConnectorDefinitions',
      properties: { connectorUiConfig: { instructionSteps: [null, 'x', { instructions: [3] }] } },
    },
  ])('never throws: %j', (content) => {
    expect(() => loadDefinition([file('x.json', JSON.stringify(content))])).not.toThrow();
  });
});
