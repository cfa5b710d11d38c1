import { defineConfig } from 'vitest/config';

/** `npm run screenshots`: not a test, but made of the same parts. */
export default defineConfig({
  test: {
    include: ['test/console/screenshots.ts'],
    globalSetup: ['test/setup/build.ts'],
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
});
