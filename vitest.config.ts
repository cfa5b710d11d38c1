import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'console/**/*.test.ts'],
    // Worker threads and child processes run compiled code, whoever starts them.
    globalSetup: ['test/setup/build.ts'],
    // A test that waits for something ends when that is there. The limits are for what never comes: a busy machine
    // takes many times as long as a quiet one.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000, interval: 20 } },
    // Each engine uses both cores of a small machine.
    maxWorkers: 2,
    allowOnly: false,
  },
});
