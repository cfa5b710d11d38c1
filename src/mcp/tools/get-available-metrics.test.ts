import { describe, expect, test } from 'vitest';
import { MemoryMetricStore, samplesFrom } from '../../../test/support/memory-metric-store.ts';
import { clock } from '../../../test/support/metric-queries.ts';
import { sampleMetrics } from '../../../test/support/metric-sample.ts';
import { metricTools } from '../../../test/support/metric-tools.ts';
import { realTokens } from '../../../test/support/tokens.ts';

const { ask, refuse, json } = metricTools(sampleMetrics());
const list = (args = {}) => ask('get-available-metrics', args);

/** One series for each name. */
function storeOf(names: readonly string[]): MemoryMetricStore {
  const store = new MemoryMetricStore();
  for (const name of names) store.add({ __name__: name }, samplesFrom(clock, 1, [1]));
  return store;
}

test('lists metrics by name', async () => {
  expect(await list()).toMatchInlineSnapshot(`
    "6 metrics; by name
    <untrusted-483920>
    name	type	unit	series	help
    disk_job_seconds	-	-	1	-
    heap_bytes	gauge	bytes	1	Heap in use.
    http_requests_total	counter	-	3	Requests that were answered.
    latency_seconds	histogram	seconds	1	-
    node_load1	-	-	1	-
    up	gauge	-	3	-
    </untrusted-483920>"
  `);
});

test('as JSON', async () => {
  expect(await list({ keyword: 'http', format: 'json' })).toMatchInlineSnapshot(
    `"{"metrics":[{"name":"http_requests_total","type":"counter","unit":"","help":"Requests that were answered.","series":3}],"matched":1,"returned":1,"notes":[]}"`,
  );
});

describe('keywords', () => {
  test.each([
    [{ keyword: 'http' }],
    [{ keyword: 'HTTP requests' }],
    [{ keyword: ['total', 'Http'] }],
    [{ keyword: '["http","total"]' }],
    [{ search_keywords: ['requests'] }],
    [{ search_keywords: 'total,http' }],
  ])('%j all have to be in the name, in any case and order', async (args) => {
    expect(await json('get-available-metrics', args)).toMatchObject({
      metrics: [{ name: 'http_requests_total' }],
      matched: 1,
    });
  });

  test('of OpenTelemetry find what is stored with _ for dots, and say so', async () => {
    const { ask: askThese, json: readThese } = metricTools(
      storeOf(['http_server_request_duration_seconds', 'jvm.heap']),
    );
    expect(
      await askThese('get-available-metrics', { keyword: 'http.server.request.duration' }),
    ).toMatchInlineSnapshot(`
      "1 metric with "http_server_request_duration" in the name
      <untrusted-483920>
      no value:	type	unit	help
      row:	series=1
      name
      http_server_request_duration_seconds
      </untrusted-483920>
      note: no name has "http.server.request.duration", so "http_server_request_duration" was looked for, as names are stored"
    `);
    expect(await readThese('get-available-metrics', { keyword: ['jvm.heap'] })).toMatchObject({
      metrics: [{ name: 'jvm.heap' }],
      notes: [],
    });
    expect(await askThese('get-available-metrics', { keyword: 'http.client' })).toContain(
      'no metric has "http.client" in its name',
    );
  });

  test('that no name has get near names', async () => {
    expect(await list({ keyword: 'requsts' })).toMatchInlineSnapshot(`
      "0 metrics with "requsts" in the name
      <untrusted-483920>
      note: near "requsts": requests
      note: names begin with: disk_job_seconds 1, heap_bytes 1, http_requests_total 1, latency_seconds 1, node_load1 1, up 1
      </untrusted-483920>
      note: no metric has "requsts" in its name"
    `);
  });

  test('that no name has together get their counts', async () => {
    expect(await list({ keyword: ['http', 'bytes'] })).toContain(
      'note: metrics with each keyword alone: "http" 1, "bytes" 1; no name has all: leave one out',
    );
  });

  test('are at most ten', async () => {
    const keyword = 'a b c d e f g h i j k';
    expect(await refuse('get-available-metrics', { keyword })).toBe(
      'keyword: takes at most 10 words, got 11',
    );
  });

  test('are shown as data', async () => {
    const text = await list({ keyword: '\u202eevil' });
    expect(text).toContain('0 metrics with "\\u{202e}evil" in the name');
  });
});

describe('a long list', () => {
  const names = [
    ...Array.from({ length: 40 }, (_, i) => `kube_pod_info_${i}`),
    ...Array.from({ length: 25 }, (_, i) => `kube_node_${i}`),
    ...Array.from({ length: 9 }, (_, i) => `go_${i}`),
    'up',
  ];

  test('says how all names begin', async () => {
    const text = await metricTools(storeOf(names)).ask('get-available-metrics', { limit: 2 });
    expect(text).toMatch(/^2 of 75 metrics; by name\n/);
    expect(text).toContain('all 75 begin with:\tkube_pod_info_ 40\tkube_node_ 25\tgo_ 9\tup 1\n');
    expect(text).toContain('more: 73 more metrics: raise limit (up to 500), or give a keyword');
  });

  test('of names with a keyword', async () => {
    const { json } = metricTools(storeOf(names));
    expect(await json('get-available-metrics', { keyword: 'kube', limit: 1 })).toMatchObject({
      matched: 65,
      returned: 1,
      names_begin_with: [
        ['kube_pod_info_', 40],
        ['kube_node_', 25],
      ],
    });
  });

  test('keeps to the budget, and says what is left out', async () => {
    const store = new MemoryMetricStore();
    for (let i = 0; i < 3_000; i++) {
      const name = `container_network_receive_packets_dropped_total_${i}`;
      store.add({ __name__: name }, samplesFrom(clock, 1, [1]));
      store.describe(name, { type: 'counter', help: 'Cumulative count of packets dropped. '.repeat(9) });
    }
    const text = await metricTools(store).ask('get-available-metrics', { limit: 500 });
    expect(realTokens(text)).toBeLessThanOrEqual(6_000);
    expect(text).toContain(
      "note: help texts don't fit: raise max_tokens (up to 25000), or give another keyword",
    );
    expect(text).toMatch(/note: \d+ more metrics don't fit/);
  });
});

test('the series of a histogram share a line', async () => {
  const store = storeOf(['req_seconds_bucket', 'req_seconds_count', 'req_seconds_sum', 'x_count', 'x_sum']);
  for (const part of ['bucket', 'count', 'sum']) {
    store.describe(`req_seconds_${part}`, { type: 'histogram', help: 'Latency.' });
  }
  store.add({ __name__: 'req_seconds_bucket', le: '1' }, samplesFrom(clock, 1, [1]));
  expect(await metricTools(store).ask('get-available-metrics')).toMatchInlineSnapshot(`
    "5 metrics; by name
    <untrusted-483920>
    no value:	unit
    name	type	series	help
    req_seconds_{bucket,count,sum}	histogram	2+1+1	Latency.
    x_count	-	1	-
    x_sum	-	1	-
    </untrusted-483920>"
  `);
});

test('an empty store says so', async () => {
  const text = await metricTools(new MemoryMetricStore()).ask('get-available-metrics');
  expect(text).toBe('0 metrics\nnote: there are no metrics at all');
});

test('a number past the ceiling is lowered', async () => {
  expect(await list({ limit: 9_999 })).toContain('note: limit 9999 was lowered to 500, the most there is');
});
