import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindPollers } from './bind.ts';
import { loadDefinition } from './load.ts';
import { bend, definition, packageOf, poller } from './testing/packages.ts';

const given = { host: 'api.acme.example', user: 'ann', key: 'pa55 word' };
const options = { connectionName: 'one' };

function bindBent(
  changes: Readonly<Record<string, unknown>>,
  parameters: Readonly<Record<string, string | string[]>> = given,
) {
  return bindPollers(loadDefinition(packageOf({ poller: bend(poller, changes) })), parameters, options);
}

function codes(diagnostics: readonly { code: string; severity: string }[]): string[] {
  return diagnostics.map(({ code, severity }) => `${severity} ${code}`);
}

describe('bindPollers', () => {
  it('gives the whole configuration with defaults', () => {
    const bound = bindBent({});
    expect(bound.diagnostics).toEqual([]);
    expect(bound.pollers).toEqual([
      {
        name: 'AcmeEvents',
        auth: { type: 'Basic', userName: 'ann', password: 'pa55 word' },
        request: {
          apiEndpoint: 'https://api.acme.example/v1/events',
          httpMethod: 'GET',
          queryWindowMinutes: 5,
          startTimeAttributeName: 'from',
          endTimeAttributeName: 'to',
          queryParameters: {},
          isPostPayloadJson: false,
          headers: {},
          retryCount: 3,
          timeoutSeconds: 20,
        },
        paging: {
          type: 'Offset',
          pageSize: 500,
          pageSizeParameterName: 'top',
          pagingQueryParamOnly: false,
          offsetParaName: 'skip',
        },
        response: { eventsJsonPaths: ['$.events'], format: 'json', isGzipCompressed: false },
        streamName: 'Custom-Acme',
        addOnAttributes: {},
        isActive: true,
      },
    ]);
    expect(Object.isFrozen(bound.pollers[0]?.request.headers)).toBe(true);
  });

  it('reads numbers and booleans written as text, any case of names, and both page size names', () => {
    const [config] = bindBent({
      'properties.request': {
        APIENDPOINT: 'https://{{HOST}}/x',
        HttpMethod: 'post',
        queryWindowInMin: '15',
        queryWindowDelayInMin: '7',
        rateLimitQps: '0.5',
        'retryCount ': '2',
        timeoutInSeconds: 60,
        isPostPayloadJson: 'True',
        QueryParameters: { limit: 10, all: true, q: 'a {_QueryWindowStartTime}' },
        queryParametersTemplate: '{"a": "{{user}}"}',
        Headers: { 'X-Count': 3, Accept: 'application/json' },
      },
      'properties.paging': {
        PagingType: 'nextpagetoken',
        PageSizeParameterName: 'n',
        PageSize: 50,
        nextPageTokenJsonPath: '$.next',
        nextPageParaName: 'c',
        hasNextFlagJsonPath: '$.more',
        pagingInfoPlacement: 'requestbody',
        pagingQueryParamOnly: 'true',
      },
    }).pollers;
    expect(config?.request).toMatchObject({
      apiEndpoint: 'https://api.acme.example/x',
      httpMethod: 'POST',
      queryWindowMinutes: 15,
      queryWindowDelayMinutes: 7,
      rateLimitQps: 0.5,
      retryCount: 2,
      timeoutSeconds: 60,
      isPostPayloadJson: true,
      queryParameters: { limit: 10, all: true, q: 'a {_QueryWindowStartTime}' },
      queryParametersTemplate: '{"a": "ann"}',
      headers: { 'X-Count': '3', Accept: 'application/json' },
    });
    expect(config?.paging).toMatchObject({
      type: 'NextPageToken',
      pageSizeParameterName: 'n',
      pageSize: 50,
      placement: 'RequestBody',
      pagingQueryParamOnly: true,
    });
  });

  it('takes a rate limit of 0 as none, and long time-outs as 180 s', () => {
    const { pollers, diagnostics } = bindBent({
      'properties.request.rateLimitQPS': 0,
      'properties.request.timeoutInSeconds': 600,
    });
    expect(pollers[0]?.request.rateLimitQps).toBeUndefined();
    expect(pollers[0]?.request.timeoutSeconds).toBe(180);
    expect(codes(diagnostics)).toEqual(['warning VALUE_RANGE']);
  });

  it('tells an absent key name from an empty one', () => {
    const auth = (extra: object) =>
      bindBent({
        'properties.auth': { type: 'apikey', ApiKey: '{{key}}', ...extra },
        'properties.addOnAttributes': { u: '{{user}}' },
      }).pollers[0]?.auth;
    expect(auth({})).toEqual({ type: 'APIKey', apiKey: 'pa55 word', inPostPayload: false });
    expect(auth({ apiKeyName: '' })).toEqual({
      type: 'APIKey',
      apiKey: 'pa55 word',
      apiKeyName: '',
      inPostPayload: false,
    });
    expect(auth({ APIKeyName: 'X-Key', APIKeyIdentifier: '', IsApiKeyInPostPayload: true })).toEqual({
      type: 'APIKey',
      apiKey: 'pa55 word',
      apiKeyName: 'X-Key',
      apiKeyIdentifier: '',
      inPostPayload: true,
    });
  });

  it('takes None, an absent paging section and an empty events path', () => {
    const [config] = bindBent({
      'properties.auth': { type: 'None' },
      'properties.paging': undefined,
      'properties.response': { eventsJsonPaths: [''] },
    }).pollers;
    expect(config).toMatchObject({
      auth: { type: 'None' },
      paging: { type: 'None' },
      response: { eventsJsonPaths: ['$'] },
    });
  });

  it('finds isActive in either place', () => {
    expect(bindBent({ 'properties.isActive': false }).pollers[0]?.isActive).toBe(false);
    expect(bindBent({ 'properties.request.isActive': 'false' }).pollers[0]?.isActive).toBe(false);
    expect(bindBent({ 'properties.isActive': true }).pollers[0]?.isActive).toBe(true);
  });

  it('reads our own settings', () => {
    const sluice = {
      recordKey: { paths: ['$.id', '$.at'], unique: true },
      eventTimePath: '$.at',
      delayInMin: 2,
      overlapInMin: '15',
    };
    expect(bindBent({ 'properties.sluice': sluice }).pollers[0]).toMatchObject({
      recordKey: { paths: ['$.id', '$.at'], unique: true },
      eventTimePath: '$.at',
      delayMinutes: 2,
      overlapMinutes: 15,
    });
  });

  it('joins an address without doubling scheme or slash, and says so', () => {
    const bound = bindBent({}, { ...given, host: 'http://127.0.0.1:8080/' });
    expect(bound.pollers[0]?.request.apiEndpoint).toBe('http://127.0.0.1:8080/v1/events');
    expect(codes(bound.diagnostics)).toEqual(['warning ENDPOINT_REPAIRED']);
    expect(bindBent({}, { ...given, host: ' api.acme.example ' }).pollers[0]?.request.apiEndpoint).toBe(
      'https://api.acme.example/v1/events',
    );
  });

  it('refuses an address that is none, without showing it', () => {
    const bound = bindBent({}, { ...given, host: 'not a host' });
    expect(bound.pollers).toEqual([]);
    expect(codes(bound.diagnostics)).toEqual(['error ENDPOINT_INVALID']);
    expect(JSON.stringify(bound.diagnostics)).not.toContain('not a host');
  });

  it('names each value that is missing or superfluous', () => {
    const bound = bindBent({}, { HOST: 'h.example', other: 'x' });
    expect(bound.pollers).toEqual([]);
    expect(bound.diagnostics.map((d) => [d.severity, d.code, d.message])).toEqual([
      ['error', 'PARAMETER_MISSING', "a value for 'User' (user) is missing"],
      ['error', 'PARAMETER_MISSING', "a value for 'Key' (key) is missing"],
      ['warning', 'PARAMETER_UNKNOWN', "the definition does not use the value 'other'"],
    ]);
  });

  it('reports an expression that fails, and leaves that poller out only', () => {
    const second = bend(poller, {
      name: 'Second',
      'properties.request.queryWindowInMin': "[[int(parameters('user'))]",
    });
    const bound = bindPollers(loadDefinition(packageOf({ poller: [poller, second] })), given, options);
    expect(bound.pollers.map((p) => p.name)).toEqual(['AcmeEvents']);
    expect(bound.diagnostics).toMatchObject([
      {
        severity: 'error',
        code: 'TEMPLATE_ARGUMENT',
        place: { file: 'poller.json', path: '$[1].properties.request.queryWindowInMin' },
      },
    ]);
  });

  it('does not care about expressions that have no effect on polling', () => {
    const bound = bindBent({
      name: "[[concat('parameters('workspace')', 'x')]",
      location: '[[nothing()]',
      'properties.dcrConfig.dataCollectionEndpoint': '[[broken(]',
    });
    expect(bound.diagnostics).toEqual([]);
    expect(bound.pollers[0]?.name).toBe('Acme');
  });

  it('leaves a poller out when its condition is false', () => {
    expect(codes(bindBent({ condition: "[[equals(parameters('user'), 'bob')]" }).diagnostics)).toEqual([
      'info CONDITION_FALSE',
    ]);
    expect(bindBent({ condition: "[[equals(parameters('user'), 'ann')]" }).pollers).toHaveLength(1);
  });

  it('gives pollers names of their own', () => {
    const names = [
      "[[concat(parameters('workspace'), '/Microsoft.SecurityInsights/', 'Acme', uniqueString(parameters('host')))]",
      '{{innerWorkspace}}/Microsoft.SecurityInsights/Acme{{host}}',
      'acme',
    ];
    const loaded = loadDefinition(packageOf({ poller: names.map((name) => ({ ...poller, name })) }));
    expect(loaded.pollers.map((p) => p.name)).toEqual(['Acme', 'Acme-2', 'acme-3']);
    expect(bindPollers(loaded, given, options).pollers.map((p) => p.name)).toEqual([
      'Acme',
      'Acme-2',
      'acme-3',
    ]);
  });

  it('puts any value in unchanged', () => {
    const loaded = loadDefinition(
      packageOf({
        poller: bend(poller, {
          'properties.request.queryParameters': { q: "[[concat('<', parameters('user'), '>')]" },
        }),
      }),
    );
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (user, key) => {
        const [config] = bindPollers(loaded, { ...given, user, key }, options).pollers;
        expect(config?.auth).toEqual({ type: 'Basic', userName: user, password: key });
        expect(config?.request.queryParameters['q']).toBe(`<${user}>`);
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it('never shows a secret in a finding, whatever is wrong', () => {
    const secret = 'k-7f3a9-secret';
    const bad: Record<string, unknown>[] = [
      { 'properties.request.apiEndpoint': 'ftp://{{key}}/' },
      { 'properties.request.queryWindowInMin': '{{key}}' },
      { 'properties.request.httpMethod': '{{key}}' },
      { 'properties.auth.type': '{{key}}' },
      { 'properties.paging.pagingType': '{{key}}' },
      { 'properties.paging.pagingInfoPlacement': '{{key}}' },
      { 'properties.response.format': '{{key}}' },
      { 'properties.request.queryWindowInMin': "[[int(parameters('key'))]" },
      { 'properties.isActive': '{{key}}' },
      { 'properties.request.headers': '{{key}}' },
      { 'properties.request.timeoutInSeconds': "[[json(parameters('key'))]" },
    ];
    for (const changes of bad) {
      const bound = bindBent(changes, { ...given, key: secret });
      expect(bound.diagnostics.length, JSON.stringify(changes)).toBeGreaterThan(0);
      expect(JSON.stringify(bound.diagnostics)).not.toContain(secret);
    }
  });
});

describe('fields of every kind', () => {
  const textbox = (name: string, extra: object = {}) => ({
    type: 'Textbox',
    parameters: { label: name, name, ...extra },
  });
  const fields = [
    {
      type: 'Dropdown',
      parameters: {
        label: 'Interval',
        name: 'interval',
        options: [
          { key: '5', text: 'five' },
          { key: '60', text: 'sixty' },
        ],
        defaultValue: '60',
      },
    },
    {
      type: 'Dropdown',
      parameters: {
        label: 'Kinds',
        name: 'kinds',
        isMultiSelect: 'true',
        options: [
          { key: 'a', text: 'A' },
          { key: 'b', text: 'B' },
        ],
        required: true,
      },
    },
    {
      type: 'Radio',
      parameters: {
        title: 'Grant',
        name: 'grant',
        validations: { required: true },
        options: [
          { label: 'Key', value: 'key', instructions: [textbox('key', { type: 'password' })] },
          { label: 'User', value: 'user', instructions: [textbox('key', { type: 'text' }), textbox('user')] },
        ],
      },
    },
    {
      type: 'InstructionStepsGroup',
      parameters: {
        title: 'More',
        instructionSteps: [
          {
            innerSteps: {
              instructions: [textbox('region', { validations: { required: 'false' }, defaultValue: 'eu' })],
            },
          },
        ],
      },
    },
    textbox('optional', { required: false }),
  ];
  const withFields = bend(definition, {
    'properties.connectorUiConfig.instructionSteps': [{ instructions: fields }],
  });
  const using = bend(poller, {
    'properties.auth': { type: 'APIKey', apiKey: '{{key}}' },
    'properties.request.queryWindowInMin': "[[int(parameters('interval')[0])]",
    'properties.request.queryParameters': {
      kinds: '{{kinds}}',
      first: '{{kinds}}[0]',
      region: '{{region}}',
      extra: '{{optional}}',
      u: '{{user}}',
    },
    'properties.addOnAttributes': { grant: "[[if(equals(parameters('grant'), 'key'), 'Key', 'User')]" },
    'properties.request.apiEndpoint': 'https://acme.example/',
  });
  const loaded = loadDefinition(packageOf({ definition: withFields, poller: using }));

  it('are found at any depth', () => {
    expect(loaded.diagnostics).toEqual([]);
    expect(loaded.inputs.map((i) => [i.name, i.kind, i.required, i.secret])).toEqual([
      ['interval', 'select', true, false],
      ['kinds', 'multiselect', true, false],
      ['grant', 'select', true, false],
      ['key', 'secret', false, true],
      ['user', 'text', false, false],
      ['region', 'text', false, false],
      ['optional', 'text', false, false],
    ]);
    expect(
      loaded.ui.instructionSteps[0]?.instructions[2]?.steps.map((s) => [s.title, s.instructions.length]),
    ).toEqual([
      ['Key', 1],
      ['User', 2],
    ]);
  });

  it('bind, drop-downs as lists', () => {
    const bound = bindPollers(
      loaded,
      { kinds: ['b', 'a'], grant: 'key', key: 'k', optional: '-NA-' },
      options,
    );
    expect(bound.diagnostics).toEqual([]);
    expect(bound.pollers[0]).toMatchObject({
      auth: { type: 'APIKey', apiKey: 'k' },
      request: {
        queryWindowMinutes: 60,
        queryParameters: { kinds: 'b,a', first: 'b', region: 'eu', extra: '', u: '' },
      },
      addOnAttributes: { grant: 'Key' },
    });
  });

  it('refuse a value that is not offered', () => {
    const bound = bindPollers(loaded, { kinds: ['c'], grant: 'key', key: 'k' }, options);
    expect(bound.diagnostics).toMatchObject([{ severity: 'error', code: 'PARAMETER_INVALID' }]);
  });

  it('of an OAuth form have their fixed names', () => {
    const oauth = bend(definition, {
      'properties.connectorUiConfig.instructionSteps': [
        { instructions: [{ type: 'OAuthForm', parameters: { ClientIdLabel: 'App' } }] },
      ],
    });
    expect(
      loadDefinition(packageOf({ definition: oauth }))
        .inputs.slice(0, 3)
        .map((i) => [i.name, i.label, i.kind]),
    ).toEqual([
      ['ClientId', 'App', 'text'],
      ['ClientSecret', 'Client secret', 'secret'],
      ['AuthorizationCode', 'Authorization code', 'oauth'],
    ]);
  });
});
