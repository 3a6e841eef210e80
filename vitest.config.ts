import { defineConfig } from 'vitest/config';

// Two cores: engine-backed tests each start a ~250 MB child, so files run two at a time.
export default defineConfig({
  test: {
    globalSetup: ['./test/global-setup.ts'],
    include: ['src/**/*.test.ts', 'simulators/**/*.test.ts', 'test/**/*.test.ts', 'web/src/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**', ...(process.env.SLUICE_FULL === '1' ? [] : ['test/full/**'])],
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    sequence: { shuffle: false, seed: 20261127 },
  },
});
