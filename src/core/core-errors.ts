/** Every code that src/core can raise; docs/errors.md is made from it. */
export const coreErrors = {
  NO_PROJECT_ROOT: { summary: 'package.json was not found above the program.', hint: 'Reinstall Sluice.' },
  NOT_BUILT: {
    summary: 'A compiled part of the program is missing.',
    hint: 'Run `npm run build` first.',
  },
} as const;
