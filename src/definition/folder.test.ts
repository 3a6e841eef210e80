import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDefinitionFolder, readDefinitionFolder } from './folder.ts';
import { packageOf } from './testing/packages.ts';

describe('readDefinitionFolder', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-package-'));
    for (const { file, text } of packageOf()) await writeFile(join(folder, file), text);
    for (const name of ['README.md', 'expected.ndjson', 'parser.yaml', '.hidden'])
      await writeFile(join(folder, name), 'x');
    for (const name of ['fixtures', 'Parsers']) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'poller.json'), '{}');
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('reads the root only and names what it left', async () => {
    const found = await readDefinitionFolder(folder);
    expect(found.files.map((f) => f.file)).toEqual([
      'dcr.json',
      'definition.json',
      'poller.json',
      'tables.json',
    ]);
    expect(found.skipped).toEqual(['Parsers', 'parser.yaml']);
  });

  it('loads', async () => {
    const loaded = await loadDefinitionFolder(folder);
    expect(loaded.diagnostics.map((d) => [d.severity, d.code, d.place?.file])).toEqual([
      ['info', 'FILE_IGNORED', 'Parsers'],
      ['info', 'FILE_IGNORED', 'parser.yaml'],
    ]);
    expect(loaded.id).toBe('Acme');
  });

  it('refuses what is too large or not there', async () => {
    const big = await mkdtemp(join(tmpdir(), 'sluice-package-'));
    await writeFile(join(big, 'big.json'), ' '.repeat(5_000_001));
    await expect(readDefinitionFolder(big)).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' });
    await rm(big, { recursive: true });
    await expect(readDefinitionFolder(big)).rejects.toMatchObject({ code: 'FOLDER_UNREADABLE' });
  });
});
