import { defineConfig } from 'vitest/config';

/** One file after another: they share one MySQL and one Temporal, and Temporal's skipped time is global. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
