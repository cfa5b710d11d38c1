import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKey } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';
import { remoteWrite } from '../support/remote-write.mjs';

/** 2023-11-14T22:13:20Z, in seconds. */
const start = 1_700_000_000;

let product: Product;
const keys = new Map<string, string>();

/** Samples each 15 s for 10 min; the counter of a pod goes up by 15 × its pace. */
function counter(namespace: string, pod: string, pace: number) {
  const samples = Array.from({ length: 41 }, (_, i) => ({
    timestamp: (start + i * 15) * 1000,
    value: i * 15 * pace,
  }));
  return { labels: { __name__: 'requests_total', cluster: 'east', namespace, pod }, samples };
}

beforeAll(async () => {
  product = await startProduct();
  if (product.otlpUrl === undefined) throw new Error('the product takes no samples');
  await remoteWrite(new URL('/api/v1/write', product.otlpUrl), [
    counter('shop', 'cart-1', 2),
    counter('shop', 'cart-2', 3),
    counter('bank', 'vault-1', 5),
  ]);
  keys.set('all', await createKey(product.dataDir, '--role', 'query'));
  keys.set('shop', await createKey(product.dataDir, '--role', 'query', '--namespace', 'shop'));
  keys.set('sender', await createKey(product.dataDir, '--role', 'ingest'));
});
afterAll(() => product.stop());

async function get(key: string, path: string, parameters: Record<string, string> = {}) {
  const url = new URL(`/api/v1${path}?${new URLSearchParams(parameters)}`, product.mcpUrl);
  const authorization = `Bearer ${keys.get(key) ?? key}`;
  const response = await fetch(url, key === '' ? {} : { headers: { authorization } });
  const body: unknown = await response.json();
  return { status: response.status, body };
}

const end = String(start + 600);

test('a range of sums, as Grafana asks for it', async () => {
  const query = 'sum by (namespace) (requests_total)';
  const { body } = await get('all', '/query_range', {
    query,
    start: String(start + 480),
    end,
    step: '60',
  });
  // Both namespaces go up by 5 in a second.
  const values = [480, 540, 600].map((at) => [start + at, String(5 * at)]);
  expect(body).toEqual({
    status: 'success',
    data: {
      resultType: 'matrix',
      result: [
        { metric: { namespace: 'bank' }, values },
        { metric: { namespace: 'shop' }, values },
      ],
    },
  });
});

describe('a key that sees one namespace', () => {
  const selector = { 'match[]': '{cluster="east"}' };
  test.each<[path: string, parameters: Record<string, string>, data: unknown]>([
    [
      '/query',
      { query: 'count(requests_total)', time: end },
      { resultType: 'vector', result: [{ metric: {}, value: [start + 600, '2'] }] },
    ],
    [
      '/query',
      { query: 'absent(requests_total{namespace="bank"})', time: end },
      { resultType: 'vector', result: [{ metric: { namespace: 'bank' }, value: [start + 600, '1'] }] },
    ],
    ['/series', selector, ['cart-1', 'cart-2'].map((pod) => counter('shop', pod, 1).labels)],
    ['/labels', {}, ['__name__', 'cluster', 'namespace', 'pod']],
    ['/label/namespace/values', selector, ['shop']],
    ['/label/pod/values', {}, ['cart-1', 'cart-2']],
  ])('%s %o', async (path, parameters, data) => {
    expect(await get('shop', path, parameters)).toEqual({ status: 200, body: { status: 'success', data } });
  });
});

test('the whole key sees both', async () => {
  const { body } = await get('all', '/label/namespace/values');
  expect(body).toEqual({ status: 'success', data: ['bank', 'shop'] });
});

test('no key, a wrong one and one without the role', async () => {
  const statuses = [];
  for (const key of ['', 'ks_x_y', 'sender']) statuses.push((await get(key, '/labels')).status);
  expect(statuses).toEqual([401, 401, 403]);
});
