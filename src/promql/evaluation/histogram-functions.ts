import { allBuckets } from '../histogram/bounds.ts';
import { type Histogram, usesCustomBuckets } from '../histogram.ts';
import { KahanSum } from '../kahan.ts';

/** The functions of one native histogram, by name. */
export const histogramFunctions: ReadonlyMap<string, (histogram: Histogram) => number> = new Map([
  ['histogram_avg', ({ sum, count }) => sum / count],
  ['histogram_count', ({ count }) => count],
  ['histogram_stddev', (histogram) => Math.sqrt(variance(histogram))],
  ['histogram_stdvar', variance],
  ['histogram_sum', ({ sum }) => sum],
]);

/**
 * An estimate of the variance: all observations of a bucket are taken to be in its middle, which is the
 * arithmetic one in custom buckets, the geometric one in exponential buckets, and 0 in the zero bucket.
 */
function variance(histogram: Histogram): number {
  const mean = histogram.sum / histogram.count;
  const squares = new KahanSum();
  for (const { lower, upper, count } of allBuckets(histogram)) {
    if (count === 0) continue;
    let middle = Math.sqrt(upper * lower) * (upper < 0 ? -1 : 1);
    if (usesCustomBuckets(histogram)) middle = (upper + lower) / 2;
    else if (lower <= 0 && upper >= 0) middle = 0;
    const delta = middle - mean;
    squares.add(count * delta * delta);
  }
  return squares.total / histogram.count;
}
