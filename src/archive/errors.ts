/** Every code that src/archive can raise; docs/errors.md is made from it. */
export const archiveErrors = {
  ARCHIVE_DISK_FULL: {
    summary: 'The disk of the archive is full',
    hint: 'Free space on the disk of the archive folder; collection goes on by itself.',
  },
  ARCHIVE_WRITE: {
    summary: 'An archive object cannot be written',
    hint: 'Check owner and mode of the archive folder and the health of its disk.',
  },
  ARCHIVE_READ: {
    summary: 'An archive object cannot be read',
    hint: 'Check owner and mode of the archive folder and the health of its disk.',
  },
  ARCHIVE_MISSING: {
    summary: 'An archive object is missing',
    hint: 'Restore the archive folder from a backup; the state database says it was written.',
  },
  ARCHIVE_EXISTS: {
    summary: 'An archive object exists with other bytes',
    hint: 'Archive objects never change: this is a bug, or two installations share one archive folder.',
  },
  ARCHIVE_PATH: {
    summary: 'A path leaves the archive folder or has forbidden characters',
    hint: 'Use letters, digits and . _ - = in every part.',
  },
  ARCHIVE_DAMAGED: {
    summary: 'An archive object does not hold what it must',
    hint: 'Restore the object from a backup; the message names it.',
  },
  ARCHIVE_COMPRESS: {
    summary: 'The compressor failed',
    hint: 'Look for lack of memory; the batch is tried again.',
  },
} as const;
