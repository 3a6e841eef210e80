import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasErrors } from '../core/diagnostics.ts';
import { projectRoot } from '../core/entry.ts';
import { bindPollers } from './bind.ts';
import { formatCheck } from './check.ts';
import { loadDefinitionFolder } from './folder.ts';
import { maskedResource } from './masked-resource.ts';
import type { Definition } from './model.ts';

const corpus = join(projectRoot(), '..', 'shared', 'corpus', 'ccf');
const present = existsSync(corpus);
if (!present && process.env['CI']) throw new Error(`the published packages are missing: ${corpus}`);
if (!present) console.log('published packages not found; their tests are left out');

const folders = present
  ? readdirSync(corpus, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
  : [];

/** A plausible value for every input. */
function valuesFor(definition: Definition): Record<string, string | string[]> {
  // A host with its scheme serves templates that prepend one and templates that do not.
  const value = (name: string) =>
    /url|host|domain|endpoint|fqdn/i.test(name)
      ? 'https://acme.example'
      : /interval|window/i.test(name)
        ? '15'
        : `value-of-${name}`;
  return Object.fromEntries(
    definition.inputs.map((input) => [input.name, input.options?.[0]?.key ?? value(input.name)]),
  );
}

describe.runIf(present)('published packages', () => {
  it('are all there', () => {
    expect(folders.length).toBeGreaterThanOrEqual(33);
  });

  it.each(folders)('%s loads, binds and prints without throwing', async (name) => {
    const loaded = await loadDefinitionFolder(join(corpus, name));
    const values = valuesFor(loaded);
    const bound = bindPollers(loaded, values, { connectionName: 'test' });
    for (const diagnostic of [...loaded.diagnostics, ...bound.diagnostics]) {
      expect(diagnostic.code).toMatch(/^[A-Z][A-Z0-9_]+$/);
      expect(diagnostic.message).not.toBe('');
      // Every published template parses where it matters, every path is one that Sluice reads, every column type is known.
      expect(diagnostic.code).not.toMatch(
        /^(TEMPLATE_|JSON_PATH_|COLUMN_TYPE|FILE_UNREADABLE|VALUE_TYPE|KIND_UNKNOWN|AUTH_TYPE_UNKNOWN|PAGING_TYPE_UNKNOWN)/,
      );
    }
    for (const poller of loaded.pollers) maskedResource(loaded, poller, values);
    if (!hasErrors(loaded.diagnostics)) expect(bound.pollers).toHaveLength(loaded.pollers.length);
    expect(formatCheck(loaded, bound.diagnostics)).toContain(loaded.ui.title);
  });

  const jira = { jiraorganizationurl: 'acme.example', userid: 'ann', apikey: 'key' };
  const confluence = { confluenceorganizationurl: 'acme.example', userid: 'ann', apikey: 'key' };
  const organization = {
    atlassianApiBaseUrl: 'https://api.acme.example',
    organizationId: 'org-1',
    apiKey: 'key',
    friendlyName: 'acme',
  };

  it.each([
    [
      'AtlassianJiraAudit',
      jira,
      'https://acme.example/rest/api/3/auditing/record',
      'Offset',
      'Jira_Audit_v2_CL',
      19,
    ],
    [
      'AtlassianConfluenceAudit',
      confluence,
      'https://acme.example/wiki/rest/api/audit',
      'Offset',
      'ConfluenceAuditLogs_CL',
      30,
    ],
    [
      'AtlassianOrganizationAudit',
      organization,
      'https://api.acme.example/admin/v1/orgs/org-1/events-stream',
      'PersistentToken',
      'AtlassianAuditEvents_CL',
      0,
    ],
  ])('%s runs', async (name, parameters, endpoint, paging, table, columns) => {
    const loaded = await loadDefinitionFolder(join(corpus, name));
    expect(loaded.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
    const bound = bindPollers(loaded, parameters, { connectionName: 'test' });
    expect(bound.diagnostics).toEqual([]);
    expect(bound.pollers).toHaveLength(1);
    expect(bound.pollers[0]).toMatchObject({ request: { apiEndpoint: endpoint }, paging: { type: paging } });
    expect(loaded.dataFlows.map((flow) => flow.table)).toEqual([table]);
    expect(loaded.dataFlows[0]?.transformKql).not.toContain('\r');
    expect(loaded.tables.map((t) => [t.name, t.columns.length])).toEqual([[table, columns]]);
    expect(loaded.inputs.map((input) => input.name).sort()).toEqual(Object.keys(parameters).sort());
  });

  it('takes from a cut template what is usable', async () => {
    const loaded = await loadDefinitionFolder(join(corpus, 'AtlassianOrganizationAudit'));
    expect(loaded.ui).toMatchObject({
      title: 'Atlassian Organization Audit Events (via Codeless Connector Framework)',
      publisher: 'Atlassian',
    });
    expect(loaded.tables).toEqual([
      { name: 'AtlassianAuditEvents_CL', columns: [], declared: false, retentionDays: 180 },
    ]);
    expect(loaded.inputs.filter((input) => input.secret).map((input) => input.name)).toEqual(['apiKey']);
    expect(loaded.diagnostics.find((d) => d.code === 'CONNECTION_NAME_TEMPLATE')?.severity).toBe('warning');
  });
});
