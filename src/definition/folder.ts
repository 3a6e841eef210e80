import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { SluiceError } from '../core/errors.ts';
import { definitionErrors } from './errors.ts';
import { loadDefinition } from './load.ts';
import type { Definition } from './model.ts';
import type { PackageFile } from './parse.ts';

const maxFileBytes = 5_000_000;
const maxPackageBytes = 20_000_000;
const maxFiles = 200;

/** What the root of a package folder holds. */
export interface PackageFolder {
  readonly folder: string;
  readonly files: readonly PackageFile[];
  /** Files and sub-folders that were not read. */
  readonly skipped: readonly string[];
}

function isRead(name: string): boolean {
  return /\.(json|jsonc|json5|svg)$/i.test(name);
}

/** Documentation and recorded examples are no part of a package and not worth a finding. */
function isSilent(name: string): boolean {
  return name.startsWith('.') || /\.(md|txt|ndjson|jsonl)$/i.test(name) || name === 'fixtures';
}

function tooLarge(what: string): SluiceError {
  return new SluiceError({
    code: 'FILE_TOO_LARGE',
    message: `${what} is too large for a connector package`,
    hint: definitionErrors.FILE_TOO_LARGE.hint,
  });
}

async function listFolder(path: string): Promise<{ name: string; isFile: boolean }[]> {
  try {
    const found = await readdir(path, { withFileTypes: true });
    const list = found.map((entry) => ({ name: entry.name, isFile: entry.isFile() }));
    return list.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw new SluiceError({
      code: 'FOLDER_UNREADABLE',
      message: `the folder ${path} cannot be read`,
      hint: definitionErrors.FOLDER_UNREADABLE.hint,
      cause: error,
    });
  }
}

/**
 * Reads the JSON and SVG files of a folder's root; sub-folders are never entered.
 * Rejects with FOLDER_UNREADABLE, or FILE_TOO_LARGE beyond 5 MB a file, 20 MB or 200 files in all.
 */
export async function readDefinitionFolder(path: string): Promise<PackageFolder> {
  const list = await listFolder(path);
  const wanted = list.filter((entry) => entry.isFile && isRead(entry.name));
  if (wanted.length > maxFiles) throw tooLarge(`the folder ${path}`);
  const files: PackageFile[] = [];
  let bytes = 0;
  for (const { name } of wanted) {
    const { size } = await stat(join(path, name));
    bytes += size;
    if (size > maxFileBytes) throw tooLarge(`the file ${name}`);
    if (bytes > maxPackageBytes) throw tooLarge(`the folder ${path}`);
    files.push({ file: name, text: await readFile(join(path, name), 'utf8') });
  }
  const skipped = list
    .filter((entry) => !wanted.includes(entry) && !isSilent(entry.name))
    .map((entry) => entry.name);
  return { folder: basename(resolve(path)), files, skipped };
}

/** Reads and loads a package folder. Rejects like readDefinitionFolder; findings are in the definition. */
export async function loadDefinitionFolder(path: string): Promise<Definition> {
  const { folder, files, skipped } = await readDefinitionFolder(path);
  return loadDefinition(files, { folder, skipped });
}
