import { randomInt } from 'node:crypto';
import { defineConfig } from 'vitest/config';

/** Many more random filters, other ones each time: `npx vitest run --config test/filter/soak.config.ts`. */
export default defineConfig({
  test: {
    include: ['test/filter/property.test.ts'],
    globalSetup: ['test/setup/build.ts'],
    hookTimeout: 600_000,
    provide: { filterCount: 200_000, filterSeed: randomInt(2 ** 31) },
  },
});
