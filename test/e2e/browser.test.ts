/** A person at a browser: signs in, connects through the form, sees status and graph change, runs a sample query. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AtlassianSimulator } from '../../simulators/atlassian/index.ts';
import { projectRoot } from '../../src/core/entry.ts';
import { bindPollers } from '../../src/definition/bind.ts';
import { readDefinitionFolder } from '../../src/definition/folder.ts';
import { loadDefinition } from '../../src/definition/load.ts';
import type { Definition, PollerConfig } from '../../src/definition/model.ts';
import { axeViolations, chromiumArgs, overflows, watchPage } from '../../web/scripts/page-checks.mjs';
import { simulator, temporaryFolder } from '../support/atlassian-run.ts';
import { startMockService } from '../support/mock-service.ts';
import { sharedFolder } from '../support/shared.ts';
import { killLeftovers, type SluiceProcess, startSluice } from '../support/sluice-process.ts';

const seed = 7;
const artefacts = join(projectRoot(), 'artifacts', 'browser');
const corpus = sharedFolder('corpus', 'ccf');
const folder = temporaryFolder('browser');
const dataFolder = join(folder.path, 'data');
let sim: AtlassianSimulator;
let sluice: SluiceProcess;
let browser: Browser;
let page: Page;
let problems: string[];

beforeAll(async () => {
  mkdirSync(artefacts, { recursive: true });
  sim = await simulator(folder.path, { days: 10, records: 1_200 }, 2);
  sluice = await startSluice({ dataFolder });
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: chromiumArgs,
  });
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(30_000);
  problems = await watchPage(page, sluice.api.url);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await killLeftovers(dataFolder);
  await sim?.close();
  folder.remove();
});

/** Keeps the picture and checks what every screen must be: accessible, within the window, without a forbidden request. */
async function look(name: string): Promise<void> {
  await page.screenshot({ path: join(artefacts, `${name}.png`), fullPage: true });
  expect(await axeViolations(page), `${name}: accessibility`).toEqual([]);
  expect(await overflows(page), `${name}: sideways scroll`).toBe(false);
  expect(problems.splice(0), `${name}: console and policy`).toEqual([]);
}

async function openConnector(title: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Connectors' }).click();
  await page.getByRole('link', { name: title, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}

interface FormValues {
  readonly name: string;
  /** By label. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly advanced?: Readonly<Record<string, string>>;
}

async function connect({ name, inputs, advanced = {} }: FormValues): Promise<void> {
  const pane = page.getByTestId('pane');
  await pane.getByLabel('Connection name').fill(name);
  for (const [label, value] of Object.entries(inputs)) await pane.getByLabel(label).first().fill(value);
  await pane
    .getByLabel('Start from')
    .selectOption({ label: await optionLike(pane.getByLabel('Start from'), /30 days/) });
  if (Object.keys(advanced).length > 0) await pane.getByText('Advanced', { exact: true }).click();
  for (const [label, value] of Object.entries(advanced)) await pane.getByLabel(label).fill(value);
  await pane.getByRole('button', { name: 'Test connection' }).click();
  await pane
    .getByTestId('pane.test-result')
    .getByText(/\b200\b/)
    .first()
    .waitFor();
  await look(`${name}-form`);
  await pane.getByTestId('pane.connect').click();
  await pane.waitFor({ state: 'detached' });
}

async function optionLike(select: ReturnType<Page['getByLabel']>, pattern: RegExp): Promise<string> {
  const labels = await select.locator('option').allTextContents();
  const found = labels.find((label) => pattern.test(label));
  if (found === undefined) throw new Error(`no option like ${pattern} among ${labels.join(', ')}`);
  return found;
}

/** Sum over the definition's graph queries: one with a filter may count nothing of made-up records. */
async function graphTotal(): Promise<number> {
  const totals = await page.getByTestId('connector.graph-total').allTextContents();
  return totals.reduce((sum, text) => sum + Number(text.replaceAll(/\D/g, '')), 0);
}

async function seeConnected(name: string): Promise<void> {
  await expect
    .poll(() => page.getByTestId('connector.status').textContent(), { timeout: 60_000, interval: 500 })
    .toContain('Connected');
  await expect
    .poll(() => page.getByTestId('connector.last-data').textContent(), { timeout: 60_000, interval: 500 })
    .not.toMatch(/never|–|—/i);
  await expect.poll(graphTotal, { timeout: 60_000, interval: 500 }).toBeGreaterThan(0);
  await look(`${name}-connected`);
}

async function runSampleQuery(name: string): Promise<void> {
  await page.getByRole('tab', { name: 'Next steps' }).click();
  await page
    .getByRole('link', { name: /^Run in Query: / })
    .first()
    .click();
  await expect
    .poll(() => page.getByTestId('query.stats').textContent(), { timeout: 30_000, interval: 250 })
    .toMatch(/[1-9][\d,]* rows?/);
  await look(`${name}-query`);
}

describe('in Chromium', () => {
  test('signs in and sees the gallery', async () => {
    const password = sluice.output().match(/password (\S+)/)?.[1];
    expect(password).toBeDefined();
    await page.goto(sluice.api.url);
    await look('sign-in');
    await page.getByLabel('Name').fill('admin');
    await page.getByLabel('Password', { exact: true }).fill(password!);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Connectors' }).waitFor();
    await expect.poll(() => page.getByTestId('gallery.card').count(), { timeout: 20_000 }).toBe(3);
    await look('gallery');
  });

  test('connects Jira through the form, sees status and graph change, runs a sample query', async () => {
    await openConnector('Atlassian Jira audit log');
    expect(await page.getByTestId('connector.status').textContent()).toContain('Not connected');
    await page.getByRole('button', { name: 'Add Jira site' }).click();
    const definition = await sluice.api.call<{ inputs: { name: string; label: string }[] }>(
      'GET',
      '/definitions/SluiceJiraAudit',
    );
    const values: Record<string, string> = {
      baseUrl: sim.baseUrl,
      userEmail: sim.credentials.email,
      apiToken: sim.credentials.apiToken,
    };
    const inputs = Object.fromEntries(definition.inputs.map((i) => [i.label, values[i.name]!]));
    await connect({ name: 'jira-browser', inputs });
    await seeConnected('jira-browser');
    await runSampleQuery('jira-browser');
  });

  test('shows connections, tables and system', async () => {
    for (const name of ['Connections', 'Tables', 'System', 'Settings']) {
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true }).click();
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined);
      await look(name.toLowerCase());
    }
  });

  test.skipIf(corpus === undefined)(
    `connects two published definitions, chosen by seed ${seed}`,
    async () => {
      const candidates = await connectable(corpus!);
      expect(candidates.length).toBeGreaterThanOrEqual(2);
      const first = seed % candidates.length;
      const second = (first + 1 + (seed % (candidates.length - 1))) % candidates.length;
      for (const candidate of [candidates[first]!, candidates[second]!]) await connectCandidate(candidate);
    },
    240_000,
  );
});

interface Candidate {
  readonly definition: Definition;
  readonly pollers: readonly PollerConfig[];
  readonly parameters: Readonly<Record<string, string>>;
}

/** Published definitions with a page of their own that this version runs, the vendor of the demo left out. */
async function connectable(root: string): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const name of readdirSync(root).filter((n) => !n.endsWith('.json') && !n.startsWith('Atlassian'))) {
    const definition = loadDefinition((await readDefinitionFolder(join(root, name))).files);
    if (definition.inputs.some((i) => !i.declared) || needsParser(definition) || !hasOpenSample(definition))
      continue;
    const parameters = Object.fromEntries(
      definition.inputs.map((i) => [i.name, valueFor(i.name, i.label, i.kind)]),
    );
    const { pollers, diagnostics } = bindPollers(definition, parameters, { connectionName: 'mock' });
    const errors = [...definition.diagnostics, ...diagnostics].filter((d) => d.severity === 'error');
    if (errors.length === 0 && pollers.length > 0) found.push({ definition, pollers, parameters });
  }
  return found;
}

/** Made-up records match no filter, so a sample query without one is needed to see rows. */
const hasOpenSample = (definition: Definition): boolean =>
  definition.ui.sampleQueries[0] !== undefined && !/\bwhere\b/.test(definition.ui.sampleQueries[0].query);

/** Queries over a parser function need that function, which is not part of the connector's package. */
function needsParser(definition: Definition): boolean {
  const tables = definition.dataFlows.map((flow) => flow.table);
  return definition.ui.dataTypes.some(
    (d) => !tables.some((table) => d.lastDataReceivedQuery.includes(table)),
  );
}

function valueFor(name: string, label: string, kind: string): string {
  if (kind === 'secret') return 'correct-secret';
  if (/url/i.test(name) || /url/i.test(label)) return 'https://mock.example.test';
  return 'user@mock.example';
}

async function connectCandidate({ definition, pollers, parameters }: Candidate): Promise<void> {
  await sluice.api.call('POST', '/definitions:import?dryRun=false', { files: definition.files });
  const service = await startMockService({ definition, pollers, folder: folder.path });
  try {
    const name = `mock-${definition.id.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
    await page.reload();
    await openConnector(definition.ui.title.trim());
    const opener = page
      .getByTestId('connector.open-form')
      .or(page.getByRole('button', { name: /^(add|connect)/i }));
    await opener.first().click();
    await connect({
      name,
      inputs: Object.fromEntries(definition.inputs.map((i) => [i.label, parameters[i.name]!])),
      advanced: {
        'CA file': service.caFile,
        Resolve: service.hosts.map((host) => `${host}=${service.address}`).join('\n'),
      },
    });
    await seeConnected(name);
    await runSampleQuery(name);
    expect(service.requests()).toBeGreaterThan(1);
  } finally {
    await service.close();
  }
}
