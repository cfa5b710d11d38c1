import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { limitedTo } from '../../../test/support/scope.ts';
import { parseQuery } from '../../promql/parser.ts';
import type { PromqlQuery } from '../metrics/metric-store.ts';
import { PrometheusClient } from './client.ts';
import { PrometheusMetricStore } from './prometheus-metric-store.ts';

// Stores that answer in ways that no real one can be made to answer on demand.

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

type Answer = { readonly status?: number; readonly body: unknown };

async function storeOver(answer: (path: string, params: URLSearchParams) => Answer) {
  const logged: string[] = [];
  const server = createServer(async (incoming, response) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://store');
    const form = Buffer.concat(await incoming.toArray()).toString();
    const params = incoming.method === 'POST' ? new URLSearchParams(form) : searchParams;
    const { status = 200, body } = answer(pathname.replace('/api/v1/', ''), params);
    response.writeHead(status).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const url = new URL(`http://127.0.0.1:${address.port}`);
  const client = new PrometheusClient({ url, credentials: { headers: [] }, timeout: 10_000 });
  const store = new PrometheusMetricStore({
    client,
    log: ({ errorId, texts }) => logged.push(`${errorId}: ${texts.join(' | ')}`),
    newId: () => 'id-1',
  });
  return { store, logged };
}

const query: PromqlQuery = { text: 'up', expr: parseQuery('up'), start: 60_000, end: 60_000, step: 0 };
const noSeries = { resultType: 'vector', result: [] };
const limited = { scope: limitedTo({ namespaces: ['shop'] }) };
const selection = { selectors: [], limit: 10 };

describe('notes of a store', () => {
  test('are passed on where they are about the query, each once, and logged where they are not', async () => {
    const { store, logged } = await storeOver(() => ({
      body: {
        status: 'success',
        data: noSeries,
        isPartial: true,
        warnings: [
          'No StoreAPIs matched, 10.0.0.7:10901',
          'PromQL warning: odd (1:1)',
          'PromQL info: dull (1:1)',
        ],
        infos: ['PromQL info: dull (1:1)'],
      },
    }));
    expect(await store.evaluate(query, { scope: limitedTo() })).toEqual({
      type: 'vector',
      result: [],
      warnings: [
        'PromQL warning: odd (1:1)',
        'The metrics store gave a warning of its own; its operator finds it in the log.',
        'The answer is incomplete: a part of the metrics store did not answer.',
      ],
      infos: ['PromQL info: dull (1:1)'],
    });
    expect(logged).toEqual(['id-1: No StoreAPIs matched, 10.0.0.7:10901']);
  });
});

describe('labels with names that objects of JavaScript have', () => {
  const sets = ['a', 'b'].map((value) => JSON.parse(`{"__proto__":"${value}","constructor":"c"}`));
  const shown = ['{__proto__="a", constructor="c"}', '{__proto__="b", constructor="c"}'];

  test('tell series apart', async () => {
    const { store } = await storeOver(() => ({ body: { status: 'success', data: sets } }));
    expect((await store.series(selection, limited)).items.map(String)).toEqual(shown);
  });

  test('are in the answer of a query', async () => {
    const result = sets.map((metric) => ({ metric, value: [60, '1'] }));
    const data = { resultType: 'vector', result };
    const { store } = await storeOver(() => ({ body: { status: 'success', data } }));
    const answer = await store.evaluate(query, limited);
    if (answer.type !== 'vector') throw new Error(answer.type);
    expect(answer.result.map(({ labels }) => `${labels}`)).toEqual(shown);
  });
});

describe('a refusal of unknown kind', () => {
  test('is logged under an id, and its text stays inside', async () => {
    const { store, logged } = await storeOver(() => ({
      status: 422,
      body: { status: 'error', errorType: 'execution', error: 'shard 10.0.0.7 is odd' },
    }));
    const failed = store.evaluate(query, { scope: limitedTo() });
    await expect(failed).rejects.toThrow(
      'The metrics store refuses this request. Its operator finds the reason in the log. Error id: id-1',
    );
    expect(logged).toEqual(['id-1: shard 10.0.0.7 is odd']);
  });
});

describe('a store that does not heed limits', () => {
  test('lists no label for a key that has some', async () => {
    const { store } = await storeOver(() => ({ body: { status: 'success', data: ['shop', 'secret'] } }));
    const refused = 'can not limit lists of labels to what this key may see';
    await expect(store.labelValues('namespace', selection, limited)).rejects.toThrow(refused);
    await expect(store.labelNames(selection, limited)).rejects.toThrow(refused);
    await expect(store.listMetrics({ keywords: [], limit: 5 }, limited)).rejects.toThrow(refused);
    expect(await store.labelNames(selection, { scope: limitedTo() })).toEqual({
      items: ['secret', 'shop'],
      truncated: false,
    });
  });

  test('shows no metadata of targets that the key may not see', async () => {
    const data = ['shop', 'secret'].map((namespace) => {
      return {
        target: { namespace },
        metric: `${namespace}_total`,
        type: 'counter',
        help: namespace,
        unit: '',
      };
    });
    const { store } = await storeOver(() => ({ body: { status: 'success', data } }));
    const found = await store.metadata({ limit: 9, limitPerMetric: 9 }, limited);
    expect([...found]).toEqual([['shop_total', [{ type: 'counter', unit: '', help: 'shop' }]]]);
  });
});

describe('a store without limits of its own', () => {
  test('is cut, in byte order', async () => {
    const data = ['b', 'a', 'Z', 'c', 'a'];
    const { store } = await storeOver(() => ({ body: { status: 'success', data } }));
    const listed = await store.labelValues('x', { selectors: [], limit: 2 }, { scope: limitedTo() });
    expect(listed).toEqual({ items: ['Z', 'a'], truncated: true });
  });
});

describe('limits of a query', () => {
  test('on steps hold before anything is sent, on series when they have come', async () => {
    let requests = 0;
    const { store } = await storeOver(() => {
      requests++;
      const result = [1, 2, 3].map((n) => ({ metric: { n: `${n}` }, value: [60, '1'] }));
      return { body: { status: 'success', data: { resultType: 'vector', result } } };
    });
    const range = { ...query, end: 660_000, step: 60_000 };
    await expect(
      store.evaluate({ ...range, limits: { maxSteps: 10 } }, { scope: limitedTo() }),
    ).rejects.toThrow('The query has 11 steps, more than 10 at once.');
    expect(requests).toBe(0);
    await expect(
      store.evaluate({ ...query, limits: { maxSeries: 2 } }, { scope: limitedTo() }),
    ).rejects.toThrow('too large');
  });

  test('are sent: the time, and the age of samples', async () => {
    const sent: Record<string, string>[] = [];
    const { store } = await storeOver((_path, params) => {
      sent.push(Object.fromEntries(params));
      return { body: { status: 'success', data: noSeries } };
    });
    await store.evaluate({ ...query, lookback: 90_500, limits: { timeout: 5_000 } }, { scope: limitedTo() });
    expect(sent).toEqual([
      { query: 'up', timeout: '5s', lookback_delta: '90.500', max_lookback: '90.500', time: '60.000' },
    ]);
  });
});

describe('an answer of another form', () => {
  test.each([
    { resultType: 'vector', result: [{ metric: {} }] },
    { resultType: 'vector', result: [{ metric: {}, value: [1, 'x'] }] },
    { resultType: 'matrix', result: [{ metric: {}, values: [[1, 2]] }] },
    { resultType: 'matrix', result: [{ metric: {}, values: [5] }] },
    { resultType: 'matrix', result: [{ metric: {}, histograms: [[1, {}]] }] },
    { resultType: 'streams', result: [] },
    { resultType: 'vector', result: [{ metric: { a: 5 }, value: [1, '2'] }] },
  ])('is a failure of the store: %j', async (data) => {
    const { store } = await storeOver(() => ({ body: { status: 'success', data } }));
    await expect(store.evaluate(query, { scope: limitedTo() })).rejects.toMatchObject({
      name: 'StoreError',
      kind: 'internal',
    });
  });
});
