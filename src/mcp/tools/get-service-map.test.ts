import { expect, test } from 'vitest';
import { call, mark, stubQueries, window } from '../../../test/mcp/stub-queries.ts';
import { realTokens } from '../../../test/support/tokens.ts';
import type { ServiceMapResult } from '../../query/service-map.ts';
import { getServiceMap } from './get-service-map.ts';

const node = (namespace: string, workload: string) => ({ cluster: 'eu-1', namespace, workload });

const result: ServiceMapResult = {
  calls: [
    {
      client: node('shop', 'web'),
      server: node('shop', 'cart'),
      seenBy: 'spans',
      calls: 6540,
      failed: 654,
      p50: 12_345_678,
      p95: 80_000_000,
      gapP50: 450_000,
      gapP95: 1_200_000_000,
    },
    {
      client: node('shop', 'cart'),
      server: { cluster: 'eu-1', namespace: '', workload: 'postgres' },
      seenBy: 'attributes',
      calls: 3,
      failed: 0,
      p50: 900_000,
      p95: 1_000_000,
      gapP50: null,
      gapP95: null,
    },
  ],
  nodes: [
    { ...node('shop', 'cart'), served: 6545, failed: 654, withoutCaller: 5, fromItself: 0 },
    { ...node('data', 'index'), served: 10, failed: 0, withoutCaller: 0, fromItself: 0 },
  ],
  around: '',
  filter: '',
  filterRewritten: false,
  edgesTotal: 3,
  callsTotal: 6544,
  window,
  now: undefined,
  notes: [],
};

const answer = (given: ServiceMapResult, args: object = {}) =>
  getServiceMap(stubQueries({ serviceMap: given })).answer(args, call(), mark);

test('compact', async () => {
  expect(await answer(result)).toMatchInlineSnapshot(`
    "2 of 3 pairs of workloads, 6544 calls, most frequent first; 2023-01-29 08:41:00 to 10:30:00 UTC
    <untrusted-483920>
    client	server	calls	per_s	failed	p50	p95	gap_p50	gap_p95	seen_by
    shop/web	shop/cart	6540	1	10 %	12.3 ms	80 ms	450 us	1.2 s	spans
    shop/cart	postgres	3	0.000459	0 %	900 us	1 ms	-	-	attributes
    workload	served	failed	of them without a recorded caller	from itself
    shop/cart	6545	10 %	5	0
    </untrusted-483920>
    note: 1 more pair with 1 calls: raise limit (up to 200), or ask around one workload, or narrow filters
    note: values are rounded; format "json" has them exact"
  `);
});

test('JSON', async () => {
  const json = JSON.parse(await answer(result, { format: 'json' }));
  expect(json).toMatchObject({
    edges_total: 3,
    edges_shown: 2,
    calls_total: 6544,
    nodes_total: 2,
    workload: null,
  });
  expect(json.calls[0]).toEqual({
    client: node('shop', 'web'),
    server: node('shop', 'cart'),
    seen_by: 'spans',
    count: 6540,
    rate_per_s: 1,
    error_ratio: 0.1,
    p50_ns: 12_345_678,
    p95_ns: 80_000_000,
    gap_p50_ns: 450_000,
    gap_p95_ns: 1_200_000_000,
  });
  expect(json.calls[1].server).toEqual({ cluster: 'eu-1', workload: 'postgres' });
  expect(json.nodes[0]).toEqual({
    ...node('shop', 'cart'),
    served: 6545,
    failed: 654,
    without_caller: 5,
    from_itself: 0,
  });
});

test('arguments reach the query', async () => {
  const queries = stubQueries({ serviceMap: result });
  await getServiceMap(queries).answer({ service: 'cart', filters: 'namespace = shop' }, call(), mark);
  expect(queries.requests).toEqual([
    { fromTime: undefined, toTime: undefined, workload: 'cart', filters: 'namespace = shop', limit: 50 },
  ]);
});

test('keeps to the budget, and counts what it leaves out', async () => {
  const [edge] = result.calls;
  if (edge === undefined) throw new Error('there is no edge');
  const calls = Array.from({ length: 200 }, (_, i) => ({
    ...edge,
    server: node(`space-${i}`, 'x'.repeat(200) + i),
  }));
  const nodes = calls.map(({ server }) => ({
    ...server,
    served: 1,
    failed: 0,
    withoutCaller: 1,
    fromItself: 0,
  }));
  const large = { ...result, calls, nodes, edgesTotal: 300, callsTotal: 6540 * 300 };
  for (const max_tokens of [1000, 6000]) {
    for (const format of ['compact', 'json']) {
      const text = await answer(large, { max_tokens, format });
      expect(realTokens(text)).toBeLessThanOrEqual(max_tokens);
      expect(text).toMatch(/\d+ more pairs with \d+ calls/);
    }
  }
});
