/** Every code that src/state can raise; docs/errors.md is made from it. */
export const stateErrors = {
  STATE_OPEN: {
    summary: 'The state database cannot be opened',
    hint: 'Check that the data folder is writable and the disk is not full.',
  },
  STATE_NEWER: {
    summary: 'The state database was written by a newer Sluice',
    hint: 'Install the newer version again, or restore a backup made by this version.',
  },
  STATE_PARAMETER: {
    summary: 'A value of an unsupported type was given to the state database',
    hint: 'This is a bug: report it with the statement named in the message.',
  },
  DATA_FOLDER: { summary: 'The data folder cannot be used', hint: 'Check its owner, mode and free space.' },
  DATA_FOLDER_NEWER: {
    summary: 'The data folder was laid out by a newer Sluice',
    hint: 'Install the newer version again, or point Sluice at another data folder.',
  },
  DATA_FOLDER_LOCKED: {
    summary: 'Another process holds the data folder',
    hint: 'Stop the other process, or use another data folder.',
  },
  SECRET_KEY_INVALID: {
    summary: 'The secret key is not 32 bytes in base64 or hex',
    hint: 'Set SLUICE_SECRET_KEY to 32 random bytes, for example from `openssl rand -base64 32`.',
  },
  SECRET_UNREADABLE: {
    summary: 'A stored secret cannot be decrypted: the key is another one, or the stored text is damaged',
    hint: 'Give the key that the secret was stored with (SLUICE_SECRET_KEY or secret.key), or enter the secret again.',
  },
} as const;
