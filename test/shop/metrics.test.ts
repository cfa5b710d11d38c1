import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { NumberPoint, ShopMetric } from '../../src/demo/shop/records.ts';
import { compact, expectNumber } from '../support/answers.ts';
import type { Assistant } from '../support/assistants.ts';
import { groupBy } from './expected.ts';
import { useLoadedShop } from './loaded-shop.ts';

const running = useLoadedShop({ hours: 1, metrics: true });

const analysisSchema = z.object({
  series: z.array(
    z.object({
      labels: z.record(z.string(), z.string()),
      value: z.number().nullish(),
      points: z.array(z.tuple([z.number(), z.number().nullable()])).optional(),
    }),
  ),
});

async function evaluate(assistant: Assistant, end: bigint, promql: string) {
  const text = await compact(assistant, 'analyze-metrics', {
    to_time: String(end),
    queryType: 'instant',
    promql,
    format: 'json',
    max_tokens: 25_000,
    limit: 200,
  });
  return analysisSchema.parse(JSON.parse(text)).series;
}

/** The points of number metrics of that name at a time, with the pods that said them. */
function pointsAt(metrics: readonly ShopMetric[], name: string, at: bigint) {
  return metrics.flatMap((metric) =>
    metric.name === name && metric.kind !== 'histogram' && metric.kind !== 'exponentialHistogram'
      ? metric.points.filter(({ time }) => time === at).map((point) => ({ ...point, pod: metric.pod }))
      : [],
  );
}

const sum = (points: readonly NumberPoint[]) => points.reduce((total, { value }) => total + value, 0);

describe('metrics of the shop, beside what its pods said', () => {
  test('orders by cluster', async () => {
    const { assistant, metrics, end } = running();
    const series = await evaluate(assistant, end, 'sum by (cluster) (shop_orders_total)');
    const expected = groupBy(pointsAt(metrics, 'shop.orders', end), ({ pod }) => pod.cluster.name);
    expect(Object.fromEntries(series.map(({ labels, value }) => [labels.cluster, value]))).toEqual(
      Object.fromEntries([...expected].map(([cluster, points]) => [cluster, sum(points)])),
    );
    expect(expected.size).toBe(3);
  });

  test('memory as a share of its limit', async () => {
    const { assistant, metrics, end } = running();
    const series = await evaluate(
      assistant,
      end,
      'max by (namespace) (container_memory_usage_bytes / k8s_container_memory_limit_bytes)',
    );
    const used = groupBy(
      pointsAt(metrics, 'container.memory.usage', end),
      ({ pod }) => pod.workload.namespace,
    );
    expect(series).toHaveLength(used.size);
    for (const { labels, value } of series) {
      const shares = (used.get(labels.namespace ?? '') ?? []).map(
        ({ value: bytes, pod }) => bytes / pod.workload.memoryLimit,
      );
      expectNumber(value, Math.max(...shares), `memory of ${labels.namespace}`);
    }
  });

  test('the ratio of 5xx to all requests as a percentage, as the servers count it', async () => {
    const { assistant, metrics, end } = running();
    const [one] = await evaluate(
      assistant,
      end,
      '100 * sum(http_server_request_duration_seconds_count{http_response_status_code=~"5.."}) / sum(http_server_request_duration_seconds_count)',
    );
    const points = metrics.flatMap((metric) => (metric.kind === 'histogram' ? metric.points : []));
    const counted = points.filter(({ time }) => time === end);
    const count = (of: typeof counted) => of.reduce((total, point) => total + point.count, 0);
    const failed = counted.filter(({ attributes }) => Number(attributes['http.response.status_code']) >= 500);
    expect(count(failed)).toBeGreaterThan(10);
    expectNumber(one?.value, (100 * count(failed)) / count(counted), '5xx');
  });

  test('a percentile from classic buckets lies in the bucket that has it', async () => {
    const { assistant, end } = running();
    const [one] = await evaluate(
      assistant,
      end,
      'histogram_quantile(0.9, sum by (le) (http_server_request_duration_seconds_bucket{job="checkout"}))',
    );
    const bounds = [0, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
    const above = bounds.findIndex((bound) => bound >= ninth('checkout'));
    expect(one?.value).toBeGreaterThanOrEqual(bounds[above - 1] ?? Number.NaN);
    expect(one?.value).toBeLessThanOrEqual(bounds[above] ?? Number.NaN);
  });

  test('a percentile from exponential buckets is as near as their width', async () => {
    const { assistant, end } = running();
    const promql = 'histogram_quantile(0.9, sum(rpc_server_call_duration_seconds{job="ledger"}))';
    const [one] = await evaluate(assistant, end, promql);
    const ratio = (one?.value ?? Number.NaN) / ninth('ledger');
    expect(ratio).toBeGreaterThan(2 ** (-1 / 16));
    expect(ratio).toBeLessThan(2 ** (1 / 16));
  });
});

/** The duration in seconds of the request of a service that nine in ten are not longer than. */
function ninth(service: string): number {
  const { spans, metrics, end } = running();
  // A container that started anew has forgotten what it counted before.
  const started = new Map(
    pointsAt(metrics, 'container.cpu.time', end).map(({ pod, start }) => [pod, start ?? end]),
  );
  const seconds = spans
    .filter(
      ({ kind, pod, start, duration }) =>
        kind === 'server' &&
        pod.workload.service === service &&
        start >= (started.get(pod) ?? end) &&
        start + BigInt(duration) <= end,
    )
    .map(({ duration }) => duration / 1e9)
    .sort((a, b) => a - b);
  const at = seconds[Math.ceil(0.9 * seconds.length) - 1];
  if (at === undefined) throw new Error(`no requests of ${service}`);
  return at;
}

describe('discovery of metrics', () => {
  test('by keyword', async () => {
    const { assistant } = running();
    const text = await compact(assistant, 'get-available-metrics', { keyword: 'memory' });
    expect(text).toContain('container_memory_usage_bytes');
    expect(text).toContain('k8s_container_memory_limit_bytes');
    expect(text).not.toContain('shop_orders');
  });

  test('labels of one metric', async () => {
    const { assistant } = running();
    const text = await compact(assistant, 'get-metric-labels', { metric_name: 'shop_orders_total' });
    for (const label of ['cluster', 'namespace', 'workload', 'pod', 'currency'])
      expect(text).toContain(label);
    expect(text).toContain('EUR');
    expect(text).toContain('checkout-canary');
  });
});
