import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Assistant, connect } from '../support/assistants.ts';
import { createKey } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';

const minute = 60_000;
/** A whole minute, so that steps meet samples. */
const end = Math.floor(Date.now() / minute) * minute;
const start = end - 30 * minute;
const window = { from_time: new Date(start).toISOString(), to_time: new Date(end).toISOString() };

/** Requests that a pod answers each minute. */
const pods = [
  { namespace: 'shop', pod: 'cart-0', perMinute: 60 },
  { namespace: 'shop', pod: 'cart-1', perMinute: 30 },
  { namespace: 'vault', pod: 'vault-0', perMinute: 600 },
];

let product: Product;
let assistant: Assistant;

beforeAll(async () => {
  product = await startProduct();
  const response = await fetch(new URL('/v1/metrics', product.otlpUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceMetrics: pods.map(resourceMetrics) }),
  });
  expect(response.status, await response.text()).toBe(200);
  assistant = await connect('modern', product.mcpUrl, await createKey(product.dataDir));
});

afterAll(async () => {
  await assistant?.close();
  expect(await product?.stop()).toEqual({ code: 0, signal: null });
});

function resourceMetrics({ namespace, pod, perMinute }: (typeof pods)[number]): unknown {
  const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const dataPoints = Array.from({ length: 31 }, (_, i) => ({
    startTimeUnixNano: `${start}000000`,
    timeUnixNano: `${start + i * minute}000000`,
    asInt: String(i * perMinute),
    attributes: [attribute('http.route', '/pay')],
  }));
  return {
    resource: {
      attributes: [
        attribute('service.name', pod.split('-', 1)[0] ?? ''),
        attribute('k8s.namespace.name', namespace),
        attribute('k8s.pod.name', pod),
      ],
    },
    scopeMetrics: [
      {
        metrics: [
          {
            name: 'http.server.requests',
            unit: '{request}',
            description: 'Requests that were answered.',
            sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints },
          },
        ],
      },
    ],
  };
}

async function json(tool: string, args: object, by = assistant): Promise<unknown> {
  const { text, isError } = await by.call(tool, { format: 'json', ...args });
  expect(isError, text).toBe(false);
  return JSON.parse(text);
}

const metric = 'http_server_requests_total';

describe('metrics that came over OTLP', () => {
  test('are found by parts of their names', async () => {
    expect(await json('get-available-metrics', { keyword: 'HTTP request' })).toMatchObject({
      metrics: [{ name: metric, type: 'counter', help: 'Requests that were answered.', series: 3 }],
      matched: 1,
      returned: 1,
    });
  });

  test('have labels', async () => {
    expect(await json('get-metric-labels', { metric_name: metric })).toMatchObject({
      metric,
      series: 3,
      labels: expect.arrayContaining([
        { name: 'http_route', values_total: 1, example_values: ['/pay'] },
        { name: 'namespace', values_total: 2, example_values: ['shop', 'vault'] },
      ]),
    });
  });

  test('have values at a time', async () => {
    const promql = `sum by (namespace) (rate(${metric}[5m]))`;
    expect(await json('analyze-metrics', { promql, queryType: 'instant', ...window })).toMatchObject({
      window: { from: window.from_time.replace('.000', ''), to: window.to_time.replace('.000', '') },
      groups_total: 2,
      series: [
        { labels: { namespace: 'vault' }, value: 10 },
        { labels: { namespace: 'shop' }, value: 1.5 },
      ],
    });
  });

  test('have values over time', async () => {
    const promql = `increase(${metric}{pod="cart-0"}[2m])`;
    // From here on a window of two minutes holds two samples, extrapolated to it.
    const from = start + 2 * minute;
    const range = {
      promql,
      queryType: 'range',
      step: '10m',
      ...window,
      from_time: new Date(from).toISOString(),
    };
    const answer = await json('analyze-metrics', range);
    const points = [];
    for (let time = Math.ceil(from / (10 * minute)) * 10 * minute; time <= end; time += 10 * minute) {
      points.push([time / 1000, 120]);
    }
    expect(answer).toMatchObject({ step_s: 600, series: [{ points }] });
  });

  test('are told from names that are wrong', async () => {
    const { text } = await assistant.call('analyze-metrics', {
      promql: 'http_server_request_total',
      ...window,
    });
    expect(text).toContain(`there is no metric http_server_request_total; near it there is ${metric}`);
    const wrong = await assistant.call('analyze-metrics', { promql: `sum(${metric}` });
    expect(wrong).toMatchObject({
      isError: true,
      text: expect.stringMatching(/where .* should stand\n.*\n +\^/),
    });
  });

  test('are hidden from a key that does not see their namespace', async () => {
    const key = await createKey(product.dataDir, '--namespace', 'shop');
    const limited = await connect('modern', product.mcpUrl, key);
    for (const [tool, args] of [
      ['analyze-metrics', { promql: '{__name__=~".+"}', ...window }],
      ['analyze-metrics', { promql: `count_values("v", ${metric} or vector(1))`, ...window }],
      ['analyze-metrics', { promql: `${metric}{namespace="vault"}`, ...window }],
      ['get-metric-labels', { metric_name: metric }],
      ['get-available-metrics', {}],
    ] as const) {
      const { text } = await limited.call(tool, args);
      // The query is not repeated in the answer, but for a matcher that finds nothing.
      expect(text.replace('namespace="vault"', '')).not.toMatch(/vault|18000/);
    }
    await limited.close();
  });
});
