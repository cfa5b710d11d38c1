import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Limits } from '../../src/access/principal.ts';
import type { Matcher } from '../../src/promql/ast.ts';
import type { MetricSample, MetricType } from '../../src/store/rows/metric-record.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { aggregateRecords } from '../../src/telemetry/window-records/window-aggregates.ts';
import { encodeMetrics, metricSeries, noMetadata } from '../support/metrics.ts';
import { limitedTo } from '../support/scope.ts';
import { startTestEngine, type TestEngine } from '../support/store.ts';

const second = 1000;
const minute = 60 * second;
/** 2026-01-02T23:50:00Z, so that the times below lie on two days; ms since the epoch. */
const start = Date.UTC(2026, 0, 2, 23, 50);
const stretch = 30 * second;
const baseline = { from: start, to: start + 4 * minute };
const window = { from: start + 9 * minute, to: start + 13 * minute };
const most = 20_000;

let engine: TestEngine;
/** For series of pods that no other test knows. */
let shared: Store;
beforeAll(async () => {
  engine = await startTestEngine();
  shared = await open();
}, 60_000);
afterAll(() => engine.close());

let databases = 0;
let digests = 0;
let pods = 0;

interface Sent {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly type?: MetricType;
  readonly samples: readonly MetricSample[];
}

/** A database of its own. */
const open = (): Promise<Store> =>
  openStore({ clickhouse: engine.clickhouse, database: `pods_${databases++}`, retention: 1e9 });

/** Stores series as one request. */
async function send(store: Store, sent: readonly Sent[]): Promise<void> {
  const series = sent.map(({ name, labels, type = 'gauge', samples }) =>
    metricSeries({ __name__: name, pod: 'cart-0', ...labels }, samples, {
      metadata: { ...noMetadata, type },
    }),
  );
  await store.insertMetrics(encodeMetrics(series), { digest: String(digests++) });
}

/** What a comparison of the two times is made of. */
async function read(
  store: Store,
  {
    limits = {},
    matchers = [],
    mostSeries = most,
  }: { limits?: Limits; matchers?: readonly Matcher[]; mostSeries?: number } = {},
) {
  const metrics = await store.metrics?.podMetrics?.(
    { baseline, window, stretch, matchers, mostSeries },
    { scope: limitedTo(limits) },
  );
  if (metrics === undefined) throw new Error('the store tells nothing of pods');
  const range = ({ from, to }: typeof window) => ({
    from: (from - start) * 1e6,
    to: (to - start) * 1e6,
    stretch: stretch * 1e6,
  });
  const { metricsLeftOut } = metrics;
  const aggregates = aggregateRecords(
    { spans: [], logs: [], metrics, ofSeenWorkloads: false },
    { baseline: range(baseline), window: range(window) },
  );
  return { baseline: aggregates.baseline.metrics, window: aggregates.window.metrics, metricsLeftOut };
}

const at = (time: number, value: number, rest: Partial<MetricSample> = {}): MetricSample => ({
  timestamp: start + time,
  value,
  ...rest,
});
/** From the start of the window. */
const inWindow = (seconds: number, value: number, rest: Partial<MetricSample> = {}): MetricSample =>
  at(9 * minute + seconds * second, value, rest);

/** Stores the parts of one series, and reads it. */
async function readSeries(parts: readonly Sent[], times = 1) {
  const pod = `pod-${pods++}`;
  for (const part of parts) await send(shared, [{ ...part, labels: { pod } }]);
  const found = [];
  for (let i = 0; i < times; i++) {
    const { baseline, window } = await read(shared, { matchers: [{ label: 'pod', op: '=', value: pod }] });
    expect(Math.max(baseline.length, window.length)).toBeLessThanOrEqual(1);
    found.push({ baseline: baseline[0]?.samples ?? [], window: window[0]?.samples ?? [] });
  }
  return found;
}

/** The samples of the window. */
const samplesOf = async (parts: readonly Sent[]) => (await readSeries(parts))[0]?.window;

describe('a counter', () => {
  const requests = (samples: readonly MetricSample[]): Sent => ({
    name: 'requests_total',
    type: 'counter',
    samples,
  });

  test('counts from the sample before the window on', async () => {
    expect(
      await samplesOf([
        requests([inWindow(-10, 100), inWindow(5, 103), inWindow(20, 110), inWindow(35, 112)]),
      ]),
    ).toEqual([
      [0, 10, 30],
      [1, 2, 15],
    ]);
  });

  test('counts from its first sample on where the one before is older than a stretch', async () => {
    expect(await samplesOf([requests([inWindow(-31, 90), inWindow(5, 103), inWindow(20, 110)])])).toEqual([
      [0, 7, 15],
    ]);
  });

  test('counts what it has after it began anew, between stretches and within one', async () => {
    expect(
      await samplesOf([
        requests([inWindow(1, 100), inWindow(11, 120), inWindow(21, 7), inWindow(31, 9), inWindow(41, 4)]),
      ]),
    ).toEqual([
      [0, 27, 20],
      [1, 6, 20],
    ]);
  });

  test('counts over stretches without samples, as much time as went by', async () => {
    expect(await samplesOf([requests([inWindow(5, 10), inWindow(20, 20), inWindow(110, 80)])])).toEqual([
      [0, 10, 15],
      [3, 60, 90],
    ]);
  });

  test('counts the same in whatever order, and how often, its samples came', async () => {
    const samples = Array.from({ length: 9 }, (_, i) => inWindow(i * 3, i * 10));
    const order = [5, 0, 3, 1, 4, 2, 8, 7, 6, 3, 0, 5];
    const found = await readSeries(
      order.map((i) => requests(samples.slice(i, i + 1))),
      3,
    );
    expect(found).toEqual(new Array(3).fill({ baseline: [], window: [[0, 80, 24]] }));
  });

  test('of several values at one time has the greatest, as in PromQL', async () => {
    expect(
      await samplesOf([
        requests([inWindow(1, 5), inWindow(11, 9)]),
        requests([inWindow(11, 8), inWindow(21, 12)]),
      ]),
    ).toEqual([[0, 7, 20]]);
  });

  test('is not ended by a stale marker, or by what is no number', async () => {
    expect(
      await samplesOf([
        requests([
          inWindow(1, 5),
          inWindow(6, Number.NaN),
          inWindow(11, 0, { stale: true }),
          inWindow(16, Number.POSITIVE_INFINITY),
          inWindow(21, 12),
        ]),
      ]),
    ).toEqual([[0, 7, 20]]);
  });

  test('is known by its name where its type is not', async () => {
    const samples = [inWindow(1, 5), inWindow(21, 12)];
    expect(await samplesOf([{ name: 'requests_total', type: 'unknown', samples }])).toEqual([[0, 7, 20]]);
    expect(await samplesOf([{ name: 'requests', type: 'unknown', samples }])).toEqual([[0, 8.5]]);
    expect(await samplesOf([{ name: 'requests_total', type: 'gauge', samples }])).toEqual([[0, 8.5]]);
  });
});

describe('a gauge', () => {
  const level = (samples: readonly MetricSample[]): Sent => ({ name: 'level', samples });

  test('has the mean of each stretch that holds a number, of the window alone', async () => {
    expect(
      await samplesOf([
        level([
          ...[inWindow(-1, 99), inWindow(0, 1), inWindow(29.999, 2), inWindow(30, 7)],
          ...[inWindow(100, 3), inWindow(110, Number.NaN), inWindow(111, 0, { stale: true })],
          ...[inWindow(130, Number.NEGATIVE_INFINITY), inWindow(239.999, 4), inWindow(240, 99)],
        ]),
      ]),
    ).toEqual([
      [0, 1.5],
      [1, 7],
      [3, 3],
      [7, 4],
    ]);
  });

  test('that came twice, or with several values at one time, counts once', async () => {
    const twice = level([inWindow(1, 2), inWindow(11, 4)]);
    expect(await samplesOf([twice, twice, level([inWindow(11, 6), inWindow(1, 1)])])).toEqual([[0, 4]]);
  });

  test('has both times apart, on days of their own', async () => {
    const sent = level([at(0, 5), at(4 * minute - 1, 7), at(4 * minute, 99), inWindow(65, 6)]);
    const baseline = [
      [0, 5],
      [7, 7],
    ];
    expect(await readSeries([sent])).toEqual([{ baseline, window: [[2, 6]] }]);
  });
});

test('any samples, sent in any parts and order, come to what a plain count gives', async () => {
  const sample = fc.record({
    time: fc.integer({ min: -60, max: 250 }).map((seconds) => seconds * second),
    value: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constant(Number.NaN)),
  });
  const sides = fc.array(fc.array(sample, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(sides, fc.constantFrom('counter' as const, 'gauge' as const), async (parts, type) => {
      const sent = parts.map((part) => ({
        name: 'any',
        type,
        samples: part.flatMap(({ time, value }) => [at(time, value), inWindow(time / second, value)]),
      }));
      const expected = plainCount(type, parts.flat());
      expect(await readSeries(sent)).toEqual([{ baseline: expected, window: expected }]);
    }),
    { numRuns: 10, seed: 20260102 },
  );
}, 60_000);

/** Sample by sample: the greatest of each time, in order; the rise from the one before, or what is there after a fall. */
function plainCount(
  type: 'counter' | 'gauge',
  samples: readonly { readonly time: number; readonly value: number }[],
) {
  const byTime = new Map<number, number>();
  for (const { time, value } of samples) {
    if (time < -stretch || time >= 4 * minute || Number.isNaN(value)) continue;
    byTime.set(time, Math.max(value, byTime.get(time) ?? 0));
  }
  const known = [...byTime].sort(([a], [b]) => a - b);
  const found: number[][] = [];
  for (let slot = 0; slot < 8; slot++) {
    const isHere = ([time]: readonly [number, number]) => Math.floor(time / stretch) === slot;
    const here = known.filter(isHere);
    const [first, last] = [here[0], here.at(-1)];
    if (first === undefined || last === undefined) continue;
    if (type === 'gauge') {
      found.push([slot, here.reduce((sum, [, value]) => sum + value, 0) / here.length]);
      continue;
    }
    const before = known.findIndex(isHere) - 1;
    let increase = 0;
    for (let i = Math.max(0, before); i + 1 < known.length; i++) {
      const [[, a], next] = [known[i] ?? [0, 0], known[i + 1]];
      if (next === undefined || next[0] > last[0]) break;
      increase += next[1] < a ? next[1] : next[1] - a;
    }
    const since = known[Math.max(0, before)] ?? first;
    if (last[0] > since[0]) found.push([slot, increase, (last[0] - since[0]) / second]);
  }
  return found;
}

describe('which series are read', () => {
  const samples = [at(1000, 1), inWindow(1, 2)];
  const named = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name);

  test('those that name their pod, and no histograms, summaries or infos', async () => {
    const store = await open();
    const types = ['gauge', 'counter', 'unknown', 'histogram', 'gaugehistogram', 'summary', 'info'] as const;
    await send(store, [
      ...types.map((type) => ({
        name: `of_${type}`,
        type,
        samples: [at(1000, 1), at(9000, 1), ...samples, inWindow(9, 3)],
      })),
      { name: 'latency_bucket', type: 'unknown', labels: { le: '1' }, samples },
      { name: 'node_load', labels: { pod: '', node: 'n1' }, samples },
    ]);
    const { baseline, window } = await read(store);
    expect(named(window)).toEqual(['of_counter', 'of_gauge', 'of_unknown']);
    expect(named(baseline)).toEqual(named(window));
  });

  test('with the labels that tell them apart', async () => {
    const store = await open();
    const labels = { namespace: 'shop', cluster: 'east', node: 'n1', container: 'app', direction: 'in' };
    await send(store, [
      { name: 'io', labels: { ...labels, pod: 'cart-7c9d8bcdf-x2x4z' }, samples },
      { name: 'io', labels: { ...labels, pod: 'cart-7c9d8bcdf-x2x4z', direction: 'out' }, samples },
    ]);
    const { window } = await read(store);
    expect([...window].sort((a, b) => (a.labels < b.labels ? -1 : 1))).toEqual(
      ['container=app,direction=in', 'container=app,direction=out'].map((own) =>
        expect.objectContaining({
          workload: 'cart',
          pod: 'cart-7c9d8bcdf-x2x4z',
          name: 'io',
          labels: own,
          kind: 'gauge',
        }),
      ),
    );
  });

  test('of a key, those of its clusters and namespaces', async () => {
    const store = await open();
    const places = [
      { cluster: 'east', namespace: 'shop' },
      { cluster: 'east', namespace: 'bank' },
      { cluster: 'west', namespace: 'shop' },
      { namespace: 'shop' },
      { cluster: 'east' },
      {},
    ];
    await send(
      store,
      places.map((labels, i) => ({ name: `m${i}`, labels, samples })),
    );
    const seen = async (limits: Limits) => named((await read(store, { limits })).window);
    expect(await seen({})).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5']);
    expect(await seen({ namespaces: ['shop'] })).toEqual(['m0', 'm2', 'm3']);
    expect(await seen({ clusters: ['east'] })).toEqual(['m0', 'm1', 'm4']);
    expect(await seen({ clusters: ['east', 'west'], namespaces: ['shop'] })).toEqual(['m0', 'm2']);
    expect(await seen({ namespaces: [] })).toEqual([]);
    expect(await seen({ clusters: [] })).toEqual([]);
    expect(await seen({ namespaces: ['sho'] })).toEqual([]);
  });

  test('as many as there is room for, whole metrics, those that tell most of a cause first', async () => {
    const store = await open();
    const of = (name: string, count: number): Sent[] =>
      Array.from({ length: count }, (_, i) => ({ name, labels: { pod: `cart-${i}` }, samples }));
    await send(store, [...of('a_level', 3), ...of('b_level', 2), ...of('c_cpu', 4), ...of('d_memory', 6)]);
    const read9 = await read(store, { mostSeries: 9 });
    expect(new Set(named(read9.window))).toEqual(new Set(['c_cpu', 'a_level', 'b_level']));
    expect({ left: read9.metricsLeftOut, read: read9.window.length }).toEqual({ left: 1, read: 9 });
    const read15 = await read(store, { mostSeries: 15 });
    expect({ left: read15.metricsLeftOut, read: read15.window.length }).toEqual({ left: 0, read: 15 });
    const none = await read(store, { mostSeries: 1 });
    expect({ left: none.metricsLeftOut, read: none.window.length }).toEqual({ left: 4, read: 0 });
  });

  test('what a key may not see takes no room, and is not counted as left out', async () => {
    const store = await open();
    const of = (name: string, namespace: string, count: number): Sent[] =>
      Array.from({ length: count }, (_, i) => ({ name, labels: { namespace, pod: `cart-${i}` }, samples }));
    await send(store, [...of('a_cpu', 'bank', 8), ...of('b_cpu', 'bank', 5), ...of('c_level', 'shop', 4)]);
    const { window, metricsLeftOut } = await read(store, { limits: { namespaces: ['shop'] }, mostSeries: 4 });
    expect({ names: named(window), metricsLeftOut }).toEqual({
      names: new Array(4).fill('c_level'),
      metricsLeftOut: 0,
    });
  });
});
