import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketsFrom, createHistogram, type Histogram, multiply } from '../histogram.ts';
import { meanHistograms, sumHistograms } from './aggregate.ts';
import { allBuckets } from './bounds.ts';
import { isReset } from './reset.ts';
import { addHistograms, HistogramSum, subtractHistograms } from './sum.ts';

/** Adds up all buckets; none of the sums needs more than 53 bits. */
function observations(histogram: Histogram): number {
  return allBuckets({ ...histogram, zeroCount: 0 }).reduce(
    (sum, { count }) => sum + count,
    histogram.zeroCount,
  );
}

const counts = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 8 });
const exponential = fc
  .record({
    schema: fc.integer({ min: -4, max: 8 }),
    zeroThreshold: fc.constantFrom(0, 2 ** -128, 0.001, 1),
    zeroCount: fc.integer({ min: 0, max: 50 }),
    positive: fc.tuple(fc.integer({ min: 1, max: 9 }), counts),
    negative: fc.tuple(fc.integer({ min: 1, max: 9 }), counts),
  })
  .map(({ positive, negative, ...rest }) => {
    const histogram = createHistogram({
      ...rest,
      positive: bucketsFrom(...positive),
      negative: bucketsFrom(...negative),
    });
    return { ...histogram, count: observations(histogram), sum: 3 };
  });

describe('a sum of histograms', () => {
  test('holds all observations, whatever schemas and zero buckets meet', () => {
    fc.assert(
      fc.property(fc.array(exponential, { minLength: 1, maxLength: 5 }), (histograms) => {
        const { histogram } = sumHistograms(histograms);
        const total = histograms.reduce((sum, { count }) => sum + count, 0);
        expect(histogram?.count).toBe(total);
        expect(histogram && observations(histogram)).toBe(total);
        expect(histogram?.sum).toBe(3 * histograms.length);
        expect(histogram?.schema).toBe(Math.min(...histograms.map(({ schema }) => schema)));
      }),
    );
  });

  test('comes out the same in either order', () => {
    fc.assert(
      fc.property(exponential, exponential, (a, b) => {
        const [ab, ba] = [addHistograms(a, b).histogram, addHistograms(b, a).histogram];
        expect(allBuckets(ab).filter(({ count }) => count !== 0)).toEqual(
          allBuckets(ba).filter(({ count }) => count !== 0),
        );
      }),
    );
  });

  test('less one of them is the other', () => {
    fc.assert(
      fc.property(exponential, exponential, (a, b) => {
        const { histogram } = subtractHistograms(addHistograms(a, b).histogram, b);
        expect(histogram.count).toBe(a.count);
        expect(observations(histogram)).toBe(a.count);
      }),
    );
  });

  test('leaves what is added as it is', () => {
    const first = createHistogram({ schema: 0, count: 1, positive: bucketsFrom(0, [1]) });
    const second = createHistogram({ schema: 0, count: 2, positive: bucketsFrom(1, [2]) });
    const sum = new HistogramSum(first);
    sum.add(second);
    sum.add(second);
    expect([...sum.total().positive.counts]).toEqual([1, 4]);
    expect([...first.positive.counts]).toEqual([1]);
    expect([...second.positive.counts]).toEqual([2]);
  });

  test('keeps what single additions would lose', () => {
    const of = (sum: number): Histogram => createHistogram({ count: sum, sum });
    expect(sumHistograms([of(1e100), of(1), of(-1e100)]).histogram?.sum).toBe(1);
  });

  test('of mismatched custom bounds has the common ones', () => {
    const a = custom([1, 5, 10], [1, 2, 3, 4]);
    const b = custom([5, 7], [10, 20, 30]);
    const { histogram, reconciled } = addHistograms(a, b);
    expect(reconciled).toBe(true);
    expect([...histogram.customValues]).toEqual([5]);
    expect([...histogram.positive.counts]).toEqual([1 + 2 + 10, 3 + 4 + 20 + 30]);
  });

  test('of exponential and custom buckets is none', () => {
    const outcome = sumHistograms([custom([1], [1, 2]), custom([1], [1, 2]), createHistogram({})]);
    expect(outcome).toMatchObject({ histogram: undefined, incompatibleAt: 2 });
  });
});

test.each([
  ['unknown', 'unknown', 'unknown', false],
  ['reset', 'reset', 'reset', false],
  ['reset', 'not_reset', 'unknown', true],
  ['not_reset', 'unknown', 'unknown', false],
  ['not_reset', 'gauge', 'gauge', false],
  ['gauge', 'reset', 'gauge', false],
] as const)('%s and %s make %s', (first, second, hint, collision) => {
  const outcome = addHistograms(createHistogram({ hint: first }), createHistogram({ hint: second }));
  expect(outcome).toMatchObject({ collision, histogram: { hint } });
});

test('a mean is finite where the sum is not', () => {
  const huge = createHistogram({ count: 1, sum: 1.5e308, positive: bucketsFrom(0, [1]) });
  const { histogram } = meanHistograms([huge, huge, huge, huge]);
  expect(histogram?.sum).toBeCloseTo(1.5e308, -295);
  expect(histogram?.positive.counts[0]).toBeCloseTo(1, 12);
});

describe('a counter', () => {
  test('that only grew was not reset', () => {
    fc.assert(
      fc.property(exponential, exponential, (before, more) => {
        // The sum may be coarser or have a wider zero bucket, which no counter gets by itself; added to
        // itself it has the same layout.
        const grown = addHistograms(before, { ...more, ...layoutOf(before) }).histogram;
        expect(isReset(grown, before)).toBe(false);
      }),
    );
  });

  test('was reset where any bucket went down', () => {
    fc.assert(
      fc.property(exponential, (before) => {
        fc.pre(before.positive.counts.some((count) => count > 0));
        const less = multiply({ ...before, count: 0 }, 0.5);
        expect(isReset({ ...less, count: before.count, zeroCount: before.zeroCount }, before)).toBe(true);
      }),
    );
  });

  test('believes a hint', () => {
    const [low, high] = [createHistogram({ count: 1 }), createHistogram({ count: 2 })];
    expect(isReset(low, high)).toBe(true);
    expect(isReset({ ...low, hint: 'not_reset' }, high)).toBe(false);
    expect(isReset({ ...high, hint: 'reset' }, low)).toBe(true);
  });

  test('of custom buckets is compared in the common bounds', () => {
    expect(isReset(custom([5], [3, 3]), custom([1, 5], [1, 2, 3]))).toBe(false);
    expect(isReset(custom([5], [2, 4]), custom([1, 5], [1, 2, 3]))).toBe(true);
  });
});

function layoutOf({ schema, zeroThreshold }: Histogram): Partial<Histogram> {
  return { schema, zeroThreshold };
}

function custom(bounds: number[], buckets: number[]): Histogram {
  return createHistogram({
    schema: -53,
    customValues: Float64Array.from(bounds),
    count: buckets.reduce((sum, count) => sum + count, 0),
    positive: bucketsFrom(0, buckets),
  });
}
