import { type Histogram, usesCustomBuckets } from '../histogram.ts';
import { allBuckets, type Bucket } from './bounds.ts';

/** What NaN observations did to a quantile: made it NaN, or moved it up. */
export type NanEffect = 'none' | 'result' | 'skew';

/**
 * The quantile `q` of a native histogram, as Prometheus estimates it: linear interpolation in custom
 * buckets and in the zero bucket, else logarithmic. Below 0 it is −Infinity, above 1 Infinity. Where all
 * buckets are on one side, so is the zero bucket. NaN observations count as the highest.
 */
export function histogramQuantile(q: number, histogram: Histogram): { value: number; nan: NanEffect } {
  const result = (value: number, nan: NanEffect = 'none'): { value: number; nan: NanEffect } => ({
    value,
    nan,
  });
  if (q < 0) return result(Number.NEGATIVE_INFINITY);
  if (q > 1) return result(Number.POSITIVE_INFINITY);
  if (histogram.count === 0 || Number.isNaN(q)) return result(Number.NaN);

  const observedNan = Number.isNaN(histogram.sum);
  // Going the shorter way loses less to rounding; NaN observations are in no bucket, so only upwards works.
  const upwards = observedNan || q < 0.5;
  const buckets = allBuckets(histogram);
  if (!upwards) buckets.reverse();
  const rank = (upwards ? q : 1 - q) * histogram.count;
  const { bucket, reached, rest } = findRank(buckets, rank);
  const custom = usesCustomBuckets(histogram);
  if (custom && bucket.lower === Number.NEGATIVE_INFINITY && bucket.upper <= 0) return result(bucket.upper);
  if (custom && bucket.upper === Number.POSITIVE_INFINITY && bucket.lower !== Number.NEGATIVE_INFINITY) {
    return result(bucket.lower);
  }
  const { lower, upper } = interpolationBounds(histogram, bucket);
  const count = Math.min(reached, histogram.count);
  if (count < rank) return observedNan ? result(Number.NaN, 'result') : result(upper);

  const within = upwards ? rank - (count - bucket.count) : count - rank;
  const skewed = observedNan && count + rest < histogram.count;
  const value = interpolate(lower, upper, within / bucket.count, custom);
  return result(value, skewed ? 'skew' : 'none');
}

const NO_BUCKET: Bucket = { lower: 0, upper: 0, lowerInclusive: false, upperInclusive: false, count: 0 };

/** The bucket in which the counts, added up in this order, reach the rank; else the last populated one. */
function findRank(
  buckets: readonly Bucket[],
  rank: number,
): { bucket: Bucket; reached: number; rest: number } {
  let last = NO_BUCKET;
  let reached = 0;
  for (const [i, bucket] of buckets.entries()) {
    last = bucket;
    if (bucket.count === 0) continue;
    reached += bucket.count;
    if (reached >= rank) {
      const rest = buckets.slice(i + 1).reduce((sum, { count }) => sum + count, 0);
      return { bucket, reached, rest };
    }
  }
  return { bucket: last, reached, rest: 0 };
}

/** A zero bucket beside one side only ends at 0; so does a custom bucket without a lower bound. */
export function interpolationBounds(histogram: Histogram, bucket: Bucket): { lower: number; upper: number } {
  const { lower, upper } = bucket;
  if (usesCustomBuckets(histogram)) {
    return { lower: lower === Number.NEGATIVE_INFINITY ? 0 : lower, upper };
  }
  if (lower < 0 && upper > 0) {
    const hasNegative = histogram.negative.counts.length > 0;
    const hasPositive = histogram.positive.counts.length > 0;
    if (!hasNegative && hasPositive) return { lower: 0, upper };
    if (!hasPositive && hasNegative) return { lower, upper: 0 };
  }
  return { lower, upper };
}

function interpolate(lower: number, upper: number, fraction: number, linear: boolean): number {
  if (linear || (lower <= 0 && upper >= 0)) return lower + (upper - lower) * fraction;
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  if (lower > 0) return 2 ** (logLower + (logUpper - logLower) * fraction);
  return -(2 ** (logUpper + (logLower - logUpper) * (1 - fraction)));
}
