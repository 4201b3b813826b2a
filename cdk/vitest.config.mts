import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

const installed = (name: string) => fileURLToPath(new URL(`node_modules/${name}`, import.meta.url));

export default defineConfig({
  resolve: {
    // The examples are apps of their own; here they are held to what is installed for this one.
    alias: { 'aws-cdk-lib': installed('aws-cdk-lib'), constructs: installed('constructs') },
  },
  test: {
    include: ['test/**/*.test.ts'],
    // One process for all files, so that each stage is synthesised once.
    isolate: false,
    maxWorkers: 1,
    testTimeout: 60_000,
  },
});
