/** Codes that health raises. */
export const healthErrors = {
  HEALTH_INSERT: {
    summary: 'Rows of the health tables could not be inserted.',
    hint: 'They wait in the state database and go on by themselves; the message names the cause.',
  },
  HEALTH_ROWS_MISSING: {
    summary: 'Rows of a health table were not found after their insert.',
    hint: 'They are inserted again by themselves.',
  },
} as const;
