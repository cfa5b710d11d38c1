import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore, type Store } from '../../src/store/store.ts';
import { faults, metricsCompared, podMetricSeries } from '../comparison/pod-metrics.ts';
import { encodeMetrics, metricSeries, noMetadata } from '../support/metrics.ts';
import { startTestEngine, type TestEngine } from '../support/store.ts';
import { openTarget, type Target } from './target.ts';

let engine: TestEngine;
let own: Store;
beforeAll(async () => {
  engine = await startTestEngine();
  own = await openStore({ clickhouse: engine.clickhouse, database: 'default', retention: 1e9 });
  const series = podMetricSeries().map(({ labels, type, samples }) =>
    metricSeries(labels, samples, { metadata: { ...noMetadata, type } }),
  );
  await own.insertMetrics(encodeMetrics(series), { digest: 'pods' });
});
afterAll(() => engine?.close());

describe.each(['prometheus', 'victoria-metrics'] as const)('%s', (name) => {
  let target: Target;
  beforeAll(async () => {
    target = await openTarget(name, 'pods', podMetricSeries);
  });
  afterAll(() => target?.close());

  test.each([{}, { namespaces: ['shop'] }, { namespaces: ['bank'] }, { namespaces: [] }])(
    'tells what our own tables tell, to a key with the limits %j',
    async (limits) => {
      const found = await metricsCompared(own, target.store, {}, limits);
      if (own.metrics === undefined) throw new Error('the store has no metrics');
      expect(found).toEqual(await metricsCompared(own, own.metrics, {}, limits));
      if (limits.namespaces === undefined) {
        expect(found.told.map(({ at, minutes }) => [at, minutes])).toEqual(faults);
      }
    },
  );
});
