import { type Histogram, usesCustomBuckets } from '../histogram.ts';
import { allBuckets, type Bucket } from './bounds.ts';

/**
 * How far into a bucket a value lies that is inside its finite bounds, 0 to 1: linearly, or (as in a
 * histogram of higher resolution) on a logarithmic scale.
 */
export function fractionBelow({ lower, upper }: Bucket, value: number, linear: boolean): number {
  if (linear) return (value - lower) / (upper - lower);
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  const logValue = Math.log2(Math.abs(value));
  if (value > 0) return (logValue - logLower) / (logUpper - logLower);
  return 1 - (logValue - logUpper) / (logLower - logUpper);
}

/**
 * The fraction of a native histogram's observations between two bounds, as Prometheus estimates it. NaN
 * without observations or with a bound of NaN, 0 where the bounds are no range. `excludesNan` tells that
 * NaN observations, which are in no bucket, make all fractions smaller.
 */
export function histogramFraction(
  lower: number,
  upper: number,
  histogram: Histogram,
): { value: number; excludesNan: boolean } {
  if (histogram.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) {
    return { value: Number.NaN, excludesNan: false };
  }
  if (lower >= upper) return { value: 0, excludesNan: false };
  const buckets = allBuckets(histogram).map((bucket) => atZero(histogram, bucket));
  const linear = usesCustomBuckets(histogram);
  let observations = histogram.count;
  let excludesNan = false;
  if (Number.isNaN(histogram.sum)) {
    observations = buckets.reduce((sum, { count }) => sum + count, 0);
    excludesNan = observations < histogram.count;
  }
  const lowerRank = Math.min(rankOf(lower, buckets, linear) ?? observations, observations);
  const upperRank = Math.min(rankOf(upper, buckets, linear) ?? observations, observations);
  return { value: (upperRank - lowerRank) / histogram.count, excludesNan };
}

/** How many observations are below a value; undefined where it is above all buckets. */
function rankOf(value: number, buckets: readonly Bucket[], linear: boolean): number | undefined {
  let below = 0;
  for (const bucket of buckets) {
    if (bucket.lower >= value) return below;
    if (bucket.upper > value) {
      // In a bucket without a lower bound there is nothing to interpolate from: all of it counts.
      if (bucket.lower === Number.NEGATIVE_INFINITY) return bucket.count;
      const isZeroBucket = bucket.lower <= 0 && bucket.upper >= 0;
      return below + bucket.count * fractionBelow(bucket, value, linear || isZeroBucket);
    }
    below += bucket.count;
  }
  return undefined;
}

function atZero(histogram: Histogram, bucket: Bucket): Bucket {
  if (bucket.lower > 0 || bucket.upper < 0) return bucket;
  const hasNegative = histogram.negative.counts.length > 0;
  const hasPositive = histogram.positive.counts.length > 0;
  if (!hasNegative && hasPositive) return { ...bucket, lower: 0 };
  if (!hasPositive && hasNegative) return { ...bucket, upper: 0 };
  return bucket;
}
