import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MetricStore } from '../../src/store/metrics/metric-store.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { InputError } from '../../src/telemetry/input-error.ts';
import { MemoryMetricStore } from '../support/memory-metric-store.ts';
import { encodeMetrics, metricSeries, noMetadata } from '../support/metrics.ts';
import { startTestEngine, type TestEngine } from '../support/store.ts';
import { baseline, faults, medianRate, metricsCompared, podMetricSeries, window } from './pod-metrics.ts';

let engine: TestEngine;
let store: Store;
beforeAll(async () => {
  engine = await startTestEngine();
  store = await openStore({ clickhouse: engine.clickhouse, database: 'default', retention: 1e9 });
  const series = podMetricSeries().map(({ labels, type, samples }) =>
    metricSeries(labels, samples, { metadata: { ...noMetadata, type } }),
  );
  await store.insertMetrics(encodeMetrics(series), { digest: 'pods' });
}, 60_000);
afterAll(() => engine.close());

/** The same metrics in a store that has no tables of ours. */
function elsewhere(): MemoryMetricStore {
  const memory = new MemoryMetricStore();
  for (const { labels, samples } of podMetricSeries()) memory.add(labels, samples);
  return memory;
}

function own(): MetricStore {
  if (store.metrics === undefined) throw new Error('the store has no metrics');
  return store.metrics;
}

describe('metrics of pods behind PromQL', () => {
  test('tell of the same changes as in our own tables', async () => {
    const found = await metricsCompared(store, elsewhere());
    expect(found.told.map(({ at, minutes }) => [at, minutes])).toEqual(faults);
    expect(found.series).toBe(40);
    expect(found).toEqual(await metricsCompared(store, own()));
  });

  test('rise from sample to sample, also where a counter began anew', async () => {
    const { told } = await metricsCompared(store, elsewhere());
    const cpu = told.find(({ at }) => at.includes('container_cpu_usage'));
    const [pod, name] = ['cart-7c9d8bcdf-x2x4z', 'container_cpu_usage_seconds_total'];
    expect(cpu?.before).toBeCloseTo(medianRate(pod, name, baseline), 9);
    expect(cpu?.after).toBeCloseTo(medianRate(pod, name, window), 9);
  });

  test.each([{ namespaces: ['bank'] }, { namespaces: ['shop'] }, { namespaces: [] }, { clusters: ['east'] }])(
    'of what a key may see alone: %j',
    async (limits) => {
      const found = await metricsCompared(store, elsewhere(), {}, limits);
      const places = new Set(found.told.map(({ at }) => at.split(' ')[0]));
      expect([...places]).toEqual(
        limits.namespaces?.includes('bank')
          ? ['ledger']
          : limits.namespaces?.includes('shop')
            ? ['cart']
            : [],
      );
      expect(found).toEqual(await metricsCompared(store, own(), {}, limits));
    },
  );

  test('of the namespace that a filter names', async () => {
    const request = { filters: 'namespace = bank' };
    const found = await metricsCompared(store, elsewhere(), request);
    expect(found.told.map(({ at }) => at)).toEqual([faults[2][0]]);
    expect(found).toEqual(await metricsCompared(store, own(), request));
  });
});

describe('a store that does not answer', () => {
  const missing =
    'metrics are not compared, as the metrics store did not answer: ask analyze-metrics for CPU, memory, throttling and restarts of the suspects';
  const partly = (count: number) =>
    `${count === 1 ? '1 metric is' : `${count} metrics are`} not compared, as the metrics store gave no answer about them in time: ask analyze-metrics for CPU, memory, throttling and restarts of the suspects`;

  test('leaves out metrics, and says so', async () => {
    const memory = elsewhere();
    memory.evaluate = () => Promise.reject(new StoreError('unavailable', 'connect ECONNREFUSED'));
    const { told, series, notes } = await metricsCompared(store, memory);
    expect({ told, series }).toEqual({ told: [], series: 0 });
    expect(notes).toContain(missing);
  });

  test('in the middle leaves what it has told', async () => {
    const memory = elsewhere();
    const { evaluate } = memory;
    memory.evaluate = (query, options) =>
      query.text.includes('avg_over_time')
        ? Promise.reject(new StoreError('timeout', 'late'))
        : evaluate(query, options);
    const { series, notes } = await metricsCompared(store, memory);
    expect(series).toBe(0);
    expect(notes).toContain(partly(4));
  });

  test('for one metric leaves the others', async () => {
    const memory = elsewhere();
    const { evaluate } = memory;
    memory.evaluate = (query, options) =>
      query.text.includes('working_set')
        ? Promise.reject(new InputError('too much'))
        : evaluate(query, options);
    const { told, series, notes } = await metricsCompared(store, memory);
    expect(told.map(({ at }) => at)).toEqual(faults.map(([at]) => at).filter((at) => !at.includes('memory')));
    expect(series).toBe(30);
    expect(notes).toContain(partly(1));
  });
});

test('a metric of more series than are read is left out, and counted', async () => {
  const memory = elsewhere();
  const { evaluate } = memory;
  memory.evaluate = async (query, options) => {
    const found = await evaluate(query, options);
    if (!query.text.includes('count by') || found.type !== 'matrix') return found;
    const result = found.result.map((one) =>
      one.labels.metricName.includes('throttled') ? { ...one, values: one.values.map(() => 20_001) } : one,
    );
    return { ...found, result };
  };
  const { told, notes } = await metricsCompared(store, memory);
  expect(told.map(({ at }) => at)).toEqual(faults.slice(1).map(([at]) => at));
  expect(notes).toContain(
    '1 metric is not compared, as there are more than 20000 series of pods, or the windows are long: narrow filters to a cluster or namespace, or shorten the windows',
  );
});
