import { createHash } from 'node:crypto';
import type { PackageFile } from './parse.ts';

/** SHA-256 over names and texts in name order: the version of a definition. */
export function packageHash(files: readonly PackageFile[]): string {
  const hash = createHash('sha256');
  for (const { file, text } of [...files].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0)))
    hash.update(`${file.length}:${file}\n${text.length}:`).update(text);
  return hash.digest('hex');
}
