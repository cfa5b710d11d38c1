import { expect, test } from 'vitest';
import { bucketsFrom, createHistogram } from '../histogram.ts';
import { allBuckets, exponentialBound, reduceResolution } from './bounds.ts';
import { formatHistogram } from './text.ts';

test.each([
  [0, 0, 1],
  [1, 0, 2],
  [-1, 0, 0.5],
  [3, -1, 64],
  [-1, -4, 2 ** -16],
  // One unit in the last place below √2, as in Prometheus' table.
  [1, 1, Math.SQRT2 - 2 ** -52],
  [-1, 1, 0.7071067811865475],
  [3, 2, 1.6817928305074288],
  [1024, 0, Number.MAX_VALUE],
  [1025, 0, Number.POSITIVE_INFINITY],
  [2048, 1, Number.MAX_VALUE],
  [2049, 1, Number.POSITIVE_INFINITY],
])('bucket %i of schema %i ends at %d', (index, schema, bound) => {
  expect(exponentialBound(index, schema)).toBe(bound);
});

test('bounds of each schema are among those of the next finer one', () => {
  for (let schema = -4; schema < 8; schema++) {
    for (let index = -20; index < 20; index++) {
      expect(exponentialBound(2 * index, schema + 1)).toBe(exponentialBound(index, schema));
    }
  }
});

test('a coarser schema has each bucket where its bounds say', () => {
  const fine = bucketsFrom(-9, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]);
  for (let target = 2; target >= -4; target--) {
    const coarse = reduceResolution(fine, 2, target);
    const expected = new Map<number, number>();
    fine.indices.forEach((index, i) => {
      const bound = exponentialBound(index, 2);
      let at = -100;
      while (exponentialBound(at, target) < bound) at++;
      expected.set(at, (expected.get(at) ?? 0) + (fine.counts[i] ?? 0));
    });
    expect([...coarse.indices]).toEqual([...expected.keys()]);
    expect([...coarse.counts]).toEqual([...expected.values()]);
  }
});

test('all buckets go from the lowest to the highest, cut at the zero bucket', () => {
  const histogram = createHistogram({
    schema: 0,
    zeroThreshold: 0.75,
    zeroCount: 2,
    positive: bucketsFrom(0, [1, 3]),
    negative: bucketsFrom(0, [4, 5]),
  });
  expect(allBuckets(histogram).map(({ lower, upper, count }) => [lower, upper, count])).toEqual([
    [-2, -1, 5],
    [-1, -0.75, 4],
    [-0.75, 0.75, 2],
    [0.75, 1, 1],
    [1, 2, 3],
  ]);
});

test('a histogram is written as Prometheus writes it', () => {
  const exponential = createHistogram({
    schema: 1,
    zeroThreshold: 0.001,
    zeroCount: 1,
    count: 6.5,
    sum: -1e7,
    positive: bucketsFrom(-1, [1, 0, 2]),
    negative: bucketsFrom(1, [2.5]),
  });
  expect(formatHistogram(exponential)).toBe(
    '{count:6.5, sum:-1e+07, [-1.414213562373095,-1):2.5, [-0.001,0.001]:1, (0.5,0.7071067811865475]:1, (1,1.414213562373095]:2}',
  );
  const custom = createHistogram({
    schema: -53,
    count: 3,
    sum: 4,
    customValues: Float64Array.of(1, 5),
    positive: bucketsFrom(0, [1, 0, 2]),
  });
  expect(formatHistogram(custom)).toBe('{count:3, sum:4, [-Inf,1]:1, (5,+Inf]:2}');
});
