import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryMetricStore } from '../../../test/support/memory-metric-store.ts';
import { encodeMetrics, metricSeries } from '../../../test/support/metrics.ts';
import { limitedTo } from '../../../test/support/scope.ts';
import { startTestEngine, type TestEngine } from '../../../test/support/store.ts';
import type { Matcher } from '../../promql/ast.ts';
import { parseQuery } from '../../promql/parser.ts';
import type { Limits } from '../../telemetry/scope.ts';
import type { MetricMetadata } from '../rows/metric-record.ts';
import { openStore } from '../store.ts';
import type { MetricStore } from './metric-store.ts';

const HOUR = 3_600_000;
const noon = Date.UTC(2026, 0, 2, 12);
const all = { scope: limitedTo() };

const series: readonly (readonly [Record<string, string>, readonly number[]])[] = [
  [{ __name__: 'up', namespace: 'bank', cluster: 'east', pod: 'a' }, [0, 1]],
  [{ __name__: 'up', namespace: 'bank', cluster: 'west', pod: 'b' }, [0, 30]],
  [{ __name__: 'up', namespace: 'bank.x', cluster: 'east', pod: 'b' }, [-20]],
  [{ __name__: 'up', namespace: 'shop', cluster: 'east', pod: 'c', zone: 'é' }, [-40, 40]],
  [{ __name__: 'up', namespace: 'shop', cluster: 'east', pod: "it's" }, [2]],
  [{ __name__: 'UP_total', namespace: 'bank', cluster: 'east' }, [0]],
  [{ __name__: 'rpc_seconds_bucket', namespace: 'bank', le: '1' }, [0]],
  [{ __name__: 'rpc_seconds_sum', namespace: 'bank' }, [0]],
  [{ __name__: 'rpc_seconds_count', namespace: 'shop' }, [0]],
  [{ __name__: 'lonely' }, [-1]],
];
const metadata: Readonly<Record<string, MetricMetadata>> = {
  up: { type: 'gauge', unit: '', help: 'Whether it is up' },
  UP_total: { type: 'counter', unit: 's', help: '' },
};
const rpc: MetricMetadata = { type: 'histogram', unit: 'seconds', help: 'Calls' };
const unknown: MetricMetadata = { type: 'unknown', unit: '', help: '' };

let engine: TestEngine;
let store: MetricStore;
const memory = new MemoryMetricStore();

beforeAll(async () => {
  engine = await startTestEngine();
  const opened = await openStore({
    clickhouse: engine.clickhouse,
    database: 'metrics',
    retention: 1_000_000_000,
  });
  if (opened.metrics === undefined) throw new Error('there are no tables of metrics');
  store = opened.metrics;
  const records = series.map(([labels, hours]) => {
    const name = labels.__name__ ?? '';
    const samples = hours.map((hour) => ({ timestamp: noon + hour * HOUR, value: hour }));
    memory.add(labels, samples);
    const known = name.startsWith('rpc') ? rpc : (metadata[name] ?? unknown);
    memory.describe(name, known);
    return metricSeries(labels, samples, { metadata: known });
  });
  await opened.insertMetrics(encodeMetrics(records), { digest: 'all' });
});
afterAll(() => engine.close());

const limitsOfKeys: readonly Limits[] = [
  {},
  { namespaces: ['bank'] },
  { namespaces: ['bank.x', "o'k"], clusters: ['east', 'north'] },
  { clusters: ['west'] },
  { namespaces: [] },
];

describe.each(limitsOfKeys)(
  'with the limits %j the store in the tables answers as one in memory',
  (limits) => {
    const options = { scope: limitedTo(limits) };

    test.each([[[]], [['up']], [['UP', 'tot']], [['seconds']], [['none']]])(
      'metrics of %j',
      async (keywords) => {
        for (const limit of [1, 3, 100]) {
          const request = { keywords, limit };
          expect(await store.listMetrics(request, options)).toEqual(
            await memory.listMetrics(request, options),
          );
        }
      },
    );

    test('labels and values of a metric', async () => {
      const ranges = [
        undefined,
        { from: noon, to: noon + HOUR },
        { from: noon - 20 * HOUR, to: noon + 1 },
        { from: noon - 60 * HOUR, to: noon + 60 * HOUR },
        { from: noon + 100 * HOUR, to: noon + 101 * HOUR },
      ];
      for (const range of ranges) {
        for (const name of ['up', 'lonely', 'none']) {
          const request = { name, range, exampleValues: 2 };
          expect(await store.describeMetric(request, options)).toEqual(
            await memory.describeMetric(request, options),
          );
        }
      }
    });

    test.each<readonly Matcher[]>([
      [{ label: '__name__', op: '=', value: 'up' }],
      [
        { label: '__name__', op: '=~', value: 'u.|UP.*' },
        { label: 'pod', op: '!=', value: 'c' },
      ],
      [{ label: '__name__', op: '=', value: 'none' }],
      [],
    ])('the latest sample of %j', async (...matchers) => {
      expect(await store.latestSample?.(matchers, options)).toBe(
        await memory.latestSample(matchers, options),
      );
    });

    test('series, label names and label values of any selection', async () => {
      const matcher: fc.Arbitrary<Matcher> = fc.record({
        label: fc.constantFrom('__name__', 'namespace', 'pod', 'zone', 'none'),
        op: fc.constantFrom('=', '!=', '=~', '!~'),
        value: fc.constantFrom('up', 'up.*', 'bank', 'bank.x', 'bank.?.?', 'a|b', '', '.+', '[a-b]{1}', 'é'),
      });
      const selection = fc.record({
        selectors: fc.array(fc.array(matcher, { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
        range: fc.option(
          fc
            .tuple(fc.integer({ min: -50, max: 50 }), fc.nat(100))
            .map(([from, hours]) => ({ from: noon + from * HOUR, to: noon + (from + hours) * HOUR })),
          { nil: undefined },
        ),
        limit: fc.constantFrom(1, 2, 100),
      });
      await fc.assert(
        fc.asyncProperty(selection, fc.constantFrom('__name__', 'pod', 'none'), async (chosen, label) => {
          const found = await store.series(chosen, options);
          const expected = await memory.series(chosen, options);
          expect(found.items.map(String)).toEqual(expected.items.map(String));
          expect(found.truncated).toBe(expected.truncated);
          expect(await store.labelNames(chosen, options)).toEqual(await memory.labelNames(chosen, options));
          expect(await store.labelValues(label, chosen, options)).toEqual(
            await memory.labelValues(label, chosen, options),
          );
        }),
        { numRuns: 40 },
      );
    });

    test.each(['count(up)', 'absent(up{pod="a"})', 'sum by (namespace) (count_over_time(up[2h]))'])(
      '%s',
      async (text) => {
        const query = { text, expr: parseQuery(text), start: noon + HOUR, end: noon + HOUR, step: 0 };
        expect(await store.evaluate(query, options)).toEqual(await memory.evaluate(query, options));
      },
    );
  },
);

test('families are named without the endings of their series, each metadata once', async () => {
  const request = { limit: 10, limitPerMetric: 10 };
  expect([...(await store.metadata(request, all))]).toEqual([
    ['UP_total', [metadata.UP_total]],
    ['rpc_seconds', [rpc]],
    ['up', [metadata.up]],
  ]);
  const one = await store.metadata({ ...request, metric: 'rpc_seconds' }, all);
  expect([...one]).toEqual([['rpc_seconds', [rpc]]]);
  const first = await store.metadata({ ...request, limit: 1 }, all);
  expect([...first.keys()]).toEqual(['UP_total']);
  const seen = await store.metadata(request, { scope: limitedTo({ namespaces: ['shop'] }) });
  expect([...seen.keys()]).toEqual(['rpc_seconds', 'up']);
});
