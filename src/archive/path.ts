import { SluiceError } from '../core/errors.ts';

/** Object paths are made by this program; anything that could leave the root is a bug or an attack. */
export function checkPath(path: string): string {
  const parts = path.split('/');
  if (parts.every((part) => /^[A-Za-z0-9_=-][A-Za-z0-9._=-]{0,199}$/.test(part))) return path;
  throw new SluiceError({
    code: 'ARCHIVE_PATH',
    message: `${JSON.stringify(path)} cannot be an archive path`,
    hint: 'Use letters, digits and . _ - = in every part.',
  });
}
