/**
 * Walks all screens of a running server in light and dark, wide and narrow, and reports what is wrong:
 *   node web/scripts/walk.mjs http://127.0.0.1:7199 admin admin-password [screenshot folder]
 * Exit code 1 when anything was found.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { axeViolations, chromiumArgs, overflows, watchPage } from './page-checks.mjs';

const [origin, name, password, folder] = process.argv.slice(2);
if (!origin || !name || !password)
  throw new Error('usage: walk.mjs <origin> <name> <password> [screenshot folder]');
if (folder) await mkdir(folder, { recursive: true });

const firstHref = async (page, path, selector) => {
  await page.goto(origin + path);
  const link = page.locator(selector).first();
  await link.waitFor({ timeout: 5000 }).catch(() => undefined);
  return (await link.count()) > 0 ? link.getAttribute('href') : undefined;
};

async function screens(page) {
  const connector =
    (await firstHref(page, '/connections', 'tbody td a[href^="/connectors/"]')) ??
    (await firstHref(page, '/connectors', 'main a[href^="/connectors/"]'));
  const connection = await firstHref(page, '/connections', 'tbody th a');
  const run = connection ? await firstHref(page, connection, 'tbody a[href^="/runs/"]') : undefined;
  const table = await firstHref(page, '/tables', 'tbody th a');
  const query = table ? `${table}` : '/query';
  return Object.entries({
    gallery: '/connectors',
    'gallery-none': '/connectors?q=zzzz',
    connector,
    'next-steps': `${connector}?tab=next-steps`,
    definition: `${connector}?tab=definition`,
    pane: `${connector}?pane=add`,
    connections: '/connections',
    connection,
    run,
    query: '/query',
    result: query,
    'query-error': '/query?q=T%20%7C%20where%20nosuch()%20%3D%3D%201&run=1',
    tables: '/tables',
    system: '/system',
    settings: '/settings',
    missing: '/nowhere',
    'no-connector': '/connectors/none',
  }).filter(([, path]) => path && !path.startsWith('undefined'));
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: chromiumArgs,
});
const found = [];
/** Answers that a screen is meant to bring up; Chromium logs them by itself. */
const expected = { 'no-connector': /404/, 'query-error': /400|422/ };

async function visit(page, label, path, problems) {
  problems.length = 0;
  await page.goto(origin + path);
  await page.locator('h1').first().waitFor();
  await page.waitForTimeout(700);
  if (folder) await page.screenshot({ path: join(folder, `${label}.png`) });
  const screen = label.replace(/-(light|dark)-\d+$/, '');
  const notes = problems.filter(
    (text) => !(expected[screen]?.test(text) && text.includes('Failed to load resource')),
  );
  if (await overflows(page)) notes.push('the page scrolls sideways');
  notes.push(...(await axeViolations(page)));
  for (const note of notes) found.push(`${label}: ${note}`);
}

for (const scheme of ['light', 'dark']) {
  for (const width of [1280, 390]) {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: scheme });
    const page = await context.newPage();
    const problems = await watchPage(page, origin);
    const suffix = `${scheme}-${width}`;
    await visit(page, `login-${suffix}`, '/login', problems);
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Connectors' }).waitFor();
    for (const [screen, path] of await screens(page))
      await visit(page, `${screen}-${suffix}`, path, problems);
    await context.close();
  }
}
await browser.close();
for (const line of [...new Set(found)]) console.log(line);
console.log(`${found.length} findings`);
process.exitCode = found.length > 0 ? 1 : 0;
