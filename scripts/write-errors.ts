/** Writes docs/errors.md from the `*Errors` constants of the modules: `npx tsx scripts/write-errors.ts`. */
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { projectRoot } from '../src/core/entry.ts';

export const errorsFile = join(projectRoot(), 'docs', 'errors.md');

export interface CatalogueEntry {
  readonly module: string;
  readonly code: string;
  readonly summary: string;
  readonly hint: string;
}

function isCatalogue(value: unknown): value is Record<string, { summary: string; hint: string }> {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every(
    (e: unknown) => typeof e === 'object' && e !== null && 'summary' in e && 'hint' in e,
  );
}

/** Source files below src/ that declare a catalogue, mostly <module>/errors.ts. */
function catalogueFiles(src: string): string[] {
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.test)\.ts$/.test(file))
    .filter((file) => /^export const \w+Errors = \{/m.test(readFileSync(join(src, file), 'utf8')))
    .sort();
}

/** Every code that the modules list, by module and code. */
export async function readCatalogue(): Promise<CatalogueEntry[]> {
  const src = join(projectRoot(), 'src');
  const entries: CatalogueEntry[] = [];
  for (const file of catalogueFiles(src)) {
    const exports = (await import(pathToFileURL(join(src, file)).href)) as Record<string, unknown>;
    const module = file.split(sep)[0] ?? '';
    for (const [name, value] of Object.entries(exports)) {
      if (!name.endsWith('Errors') || !isCatalogue(value)) continue;
      for (const [code, { summary, hint }] of Object.entries(value))
        entries.push({ module, code, summary, hint });
    }
  }
  const key = (e: CatalogueEntry) => `${e.module} ${e.code}`;
  return entries.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** The text of docs/errors.md. */
export async function renderErrors(): Promise<string> {
  const entries = await readCatalogue();
  const lines = [
    '# Errors',
    '',
    'Made from the catalogues of the modules by `scripts/write-errors.ts`; do not edit by hand. A code never changes its meaning.',
    '',
  ];
  for (const module of new Set(entries.map((e) => e.module))) {
    lines.push(`## ${module}`, '', '| code | what happened | how to mend it |', '|---|---|---|');
    for (const e of entries.filter((entry) => entry.module === module)) {
      lines.push(`| \`${e.code}\` | ${cell(e.summary)} | ${cell(e.hint)} |`);
    }
    lines.push('');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(errorsFile, await renderErrors());
