import { createHistogram } from '../../src/promql/histogram.ts';
import { MemoryMetricStore, samplesFrom } from './memory-metric-store.ts';
import { clock } from './metric-queries.ts';

const minute = 60_000;

/** The hour before the clock, a sample each minute, both ends included. */
const start = clock - 60 * minute;
const minutes = Array.from({ length: 61 }, (_, i) => i);

/**
 * A shop, a bank and a node, from 11:00 to 12:00. Requests of the three pods grow by 1, 0.5 and 2 a
 * second; the shop's heap goes up and down by the minute; the bank's disk job ended at 11:10; latencies
 * are a native histogram of the shop with 10 observations of 3 and 30 of 6 each minute.
 */
export function sampleMetrics(): MemoryMetricStore {
  const store = new MemoryMetricStore();
  const counters = [
    { namespace: 'shop', pod: 'cart-0', perMinute: 60 },
    { namespace: 'shop', pod: 'cart-1', perMinute: 30 },
    { namespace: 'bank', pod: 'ledger-0', perMinute: 120 },
  ];
  store.describe('http_requests_total', { type: 'counter', help: 'Requests that were answered.' });
  store.describe('up', { type: 'gauge' });
  for (const { namespace, pod, perMinute } of counters) {
    const values = minutes.map((i) => i * perMinute);
    const labels = { cluster: 'eu', namespace, pod };
    store.add(
      { __name__: 'http_requests_total', ...labels, code: '200' },
      samplesFrom(start, minute, values),
    );
    const ones = minutes.map(() => 1);
    store.add({ __name__: 'up', ...labels, job: namespace }, samplesFrom(start, minute, ones));
  }
  store.describe('heap_bytes', { type: 'gauge', unit: 'bytes', help: 'Heap in use.' });
  const heap = minutes.map((i) => 1000 + (i % 4) * 100.25);
  store.add(
    { __name__: 'heap_bytes', cluster: 'eu', namespace: 'shop', pod: 'cart-0' },
    samplesFrom(start, minute, heap),
  );
  store.add(
    { __name__: 'disk_job_seconds', cluster: 'eu', namespace: 'bank', job: 'vault-backup' },
    samplesFrom(start, minute, minutes.slice(0, 11)),
  );
  store.add(
    { __name__: 'node_load1', cluster: 'eu', node: 'n1' },
    samplesFrom(
      start,
      minute,
      minutes.map(() => 0.25),
    ),
  );
  store.describe('latency_seconds', { type: 'histogram', unit: 'seconds' });
  store.add(
    { __name__: 'latency_seconds', cluster: 'eu', namespace: 'shop', pod: 'cart-0' },
    minutes.map((i) => ({ timestamp: start + i * minute, value: 0, histogram: latencies(i) })),
  );
  return store;
}

/** Schema 0: 10 a minute in (2, 4], 30 in (4, 8]. */
function latencies(minutesPassed: number) {
  return createHistogram({
    count: 40 * minutesPassed,
    sum: 210 * minutesPassed,
    positive: {
      indices: Int32Array.of(2, 3),
      counts: Float64Array.of(10 * minutesPassed, 30 * minutesPassed),
    },
  });
}
