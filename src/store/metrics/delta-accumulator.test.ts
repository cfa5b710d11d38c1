import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bucketsFrom,
  CUSTOM_BUCKETS_SCHEMA,
  createHistogram,
  type Histogram,
} from '../../promql/histogram.ts';
import { Labels } from '../../promql/labels.ts';
import type { DeltaSeries, MetricSample, MetricSeries } from '../rows/metric-record.ts';
import { DeltaAccumulator } from './delta-accumulator.ts';

const minute = 60_000;
const deltas = (pod: string, samples: readonly MetricSample[]): DeltaSeries => ({
  pairs: ['__name__', 'm', 'pod', pod],
  metadata: { type: 'counter', unit: '', help: '' },
  samples,
});
/** Samples of the intervals `first`, `first` + 1, …, a minute each, which begin at minute 100. */
const intervals = (first: number, values: readonly number[]): MetricSample[] =>
  values.map((value, i) => ({
    startTimestamp: (100 + first + i) * minute,
    timestamp: (101 + first + i) * minute,
    value,
  }));

/** Keeps what was stored last under each series and time; fails when told. */
class Stored {
  readonly #samples: Map<string, Map<number, MetricSample>> = new Map();
  failures = 0;

  readonly store = async (series: readonly MetricSeries[]): Promise<void> => {
    // The order in which stores end is not that in which they began.
    for (let turn = 0; turn < series.length % 3; turn++) await Promise.resolve();
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('not stored');
    }
    for (const { labels, samples, delta } of series) {
      expect(delta).toBe(false);
      const known = this.#samples.get(labels.key) ?? new Map();
      for (const sample of samples) {
        expect(known.has(sample.timestamp)).toBe(false);
        known.set(sample.timestamp, sample);
      }
      this.#samples.set(labels.key, known);
    }
  };

  of(pod: string): MetricSample[] {
    const samples = this.#samples.get(Labels.from({ __name__: 'm', pod }).key)?.values() ?? [];
    return [...samples].sort((a, b) => a.timestamp - b.timestamp);
  }

  values(pod: string): number[] {
    return this.of(pod).map(({ value }) => value);
  }
}

const prefixSums = (values: readonly number[]): number[] =>
  values.map((_, i) => values.slice(0, i + 1).reduce((sum, value) => sum + value, 0));

describe('deltas of floats', () => {
  test('come to their sum at each time, whatever fails and is sent again', async () => {
    const request = fc.record({
      // How many intervals of each series the request holds.
      a: fc.nat(4),
      b: fc.nat(4),
      failures: fc.nat(2),
      sentAgain: fc.nat(1),
      shuffle: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(request, { maxLength: 12 }),
        fc.infiniteStream(fc.integer()),
        async (requests, numbers) => {
          const accumulator = new DeltaAccumulator();
          const stored = new Stored();
          const sent: Record<'a' | 'b', number[]> = { a: [], b: [] };
          for (const { failures, sentAgain, shuffle, ...counts } of requests) {
            const series = (['a', 'b'] as const).map((pod) => {
              const values = Array.from({ length: counts[pod] }, () => numbers.next().value ?? 0);
              const samples = intervals(sent[pod].length, values);
              sent[pod].push(...values);
              return deltas(pod, shuffle ? samples.reverse() : samples);
            });
            stored.failures = counts.a + counts.b > 0 ? failures : 0;
            for (let left = stored.failures; left > 0; left--) {
              await expect(accumulator.add(series, stored.store)).rejects.toThrow('not stored');
            }
            expect(await accumulator.add(series, stored.store)).toBe(0);
            for (let i = 0; i < sentAgain; i++) {
              expect(await accumulator.add(series, stored.store)).toBe(counts.a + counts.b);
            }
          }
          for (const pod of ['a', 'b'] as const) {
            expect(stored.values(pod)).toEqual(prefixSums(sent[pod]));
            expect(new Set(stored.of(pod).map(({ startTimestamp }) => startTimestamp)).size).toBeLessThan(2);
          }
        },
      ),
    );
  });

  test('come to their sum when many requests are under way at once', async () => {
    const accumulator = new DeltaAccumulator();
    const stored = new Stored();
    const all = Array.from({ length: 30 }, (_, i) =>
      accumulator.add(
        ['a', 'b', 'c'].slice(0, 1 + (i % 3)).map((pod) => deltas(pod, intervals(i, [i + 1]))),
        stored.store,
      ),
    );
    expect(new Set(await Promise.all(all))).toEqual(new Set([0]));
    const numbers = Array.from({ length: 30 }, (_, i) => i + 1);
    expect(stored.values('a')).toEqual(prefixSums(numbers));
    expect(stored.values('b')).toEqual(prefixSums(numbers.filter((n) => n % 3 !== 1)));
    expect(stored.values('c')).toEqual(prefixSums(numbers.filter((n) => n % 3 === 0)));
  });

  test('of one series in two parts of a request are added in order of time', async () => {
    const stored = new Stored();
    const parts = [deltas('a', intervals(2, [4])), deltas('a', intervals(0, [1, 2]))];
    expect(await new DeltaAccumulator().add(parts, stored.store)).toBe(0);
    expect(stored.values('a')).toEqual([1, 3, 7]);
  });

  test('that are older than the last, or began before the first, are left out', async () => {
    const accumulator = new DeltaAccumulator();
    const stored = new Stored();
    await accumulator.add([deltas('a', intervals(5, [1, 2]))], stored.store);
    const overlapping = { startTimestamp: 104 * minute, timestamp: 108 * minute, value: 9 };
    expect(await accumulator.add([deltas('a', [...intervals(3, [9]), overlapping])], stored.store)).toBe(2);
    expect(await accumulator.add([deltas('a', intervals(8, [4]))], stored.store)).toBe(0);
    expect(stored.of('a')).toEqual([
      { timestamp: 106 * minute, startTimestamp: 105 * minute, value: 1 },
      { timestamp: 107 * minute, startTimestamp: 105 * minute, value: 3 },
      { timestamp: 109 * minute, startTimestamp: 105 * minute, value: 7 },
    ]);
  });

  test('go on after a stale marker, which is stored as it is', async () => {
    const accumulator = new DeltaAccumulator();
    const stored = new Stored();
    const stale = { timestamp: 103 * minute, value: 0, stale: true };
    await accumulator.add([deltas('a', [...intervals(0, [1]), stale])], stored.store);
    await accumulator.add([deltas('a', intervals(3, [4]))], stored.store);
    expect(stored.of('a').map(({ value, stale: isStale }) => (isStale === true ? 'stale' : value))).toEqual([
      1,
      'stale',
      5,
    ]);
  });

  test('begin at 0 anew once the series was forgotten, with the start of that interval', async () => {
    const accumulator = new DeltaAccumulator(100);
    const stored = new Stored();
    await accumulator.add([deltas('a', intervals(0, [1, 2]))], stored.store);
    for (const pod of ['b', 'c', 'd', 'e', 'f']) {
      await accumulator.add([deltas(pod, intervals(0, [1]))], stored.store);
    }
    await accumulator.add([deltas('a', intervals(2, [4, 8]))], stored.store);
    expect(stored.of('a').map(({ value, startTimestamp = 0 }) => [value, startTimestamp / minute])).toEqual([
      [1, 100],
      [3, 100],
      [4, 102],
      [12, 102],
    ]);
  });

  test('begin anew after NaN', async () => {
    const stored = new Stored();
    const series = [deltas('a', intervals(0, [1, Number.NaN, 2, 3]))];
    await new DeltaAccumulator().add(series, stored.store);
    expect(stored.values('a')).toEqual([1, Number.NaN, 2, 5]);
  });
});

describe('deltas of native histograms', () => {
  const ofHistograms = (first: number, histograms: readonly Histogram[]): MetricSample[] =>
    intervals(
      first,
      histograms.map(() => 0),
    ).map((sample, i) => ({ ...sample, histogram: histograms[i] }));
  const exponential = (counts: readonly number[], zeroCount = 0): Histogram =>
    createHistogram({
      schema: 2,
      zeroCount,
      count: counts.reduce((sum, count) => sum + count, zeroCount),
      sum: counts.length,
      positive: bucketsFrom(-3, counts),
    });

  test('come to the sum of each bucket', async () => {
    const histograms = fc.array(fc.tuple(fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 }), fc.nat(9)), {
      minLength: 1,
    });
    await fc.assert(
      fc.asyncProperty(histograms, async (all) => {
        const accumulator = new DeltaAccumulator();
        const stored = new Stored();
        for (const [i, [counts, zeroCount]] of all.entries()) {
          const series = [deltas('a', ofHistograms(i, [exponential(counts, zeroCount)]))];
          await accumulator.add(series, stored.store);
        }
        const buckets = [0, 1, 2, 3].map((bucket) => prefixSums(all.map(([counts]) => counts[bucket] ?? 0)));
        const zeros = prefixSums(all.map(([, zeroCount]) => zeroCount));
        expect(
          stored
            .of('a')
            .map(({ histogram }) => [
              histogram?.zeroCount,
              histogram?.count,
              histogram?.sum,
              ...(histogram?.positive.counts ?? []),
            ]),
        ).toEqual(
          zeros.map((zero, i) => {
            const counts = buckets.map((sums) => sums[i] ?? 0);
            return [zero, counts.reduce((sum, count) => sum + count, zero), 4 * (i + 1), ...counts];
          }),
        );
      }),
      { numRuns: 30 },
    );
  });

  test('begin anew where exponential buckets, custom ones and floats follow one another', async () => {
    const stored = new Stored();
    const custom = createHistogram({
      schema: CUSTOM_BUCKETS_SCHEMA,
      count: 3,
      positive: bucketsFrom(0, [3]),
      customValues: Float64Array.of(1),
    });
    const samples = [
      ...ofHistograms(0, [exponential([1]), exponential([2]), custom, custom]),
      ...intervals(4, [5, 6]),
      ...ofHistograms(6, [custom]),
    ];
    await new DeltaAccumulator().add([deltas('a', samples)], stored.store);
    expect(
      stored
        .of('a')
        .map(({ histogram, value, startTimestamp = 0 }) => [
          histogram?.count ?? value,
          startTimestamp / minute,
        ]),
    ).toEqual([
      [1, 100],
      [3, 100],
      [3, 102],
      [6, 102],
      [5, 104],
      [11, 104],
      [3, 106],
    ]);
  });
});
