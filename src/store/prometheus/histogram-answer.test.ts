import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDecimal } from '../../promql/go-float.ts';
import { allBuckets } from '../../promql/histogram/bounds.ts';
import {
  bucketsFrom,
  CUSTOM_BUCKETS_SCHEMA,
  createHistogram,
  type Histogram,
} from '../../promql/histogram.ts';
import { histogramFrom } from './histogram-answer.ts';

const held = (histogram: Histogram) => allBuckets(histogram).filter(({ count }) => count !== 0);

/** As Prometheus writes a histogram (util/jsonutil/marshal.go). */
function written(histogram: Histogram) {
  const buckets = held(histogram).map(({ lower, upper, lowerInclusive, upperInclusive, count }) => {
    const rule = upperInclusive ? (lowerInclusive ? 3 : 0) : lowerInclusive ? 1 : 2;
    return [rule, formatDecimal(lower), formatDecimal(upper), formatDecimal(count)] as [
      number,
      string,
      string,
      string,
    ];
  });
  return { count: formatDecimal(histogram.count), sum: formatDecimal(histogram.sum), buckets };
}

const counts = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 12 });

describe('histogramFrom', () => {
  test('reads what Prometheus writes', () => {
    const histogram = histogramFrom({
      count: '1440',
      sum: '9600',
      buckets: [
        [1, '-1.414213562373095', '-1', '3'],
        [3, '-0.001', '0.001', '240'],
        [0, '0.7071067811865475', '1', '480'],
        [0, '2', '2.82842712474619', '717'],
      ],
    });
    expect(histogram).toMatchObject({
      schema: 1,
      zeroThreshold: 0.001,
      zeroCount: 240,
      count: 1440,
      sum: 9600,
    });
    // Bucket i of schema 1 ends at 2^(i/2); (1, 2] has two of them.
    expect(histogram.positive).toEqual({ indices: Int32Array.of(0, 3), counts: Float64Array.of(480, 717) });
    expect(histogram.negative).toEqual({ indices: Int32Array.of(1), counts: Float64Array.of(3) });
  });

  test('finds the zero bucket that is empty by the bucket that it cuts', () => {
    const original = createHistogram({
      schema: 0,
      zeroThreshold: 0.6,
      count: 3,
      positive: bucketsFrom(0, [2]),
      negative: bucketsFrom(1, [1]),
    });
    expect(written(original).buckets).toEqual([
      [1, '-2', '-1', '1'],
      [0, '0.6', '1', '2'],
    ]);
    expect(histogramFrom(written(original))).toMatchObject({ schema: 0, zeroThreshold: 0.6, zeroCount: 0 });
  });

  test('takes no schema whose buckets are too narrow for the one that is cut', () => {
    const original = createHistogram({
      schema: -1,
      zeroThreshold: 0.001,
      count: 1,
      negative: bucketsFrom(-4, [1]),
    });
    expect(written(original).buckets).toEqual([[1, '-0.00390625', '-0.001', '1']]);
    expect(held(histogramFrom(written(original)))).toEqual(held(original));
  });

  test('keeps every bucket of exponential schemas', () => {
    const histogram = fc.record({
      schema: fc.integer({ min: -4, max: 8 }),
      zeroThreshold: fc.constantFrom(0, 1e-128, 0.001),
      zeroCount: fc.nat(9),
      offset: fc.integer({ min: -40, max: 40 }),
      positive: counts,
      negative: counts,
    });
    fc.assert(
      fc.property(histogram, ({ schema, zeroThreshold, zeroCount, offset, positive, negative }) => {
        const original = createHistogram({
          schema,
          zeroThreshold,
          zeroCount,
          count: 7,
          sum: -1.5,
          positive: bucketsFrom(offset, positive),
          negative: bucketsFrom(-offset, negative),
        });
        // Buckets below the threshold have no place of their own.
        fc.pre(held(original).every(({ lower, upper }) => lower < upper));
        const read = histogramFrom(written(original));
        expect(held(read)).toEqual(held(original));
        expect([read.count, read.sum]).toEqual([7, -1.5]);
      }),
    );
  });

  test('keeps every bucket of custom bounds', () => {
    const bounds = fc.uniqueArray(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(bounds, counts, (bounds, counts) => {
        const customValues = Float64Array.from(bounds, (bound) => bound * 1.1).sort();
        const positive = bucketsFrom(0, counts.slice(0, customValues.length + 1));
        const original = createHistogram({ schema: CUSTOM_BUCKETS_SCHEMA, customValues, positive });
        const read = histogramFrom(written(original));
        const shape = (histogram: Histogram) =>
          held(histogram).map(({ lower, upper, count }) => [lower, upper, count]);
        expect(shape(read)).toEqual(shape(original));
      }),
    );
  });

  test('refuses buckets that overlap', () => {
    const buckets: [number, string, string, string][] = [
      [0, '1', '5', '1'],
      [0, '2', '3', '1'],
    ];
    expect(() => histogramFrom({ count: '2', sum: '1', buckets })).toThrow('overlap');
  });
});
