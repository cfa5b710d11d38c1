import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketsFrom, createHistogram, type Histogram } from '../histogram.ts';
import { histogramFraction } from './fraction.ts';
import { histogramQuantile } from './quantile.ts';
import { trimHistogram } from './trim.ts';

const positive = createHistogram({
  schema: 0,
  count: 10,
  sum: 20,
  positive: bucketsFrom(1, [2, 4, 4]),
});

describe('a quantile', () => {
  test('is interpolated on a logarithmic scale', () => {
    // Half of the ten are the two in (1,2] and three of the four in (2,4].
    expect(histogramQuantile(0.5, positive).value).toBeCloseTo(2 * 2 ** 0.75, 12);
    expect(histogramQuantile(0, positive).value).toBe(1);
    expect(histogramQuantile(1, positive).value).toBe(8);
  });

  test('is interpolated linearly in custom buckets and in the zero bucket', () => {
    const custom = createHistogram({
      schema: -53,
      count: 4,
      sum: 1,
      customValues: Float64Array.of(10, 20),
      positive: bucketsFrom(0, [2, 1, 1]),
    });
    expect(histogramQuantile(0.25, custom).value).toBe(5);
    expect(histogramQuantile(0.75, custom).value).toBe(20);
    expect(histogramQuantile(0.9, custom).value).toBe(20);
    const zero = createHistogram({ zeroThreshold: 1, zeroCount: 4, count: 4 });
    expect(histogramQuantile(0.25, zero).value).toBe(-0.5);
  });

  test('outside 0 to 1 is infinite, and NaN without observations', () => {
    expect(histogramQuantile(-0.1, positive).value).toBe(Number.NEGATIVE_INFINITY);
    expect(histogramQuantile(1.1, positive).value).toBe(Number.POSITIVE_INFINITY);
    expect(histogramQuantile(Number.NaN, positive).value).toBeNaN();
    expect(histogramQuantile(0.5, createHistogram({})).value).toBeNaN();
  });

  test('tells what NaN observations did', () => {
    const withNan = { ...positive, sum: Number.NaN, count: 20 };
    expect(histogramQuantile(0.25, withNan)).toEqual({
      value: expect.closeTo(2 * 2 ** 0.75, 12),
      nan: 'skew',
    });
    expect(histogramQuantile(0.9, withNan)).toEqual({ value: Number.NaN, nan: 'result' });
  });
});

const histograms = fc
  .record({
    schema: fc.integer({ min: -2, max: 4 }),
    zeroCount: fc.integer({ min: 0, max: 9 }),
    positive: fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 5 }),
    negative: fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 5 }),
  })
  .map((parts): Histogram => {
    const count = [...parts.positive, ...parts.negative].reduce((sum, one) => sum + one, parts.zeroCount);
    return createHistogram({
      schema: parts.schema,
      zeroThreshold: 0.001,
      zeroCount: parts.zeroCount,
      count,
      sum: 1,
      positive: bucketsFrom(0, parts.positive),
      negative: bucketsFrom(0, parts.negative),
    });
  })
  .filter(({ count }) => count > 0);

describe('a fraction', () => {
  test('is the inverse of a quantile', () => {
    fc.assert(
      fc.property(histograms, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (histogram, q) => {
        const { value } = histogramQuantile(q, histogram);
        const below = histogramFraction(Number.NEGATIVE_INFINITY, value, histogram).value;
        const from = (bound: number): number =>
          histogramFraction(Number.NEGATIVE_INFINITY, bound, histogram).value;
        // At the edge of an empty bucket any value in it is the quantile.
        const step = Math.abs(value) * 1e-9 + 1e-12;
        expect(from(value - step) - 1e-6).toBeLessThanOrEqual(q);
        expect(from(value + step) + 1e-6).toBeGreaterThanOrEqual(q);
        expect(below).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('of everything is 1, of nothing 0', () => {
    expect(histogramFraction(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, positive).value).toBe(1);
    expect(histogramFraction(2, 2, positive).value).toBe(0);
    expect(histogramFraction(2, 4, positive).value).toBe(0.4);
    expect(histogramFraction(Number.NaN, 4, positive).value).toBeNaN();
  });
});

describe('a trimmed histogram', () => {
  test('and its other part hold all observations', () => {
    fc.assert(
      fc.property(histograms, fc.double({ min: -20, max: 20, noNaN: true }), (histogram, bound) => {
        const [below, above] = [
          trimHistogram(histogram, bound, 'below'),
          trimHistogram(histogram, bound, 'above'),
        ];
        expect(below.count + above.count).toBeCloseTo(histogram.count, 9);
      }),
    );
  });

  test('that loses nothing stays as it is', () => {
    expect(trimHistogram(positive, 8, 'below')).toBe(positive);
    expect(trimHistogram(positive, 1, 'above')).toBe(positive);
  });
});
