import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../core/entry.ts';
import { parseJsonPath, queryJson } from '../core/json-path.ts';
import { bindPollers } from './bind.ts';
import { loadDefinitionFolder } from './folder.ts';
import { gridValue, maskedResource } from './masked-resource.ts';
import type { Definition, PollerConfig } from './model.ts';
import { walkInstructions } from './steps.ts';

const root = join(projectRoot(), 'connectors');
const subfolders = (path: string) =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
const folders = subfolders(root).flatMap((vendor) =>
  subfolders(join(root, vendor)).map((name) => join(vendor, name)),
);
const values: Record<string, string> = {
  baseUrl: 'http://127.0.0.1:8123/',
  userEmail: 'ann@acme.example',
  apiToken: 'tok-1234',
  apiKey: 'key-1234',
  organizationId: 'org-1',
};

interface Exchange {
  request: { path: string; query: Record<string, string> };
  response: { status: number; body: unknown };
}

function exchanges(folder: string): Exchange[] {
  const path = join(root, folder, 'fixtures');
  return readdirSync(path)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(path, name), 'utf8')) as Exchange);
}

function expectedRows(folder: string): Record<string, unknown>[] {
  const text = readFileSync(join(root, folder, 'expected.ndjson'), 'utf8').trim();
  return text.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** `a[]` and `a` name the list whose elements are records. */
function recordsOf(exchange: Exchange, poller: PollerConfig): unknown[] {
  return poller.response.eventsJsonPaths
    .flatMap((path) => queryJson(exchange.response.body, parseJsonPath(path)))
    .flat();
}

function given(definition: Definition): Record<string, string> {
  return Object.fromEntries(definition.inputs.map(({ name }) => [name, values[name] ?? '']));
}

it('there are three', () => {
  expect(folders).toHaveLength(3);
});

describe.each(folders)('%s', (folder) => {
  let definition: Definition;
  let poller: PollerConfig;
  let records: unknown[];
  beforeAll(async () => {
    definition = await loadDefinitionFolder(join(root, folder));
    const bound = bindPollers(definition, given(definition), { connectionName: 'test' });
    expect(bound.diagnostics.filter((d) => d.code !== 'ENDPOINT_REPAIRED')).toEqual([]);
    poller = bound.pollers[0]!;
    records = exchanges(folder)
      .filter((e) => e.response.status === 200)
      .flatMap((e) => recordsOf(e, poller));
  });

  it('loads without any finding and binds', () => {
    expect(definition.diagnostics).toEqual([]);
    expect(definition.pollers).toHaveLength(1);
    expect(poller.request.apiEndpoint).toMatch(/^http:\/\/127\.0\.0\.1:8123\/\w/);
  });

  it('takes a host or an address', () => {
    const endpoint = (baseUrl: string) =>
      bindPollers(definition, { ...given(definition), baseUrl }, { connectionName: 'x' }).pollers[0]?.request
        .apiEndpoint;
    expect(endpoint('site.acme.example')).toBe(endpoint('https://site.acme.example'));
    expect(endpoint('site.acme.example')).toMatch(/^https:\/\/site\.acme\.example\//);
  });

  it("asks the fixtures' paths with its own parameter names", () => {
    const names = new Set([
      poller.request.startTimeAttributeName,
      poller.request.endTimeAttributeName,
      poller.paging.offsetParaName,
      poller.paging.nextPageParaName,
      poller.paging.pageSizeParameterName,
      ...Object.keys(poller.request.queryParameters),
    ]);
    const shape = (path: string) => path.replace(/\/orgs\/[^/]+/, '/orgs/x');
    for (const { request } of exchanges(folder)) {
      expect(shape(request.path)).toBe(shape(new URL(poller.request.apiEndpoint).pathname));
      for (const name of Object.keys(request.query)) expect(names, name).toContain(name);
      expect(request.query[poller.paging.pageSizeParameterName!]).toBe(String(poller.paging.pageSize));
    }
  });

  it('has a complete page', () => {
    const { ui } = definition;
    expect(ui.descriptionMarkdown.length).toBeGreaterThan(200);
    expect(ui.logo).toMatch(/^<svg /);
    expect(ui.sampleQueries.length).toBeGreaterThanOrEqual(5);
    expect(ui.graphQueries.length).toBeGreaterThanOrEqual(2);
    expect(ui.dataTypes.map((type) => type.name)).toEqual(definition.tables.map((table) => table.name));
    expect(ui.connectivityCriteria).toEqual([{ type: 'HasDataConnectors', value: [] }]);
    expect(ui.permissions.customs.length).toBeGreaterThan(0);
    expect(JSON.stringify(ui)).not.toContain('{{');
    const types: string[] = [];
    walkInstructions(ui.instructionSteps, ({ type }) => types.push(type));
    expect(types.slice(0, 2)).toEqual(['DataConnectorsGrid', 'ContextPane']);
    expect(definition.inputs.every((input) => input.declared && input.required)).toBe(true);
  });

  it('shows each grid column, without secrets', () => {
    const resource = maskedResource(definition, definition.pollers[0]!, given(definition));
    const grid = definition.ui.instructionSteps
      .flatMap((step) => step.instructions)
      .find(({ type }) => type === 'DataConnectorsGrid');
    const mapping = (grid?.parameters['mapping'] ?? []) as { columnValue: string }[];
    expect(mapping.length).toBeGreaterThan(0);
    for (const { columnValue } of mapping) expect(gridValue(resource, columnValue)).toMatch(/\w/);
    expect(JSON.stringify(resource)).not.toMatch(/tok-1234|key-1234|ann@/);
  });

  it('names record keys that its records have', () => {
    expect(records.length).toBeGreaterThan(2);
    const key = poller.recordKey!;
    const keys = records.map((record) =>
      JSON.stringify(key.paths.map((path) => queryJson(record, parseJsonPath(path)))),
    );
    if (key.unique) expect(new Set(keys).size).toBe(records.length);
    for (const path of [...key.paths, poller.eventTimePath!])
      expect(
        records.some((record) => queryJson(record, parseJsonPath(path)).length > 0),
        path,
      ).toBe(true);
  });

  it('declares a stream column for every member that its transform reads, and fills every column of its table', () => {
    const flow = definition.dataFlows[0]!;
    const trimmed = flow.transformKql
      .split('\n')
      .slice(2)
      .map((line) => line.trim().replace(/,$/, ''));
    expect(trimmed.map((line) => line.split(' = ')[0])).toEqual(
      definition.tables[0]?.columns.map((column) => column.name),
    );
    const declared = new Set(definition.streams[0]?.columns.map((column) => column.name));
    for (const line of trimmed) {
      const [, source = line] = line.split(' = ');
      const read = /^\w+/.exec(source.replace(/^\w+\(/, ''))?.[0];
      if (read) expect(declared, line).toContain(read);
    }
  });

  it('expects one row for each record of its fixtures, with the columns of the table', () => {
    const rows = expectedRows(folder);
    expect(rows).toHaveLength(records.length);
    for (const row of rows)
      expect(Object.keys(row)).toEqual(definition.tables[0]?.columns.map((column) => column.name));
    for (const row of rows) expect(row['TimeGenerated']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
  });
});

const corpus = join(projectRoot(), '..', 'shared', 'corpus', 'ccf');
const pairs = [
  ['jira-audit', 'AtlassianJiraAudit'],
  ['confluence-audit', 'AtlassianConfluenceAudit'],
] as const;

describe.runIf(existsSync(corpus))('tables shared with published definitions', () => {
  it.each(pairs)('%s agrees with %s', async (own, published) => {
    const [ours, theirs] = await Promise.all([
      loadDefinitionFolder(join(root, 'atlassian', own)),
      loadDefinitionFolder(join(corpus, published)),
    ]);
    expect(ours.tables[0]?.name).toBe(theirs.tables[0]?.name);
    for (const column of theirs.tables[0]?.columns ?? [])
      expect(ours.tables[0]?.columns).toContainEqual(column);
  });

  it('organization-audit has every column that the published transform makes', async () => {
    const ours = await loadDefinitionFolder(join(root, 'atlassian', 'organization-audit'));
    const theirs = await loadDefinitionFolder(join(corpus, 'AtlassianOrganizationAudit'));
    const made = [...theirs.dataFlows[0]!.transformKql.matchAll(/(\w+)=(\w+)\(/g)].map(([, name, call]) => ({
      name,
      type: { tostring: 'string', todynamic: 'dynamic', todatetime: 'datetime', now: 'datetime' }[call!],
    }));
    expect(made).toHaveLength(18);
    for (const column of made) expect(ours.tables[0]?.columns).toContainEqual(column);
  });
});
