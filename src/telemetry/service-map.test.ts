import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CallStatistics,
  type MapNode,
  mapAround,
  type ServedSpans,
  serviceMap,
  type UnservedSpans,
} from './service-map.ts';

const statistics = (calls: number, failed = 0): CallStatistics => ({
  calls,
  failed,
  p50: 1,
  p95: 2,
  gapP50: null,
  gapP95: null,
});

const node = fc.record({
  cluster: fc.constantFrom('eu', 'us'),
  namespace: fc.constantFrom('shop', 'bank'),
  workload: fc.constantFrom('cart', 'pay', 'web'),
});
const counted = fc.record({ calls: fc.integer({ min: 1, max: 9 }), failed: fc.nat(9) });
const served = fc.array(
  fc
    .record({ server: node, caller: fc.option(node, { nil: undefined }), named: fc.boolean(), counted })
    .map(({ server, caller, named, counted: { calls, failed } }): ServedSpans => {
      const peer = caller === undefined && named ? 'browser' : '';
      return { server, caller, peer, ...statistics(calls, Math.min(calls, failed)) };
    }),
  { maxLength: 12 },
);
const unserved = fc.array(
  fc
    .record({
      client: node,
      peer: fc.constantFrom('', 'cart', 'redis'),
      peerNamespace: fc.constantFrom('', 'bank'),
      calls: fc.integer({ min: 1, max: 9 }),
    })
    .map(({ client, peer, peerNamespace, calls }): UnservedSpans => {
      return { client, peer, peerNamespace, ...statistics(calls) };
    }),
  { maxLength: 8 },
);

const sum = (counts: readonly number[]): number => counts.reduce((all, one) => all + one, 0);
const text = ({ cluster, namespace, workload }: MapNode): string => `${cluster}/${namespace}/${workload}`;

describe('a service map', () => {
  test('has every span that serves or calls once: in a call, or counted beside the calls', () => {
    fc.assert(
      fc.property(served, unserved, (servedSpans, unservedSpans) => {
        const { calls, nodes, unnamed } = serviceMap(servedSpans, unservedSpans);
        const inCalls = sum(calls.map((one) => one.calls));
        const outside = sum(nodes.map(({ withoutCaller, fromItself }) => withoutCaller + fromItself));
        const given = [...servedSpans, ...unservedSpans].map((one) => one.calls);
        expect(inCalls + outside + sum(unnamed.map((one) => one.calls))).toBe(sum(given));
        for (const { served: count, failed, ...one } of nodes) {
          const own = servedSpans.filter(({ server }) => text(server) === text(one));
          expect(count).toBe(sum(own.map((spans) => spans.calls)));
          expect(failed).toBe(sum(own.map((spans) => spans.failed)));
        }
      }),
    );
  });

  test('has a call of known sides where a span that serves has a caller of another workload, and no other', () => {
    fc.assert(
      fc.property(served, unserved, (servedSpans, unservedSpans) => {
        const { calls } = serviceMap(servedSpans, unservedSpans);
        const edges = (of: readonly (readonly [MapNode, MapNode, number])[]) =>
          of.map(([client, server, count]) => `${text(client)} > ${text(server)} ${count}`).sort();
        expect(
          edges(
            calls
              .filter(({ seenBy }) => seenBy === 'spans')
              .map((one) => [one.client, one.server, one.calls] as const),
          ),
        ).toEqual(
          edges(
            servedSpans.flatMap(({ server, caller, calls: count }) =>
              caller === undefined || text(caller) === text(server) ? [] : [[caller, server, count] as const],
            ),
          ),
        );
      }),
    );
  });

  test('is ordered by frequency, however its parts come in', () => {
    fc.assert(
      fc.property(served, unserved, (servedSpans, unservedSpans) => {
        const { calls, nodes } = serviceMap(servedSpans, unservedSpans);
        const counts = calls.map((one) => one.calls);
        expect(counts).toEqual(counts.toSorted((a, b) => b - a));
        expect(serviceMap(servedSpans.toReversed(), unservedSpans).nodes).toEqual(nodes);
      }),
    );
  });
});

describe('a map around a workload', () => {
  const cart = { cluster: 'eu', namespace: 'shop', workload: 'cart' };
  const otherCart = { cluster: 'eu', namespace: 'bank', workload: 'cart' };
  const web = { cluster: 'us', namespace: 'shop', workload: 'web' };
  const whole = serviceMap(
    [
      { server: cart, caller: web, peer: '', ...statistics(1) },
      { server: otherCart, caller: web, peer: '', ...statistics(2) },
    ],
    [
      { client: cart, peer: 'redis', peerNamespace: '', ...statistics(3) },
      { client: web, peer: '', peerNamespace: '', ...statistics(4) },
    ],
  );

  test.each([
    ['cart', [3, 2, 1]],
    ['shop/cart', [3, 1]],
    ['eu/bank/cart', [2]],
    ['eu/cart', [3, 2, 1]],
    ['us/shop/cart', []],
    ['redis', [3]],
    ['eu/redis', [3]],
    ['art', []],
  ])('takes names as the map shows them: %s', (workload, counts) => {
    expect(mapAround(whole, workload).calls.map(({ calls }) => calls)).toEqual(counts);
  });

  test('has its spans alone beside the calls', () => {
    const { nodes, unnamed } = mapAround(whole, 'shop/web');
    expect([nodes, unnamed]).toEqual([[], [{ client: web, calls: 4 }]]);
    expect(mapAround(whole, 'bank/cart').nodes.map(text)).toEqual(['eu/bank/cart']);
  });
});
