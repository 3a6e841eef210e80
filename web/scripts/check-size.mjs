/**
 * Compares the gzip sizes of dist/web with the budgets: node web/scripts/check-size.mjs
 * A route costs what it loads beyond the shell; dependencies are followed through the build's own imports.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const folder = fileURLToPath(new URL('../../dist/web/', import.meta.url));
const assets = readdirSync(`${folder}assets`);
const text = new Map(
  assets
    .filter((name) => /\.(js|css)$/.test(name))
    .map((name) => [name, readFileSync(`${folder}assets/${name}`)]),
);
const size = (name) => gzipSync(text.get(name), { level: 9 }).length;
const chunk = (name) => {
  const found = [...text.keys()].find((file) => file.startsWith(`${name}-`) && file.endsWith('.js'));
  if (!found) throw new Error(`No chunk ${name} in dist/web/assets; the budget names it`);
  return found;
};

/** Files that a chunk imports at once, itself included. */
function closure(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, target] of text
    .get(file)
    .toString()
    .matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g))
    closure(target, seen);
  return seen;
}

const shell = closure(
  [...readFileSync(`${folder}index.html`, 'utf8').matchAll(/src="\/assets\/([^"]+\.js)"/g)].map(
    (match) => match[1],
  )[0],
);
const beyondShell = (...names) =>
  [...new Set(names.flatMap((name) => [...closure(chunk(name))]))].filter((file) => !shell.has(file));

const KB = 1024;
const rows = [
  ['Shell JS', [...shell], 240],
  ['All CSS', [...text.keys()].filter((file) => file.endsWith('.css')), 30],
  ['Gallery', beyondShell('gallery-page'), 90],
  ['Connector page', beyondShell('connector-page', 'markdown-rendered', 'chart-canvas'), 90],
  ['Query route', beyondShell('query-page', 'chart-canvas'), 230],
];
let over = 0;
for (const [label, files, budget] of rows) {
  const bytes = files.reduce((sum, file) => sum + size(file), 0);
  const bad = bytes > budget * KB;
  if (bad) over += 1;
  console.log(
    `${bad ? 'OVER' : 'ok  '} ${label.padEnd(16)} ${(bytes / KB).toFixed(1).padStart(7)} KB gzip of ${budget} KB`,
  );
}
process.exitCode = over > 0 ? 1 : 0;
