import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { cliError } from './cli-error.ts';

export interface PackageFile {
  /** Relative to the folder, with `/`. */
  readonly file: string;
  readonly text: string;
}

const wanted = /\.(?:json|jsonc|svg)$/i;
const maxBytes = 30 * 1024 * 1024;
const maxDepth = 6;

async function listFiles(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const here = entries.filter((e) => e.isFile() && wanted.test(e.name)).map((e) => join(folder, e.name));
  // Package files lie together; what lies below them are older versions, rules and pictures.
  if (here.some((file) => /\.jsonc?$/i.test(file)) || depth >= maxDepth) return here.sort();
  const below = entries.filter((e) => e.isDirectory() && !/^[._]|^node_modules$/.test(e.name));
  const lists = await Promise.all(below.map((e) => listFiles(join(folder, e.name), depth + 1)));
  return [...here, ...lists.flat()].sort();
}

/**
 * The files of a connector package: one file, or the *.json and *.svg files of a folder. Where the folder itself holds
 * no *.json, those of its subfolders.
 * @throws SluiceError INPUT_UNREADABLE, PACKAGE_EMPTY, PACKAGE_TOO_LARGE
 */
export async function readPackage(path: string): Promise<PackageFile[]> {
  try {
    const info = await stat(path);
    if (info.isFile()) return [{ file: basename(path), text: await readFile(path, 'utf8') }];
    const files = await listFiles(path, 0);
    if (files.length === 0) throw cliError('PACKAGE_EMPTY', `${path} holds no *.json files`);
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (total > maxBytes)
      throw cliError('PACKAGE_TOO_LARGE', `${path} holds ${files.length} files with ${total} bytes`);
    return await Promise.all(
      files.map(async (file) => ({
        file: relative(path, file).split(sep).join('/'),
        text: await readFile(file, 'utf8'),
      })),
    );
  } catch (error) {
    if (error instanceof Error && 'syscall' in error)
      throw cliError('INPUT_UNREADABLE', `${path} cannot be read: ${error.message}`, undefined, error);
    throw error;
  }
}
