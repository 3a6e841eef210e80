/** Simulator, Sluice and the three connections, as the equality and kill tests need them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ApiName,
  type AtlassianSimulator,
  startAtlassianSimulator,
} from '../../simulators/atlassian/index.ts';
import { runSluice } from './cli.ts';
import {
  archivedRecords,
  archivedSet,
  difference,
  type Multiset,
  publishedSet,
  type Range,
  storedSet,
} from './equality.ts';
import { type ApiClient, insertsDone } from './sluice-process.ts';

export interface Source {
  readonly api: ApiName;
  readonly connection: string;
  readonly table: string;
}

export const sources: readonly Source[] = [
  { api: 'jira', connection: 'jira', table: 'Jira_Audit_v2_CL' },
  { api: 'confluence', connection: 'confluence', table: 'ConfluenceAuditLogs_CL' },
  { api: 'org', connection: 'organization', table: 'AtlassianAuditEvents_CL' },
];

export const dayMs = 86_400_000;

export function temporaryFolder(name: string): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), `sluice-${name}-`));
  return {
    path,
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }),
  };
}

/** A simulator with its hazards at their default rates. */
export function simulator(
  folder: string,
  history: { days: number; records: number },
  rate = 20,
): Promise<AtlassianSimulator> {
  return startAtlassianSimulator({
    folder: join(folder, 'simulator'),
    history,
    seed: 'equality',
    settings: { world: { rate } },
  });
}

/** Our own connectors, over HTTP. */
export async function connectOwn(
  api: ApiClient,
  sim: AtlassianSimulator,
  start: string,
  only: readonly Source[] = sources,
): Promise<void> {
  const { credentials: c, baseUrl } = sim;
  const product = { baseUrl, userEmail: c.email, apiToken: c.apiToken };
  const inputs = {
    jira: { definitionId: 'SluiceJiraAudit', parameters: product },
    confluence: { definitionId: 'SluiceConfluenceAudit', parameters: product },
    org: {
      definitionId: 'SluiceOrganizationAudit',
      parameters: { baseUrl, organizationId: c.orgId, apiKey: c.orgApiKey },
    },
  };
  for (const source of only) {
    await api.call('POST', '/connections', {
      ...inputs[source.api],
      name: source.connection,
      start,
      options: { delayMinutes: 0, queryWindowMinutes: 60 },
    });
  }
}

/** Published definitions, unmodified, deployed by the command line, over HTTPS with the vendor's host names. */
export async function connectPublished(options: {
  readonly dataFolder: string;
  readonly sim: AtlassianSimulator;
  readonly corpus: string;
  readonly start: string;
}): Promise<void> {
  const { sim, dataFolder } = options;
  const { credentials: c } = sim;
  const address = new URL(sim.httpsUrl!).host;
  const login = [`userid=${c.email}`, `apikey=${c.apiToken}`];
  const inputs = {
    jira: { folder: 'AtlassianJiraAudit', parameters: [`jiraorganizationurl=${c.siteHost}`, ...login] },
    confluence: {
      folder: 'AtlassianConfluenceAudit',
      parameters: [`confluenceorganizationurl=${c.siteHost}`, ...login],
    },
    org: {
      folder: 'AtlassianOrganizationAudit',
      parameters: [
        'atlassianApiBaseUrl=https://api.atlassian.com',
        `organizationId=${c.orgId}`,
        `apiKey=${c.orgApiKey}`,
        'friendlyName=acme',
      ],
    },
  };
  const network = [
    '--ca-file',
    sim.caFile!,
    '--resolve',
    `${c.siteHost}=${address}`,
    `api.atlassian.com=${address}`,
    '--delay-minutes',
    '0',
  ];
  for (const source of sources) {
    const { folder, parameters } = inputs[source.api];
    const result = await runSluice([
      'deploy',
      join(options.corpus, folder),
      '--parameters',
      ...parameters,
      '--connection-name',
      source.connection,
      '--start',
      options.start,
      ...network,
      '--data',
      dataFolder,
    ]);
    if (result.code !== 0)
      throw new Error(`sluice deploy ${folder} ended with ${result.code}:\n${result.stderr}`);
  }
}

export interface Comparison {
  readonly published: Multiset;
  readonly archiveDifference: readonly string[];
  readonly tableDifference: readonly string[];
}

/**
 * The three multisets of one source over a range, as differences from what was published.
 * The connection is paused meanwhile: a run between the two reads would make them differ.
 */
export async function compareSource(options: {
  readonly api: ApiClient;
  readonly sim: AtlassianSimulator;
  readonly dataFolder: string;
  readonly source: Source;
  readonly range: Range;
}): Promise<Comparison> {
  const { api, sim, source, range, dataFolder } = options;
  const { id } = await api.call<{ id: string }>('POST', `/connections/${source.connection}:pause`);
  await insertsDone(api, source.connection);
  const published = publishedSet(sim.control.ledger(source.api), range);
  const archived = await archivedRecords({ dataFolder, connectionId: id, api: source.api });
  const stored = await storedSet(api, source.table, archived, range);
  await api.call('POST', `/connections/${source.connection}:resume`);
  return {
    published,
    archiveDifference: difference(published, archivedSet(archived, range)),
    tableDifference: difference(published, stored),
  };
}
