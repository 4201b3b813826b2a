import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // One process for all files, so that each stage is synthesised once.
    isolate: false,
    maxWorkers: 1,
    testTimeout: 60_000,
  },
});
