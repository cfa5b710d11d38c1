import { defineConfig } from 'vitest/config';

const records = process.env.KUBESENSE_TEST_PROMETHEUS_RECORD === '1';

/**
 * What is tested on real processes: a Prometheus-compatible store, and the evaluation of random PromQL:
 * `npm run test:prometheus`. With KUBESENSE_TEST_PROMETHEUS_RECORD=1 their answers are recorded for `npm test`.
 */
export default defineConfig({
  test: {
    include: [
      'test/prometheus/**/*.test.ts',
      // Random expressions are others each time.
      ...(records ? [] : ['test/prometheus/**/*.live.ts']),
      'test/promql-differential/**/*.live.ts',
    ],
    globalSetup: ['test/setup/build.ts'],
    // A binary that is not there is built first.
    hookTimeout: 1_800_000,
    testTimeout: 60_000,
    maxWorkers: 1,
    provide: { prometheusAnswers: records ? 'record' : 'real' },
  },
});
