import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'console/**/*.test.ts'],
    // Worker threads and child processes run compiled code, whoever starts them.
    globalSetup: ['test/setup/build.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Each engine uses both cores of a small machine.
    maxWorkers: 2,
    allowOnly: false,
  },
});
