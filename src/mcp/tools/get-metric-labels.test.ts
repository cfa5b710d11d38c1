import { expect, test } from 'vitest';
import { MemoryMetricStore, samplesFrom } from '../../../test/support/memory-metric-store.ts';
import { clock } from '../../../test/support/metric-queries.ts';
import { sampleMetrics } from '../../../test/support/metric-sample.ts';
import { metricTools } from '../../../test/support/metric-tools.ts';
import { realTokens } from '../../../test/support/tokens.ts';

const { ask, refuse, json } = metricTools(sampleMetrics());

test('labels with their values', async () => {
  expect(await ask('get-metric-labels', { metric_name: 'http_requests_total' })).toMatchInlineSnapshot(`
    "http_requests_total: counter, 3 series, 4 labels; at any time
    <untrusted-483920>
    help:	Requests that were answered.
    label	values	examples
    cluster	1	eu
    code	1	200
    namespace	2	shop, bank
    pod	3	cart-0, cart-1, ledger-0
    </untrusted-483920>"
  `);
});

test('as JSON, in a window', async () => {
  expect(
    await ask('get-metric-labels', { name: 'http_requests_total', from_time: 'now-10m', format: 'json' }),
  ).toMatchInlineSnapshot(
    `"{"metric":"http_requests_total","type":"counter","unit":"","help":"Requests that were answered.","series":3,"window":{"from":"2026-03-01T11:50:00Z","to":"2026-03-01T12:00:00Z"},"labels":[{"name":"cluster","values_total":1,"example_values":["eu"]},{"name":"code","values_total":1,"example_values":["200"]},{"name":"namespace","values_total":2,"example_values":["shop","bank"]},{"name":"pod","values_total":3,"example_values":["cart-0","cart-1","ledger-0"]}],"notes":["server clock: 2026-03-01T12:00:00Z"]}"`,
  );
});

test.each(['up', ' up ', 'up{namespace="shop"}', '{"up", namespace="shop"}', '{__name__="up"}'])(
  'of the metric in %s',
  async (metric) => {
    expect(await json('get-metric-labels', { metric })).toMatchObject({
      metric: 'up',
      series: 3,
      window: null,
    });
  },
);

test('unit and help stand between the fences', async () => {
  const text = await ask('get-metric-labels', { metric_name: 'heap_bytes' });
  expect(text).toMatch(
    /^heap_bytes: gauge, 1 series, 3 labels; at any time\n<untrusted-483920>\nunit:\tbytes\nhelp:\tHeap in use\.\n/,
  );
});

test('of series with samples in the window alone', async () => {
  expect(await refuse('get-metric-labels', { metric: 'disk_job_seconds', from_time: 'now-10m' })).toBe(
    'The metric disk_job_seconds has no samples from 2026-03-01T11:50:00Z to 2026-03-01T12:00:00Z, but at other times, the latest at 2026-03-01T11:10:00Z: leave out from_time and to_time to see its labels',
  );
  // Windows are open at their end: the sample at 11:00 is not before 11:00.
  const before = { from_time: '2026-03-01T10:00:00Z', to_time: '2026-03-01T11:00:00Z' };
  expect(await refuse('get-metric-labels', { metric: 'up', ...before })).toContain('has no samples');
});

test.each([
  ['http_request_total', /no metric http_request_total\. Near it there is http_requests_total\./],
  [
    'latency_seconds_bucket',
    /Near it there is latency_seconds; if latency_seconds is a native histogram, ask/,
  ],
  ['zzz', /^There is no metric zzz\. get-available-metrics finds metrics/],
  ['', /name a metric/],
])('%j is no metric', async (metric, message) => {
  expect(await refuse('get-metric-labels', { metric })).toMatch(message);
});

test('values are cut before labels are left out', async () => {
  const store = new MemoryMetricStore();
  const labels = Array.from({ length: 30 }, (_, i) => [`label_${i}`, `${i} ${'long value '.repeat(30)}`]);
  store.add({ __name__: 'x', ...Object.fromEntries(labels) }, samplesFrom(clock, 1, [1]));
  const text = await metricTools(store).ask('get-metric-labels', { metric: 'x', max_tokens: 2_000 });
  expect(realTokens(text)).toBeLessThanOrEqual(2_000);
  expect(text).toContain('30 labels; at any time');
  expect(text).toMatch(/label_29\t1\t/);
  expect(text).toMatch(/note: 30 values are cut/);
});
