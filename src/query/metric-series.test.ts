import { beforeEach, describe, expect, test } from 'vitest';
import { call } from '../../test/mcp/stub-queries.ts';
import { MemoryMetricStore, samplesFrom } from '../../test/support/memory-metric-store.ts';
import { clock, metricQueries } from '../../test/support/metric-queries.ts';
import { parseSelector } from '../promql/parser.ts';
import type { Call, Queries } from './queries.ts';

const hour = 3_600_000;
let queries: Queries;

beforeEach(() => {
  const store = new MemoryMetricStore();
  store.describe('up', { type: 'gauge', help: 'Whether the scrape went well.' });
  for (const namespace of ['shop', 'bank']) {
    store.add(
      { __name__: 'up', namespace, pod: `${namespace}-0` },
      samplesFrom(clock - hour, 60_000, [1, 1]),
    );
  }
  store.add(
    { __name__: 'requests_total', namespace: 'shop', old: 'yes' },
    samplesFrom(clock - 9 * hour, 60_000, [7]),
  );
  queries = metricQueries(store);
});

function limitedTo(...namespaces: string[]): Call {
  const { principal, signal } = call();
  return { principal: { ...principal, limits: { namespaces } }, signal };
}

const up = [parseSelector('up')];

describe('series', () => {
  test('that meet a selector, whenever', async () => {
    const { items, truncated } = await queries.series({ selectors: up }, call());
    expect(items.map(String)).toEqual([
      '{__name__="up", namespace="bank", pod="bank-0"}',
      '{__name__="up", namespace="shop", pod="shop-0"}',
    ]);
    expect(truncated).toBe(false);
  });

  test('the first of them; 0 asks for all', async () => {
    const one = await queries.series({ selectors: up, limit: 1 }, call());
    expect(one).toMatchObject({ items: [expect.anything()], truncated: true });
    expect((await queries.series({ selectors: up, limit: 0 }, call())).items).toHaveLength(2);
  });

  test('with samples from a time on, or until one', async () => {
    const names = async (range: { start?: number; end?: number }) =>
      (await queries.labelValues('__name__', { selectors: [], ...range }, call())).items;
    expect(await names({})).toEqual(['requests_total', 'up']);
    expect(await names({ start: clock - 2 * hour })).toEqual(['up']);
    expect(await names({ end: clock - 2 * hour })).toEqual(['requests_total']);
  });

  test('that the key may see', async () => {
    const shop = limitedTo('shop');
    expect((await queries.series({ selectors: up }, shop)).items.map((one) => one.get('pod'))).toEqual([
      'shop-0',
    ]);
    expect((await queries.labelNames({ selectors: [] }, limitedTo('bank'))).items).toEqual([
      '__name__',
      'namespace',
      'pod',
    ]);
    expect((await queries.labelValues('pod', { selectors: [] }, shop)).items).toEqual(['shop-0']);
    expect([...(await queries.metricMetadata({}, limitedTo('bank'))).keys()]).toEqual(['up']);
    expect((await queries.series({ selectors: [] }, limitedTo())).items).toEqual([]);
  });
});

test('metadata of a metric', async () => {
  expect(await queries.metricMetadata({ metric: 'up' }, call())).toEqual(
    new Map([['up', [{ type: 'gauge', unit: '', help: 'Whether the scrape went well.' }]]]),
  );
});

describe('PromQL', () => {
  test('over the series that the key may see', async () => {
    const query = { promql: 'count(up)', start: clock - hour, end: clock - hour, step: 0 };
    const counted = await queries.promql(query, call());
    expect(counted).toMatchObject({ type: 'vector', result: [{ value: 2 }] });
    const limited = await queries.promql(query, limitedTo('bank'));
    expect(limited).toMatchObject({ type: 'vector', result: [{ value: 1 }] });
  });

  test('looks back as far as is asked', async () => {
    const at = (lookback?: number) =>
      queries.promql({ promql: 'up', start: clock, end: clock, step: 0, lookback }, call());
    expect(await at()).toMatchObject({ result: [] });
    expect(await at(hour)).toMatchObject({ result: [{ value: 1 }, { value: 1 }] });
  });

  test('that is wrong is refused with its place', async () => {
    const query = { promql: 'sum(up', start: clock, end: clock, step: 0 };
    await expect(queries.promql(query, call())).rejects.toMatchObject({
      name: 'InputError',
      place: { text: 'sum(up', start: 6, end: 6 },
    });
  });
});

test('a server without metrics says so', async () => {
  const none = metricQueries(undefined);
  await expect(none.series({ selectors: [] }, call())).rejects.toThrow('This server stores no metrics');
});
