import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { limitedTo } from '../support/scope.ts';
import { waitFor } from '../support/wait.ts';
import { portOf } from './recording-proxy.ts';
import { openTarget, type Target } from './target.ts';

// Only Prometheus' own scraping brings metadata, so this scrapes a target, whose namespace is `shop`.
const exposition = `# HELP jobs_total Jobs that ended.
# TYPE jobs_total counter
jobs_total 5
# HELP wait_seconds How long jobs wait.
# TYPE wait_seconds histogram
wait_seconds_bucket{le="1"} 1
wait_seconds_bucket{le="+Inf"} 1
wait_seconds_sum 0.5
wait_seconds_count 1
# TYPE wait_seconds_max gauge
wait_seconds_max 3
`;

const exporter = createServer((_request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' }).end(exposition);
});
let target: Target;

beforeAll(async () => {
  exporter.listen(0, '127.0.0.1');
  await once(exporter, 'listening');
  const url = new URL(`http://127.0.0.1:${portOf(exporter)}/metrics`);
  target = await openTarget('prometheus', 'scraping', () => [], url);
  if (inject('prometheusAnswers') === undefined) return;
  await waitFor('the target to be scraped', 30_000, async () => {
    const { items } = await target.store.labelNames({ selectors: [], limit: 9 }, { scope: limitedTo() });
    return items.includes('le');
  });
}, 600_000);

afterAll(async () => {
  exporter.close();
  await target?.close();
});

const counter = { type: 'counter', unit: '', help: 'Jobs that ended.' };
const histogram = { type: 'histogram', unit: '', help: 'How long jobs wait.' };

test('metrics have the type and help of their family', async () => {
  const { metrics } = await target.store.listMetrics({ keywords: ['_'], limit: 20 }, { scope: limitedTo() });
  const found = Object.fromEntries(metrics.map(({ name, type, help }) => [name, [type, help]]));
  expect(found).toMatchObject({
    jobs_total: ['counter', 'Jobs that ended.'],
    wait_seconds_bucket: ['histogram', 'How long jobs wait.'],
    wait_seconds_count: ['histogram', 'How long jobs wait.'],
    wait_seconds_max: ['gauge', ''],
  });
  const request = { name: 'wait_seconds_bucket', exampleValues: 3 };
  expect(await target.store.describeMetric(request, { scope: limitedTo() })).toMatchObject({
    ...histogram,
    series: 2,
  });
});

test('families in the order of their names, cut to a limit', async () => {
  const request = { limit: 2, limitPerMetric: 1 };
  expect([...(await target.store.metadata(request, { scope: limitedTo() }))]).toEqual([
    ['jobs_total', [counter]],
    ['wait_seconds', [histogram]],
  ]);
  const one = await target.store.metadata({ ...request, metric: 'jobs_total' }, { scope: limitedTo() });
  expect([...one]).toEqual([['jobs_total', [counter]]]);
  const none = await target.store.metadata({ ...request, metric: 'nothing' }, { scope: limitedTo() });
  expect([...none]).toEqual([]);
});

test('a key with limits reads what visible targets say, and nothing of others', async () => {
  const families = async (namespace: string, metric?: string) => [
    ...(
      await target.store.metadata(
        { metric, limit: 9, limitPerMetric: 9 },
        { scope: limitedTo({ namespaces: [namespace] }) },
      )
    ).keys(),
  ];
  expect(await families('shop')).toEqual(['jobs_total', 'wait_seconds', 'wait_seconds_max']);
  expect(await families('shop', 'jobs_total')).toEqual(['jobs_total']);
  expect(await families('cart')).toEqual([]);
  expect(await families('cart', 'jobs_total')).toEqual([]);
});
