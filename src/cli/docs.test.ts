import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cliDocsFile, renderCliDocs } from '../../scripts/write-cli-docs.ts';
import { errorsFile, readCatalogue, renderErrors } from '../../scripts/write-errors.ts';
import { projectRoot } from '../core/entry.ts';

test('docs/cli.md is what the command tree says; if not: npx tsx scripts/write-cli-docs.ts', async () => {
  expect(await readFile(cliDocsFile, 'utf8')).toBe(renderCliDocs());
});

describe('error catalogue', () => {
  test('docs/errors.md is what the modules say; if not: npx tsx scripts/write-errors.ts', async () => {
    expect(await readFile(errorsFile, 'utf8')).toBe(await renderErrors());
  });

  test('a code belongs to one module', async () => {
    const codes = (await readCatalogue()).map((e) => e.code);
    expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
  });

  test('codes are upper snake case; summaries and hints are sentences', async () => {
    for (const { code, summary, hint } of await readCatalogue()) {
      expect(code).toMatch(/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/);
      expect(
        [summary.length, hint.length].every((n) => n > 5),
        code,
      ).toBe(true);
    }
  });

  test('every code that is raised literally is listed', async () => {
    const listed = new Set((await readCatalogue()).map((e) => e.code));
    const src = join(projectRoot(), 'src');
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
      (f) => /(?<!\.test)\.ts$/.test(f) && !f.includes('testing'),
    );
    const unlisted = files.flatMap((file) => {
      const text = readFileSync(join(src, file), 'utf8');
      const codes = [...text.matchAll(/new SluiceError\(\{\s*code: '([A-Z0-9_]+)'/g)].map((m) => m[1] ?? '');
      return codes.filter((code) => !listed.has(code)).map((code) => `${file}: ${code}`);
    });
    expect(files.length).toBeGreaterThan(100);
    expect(unlisted).toEqual([]);
  });
});
