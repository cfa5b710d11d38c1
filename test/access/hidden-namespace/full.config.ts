import { defineConfig } from 'vitest/config';

/** Every key asks every case: `npm run test:hidden-namespace`. */
export default defineConfig({
  test: {
    include: ['test/access/hidden-namespace/*.test.ts'],
    globalSetup: ['test/setup/build.ts'],
    hookTimeout: 300_000,
    maxWorkers: 1,
    provide: { casesApart: 1 },
  },
});
