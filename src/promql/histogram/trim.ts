import { type Buckets, compact, type Histogram, usesCustomBuckets } from '../histogram.ts';
import { type Bucket, negativeBucket, positiveBucket, zeroBucket } from './bounds.ts';
import { fractionBelow } from './fraction.ts';

/** Which observations stay: those below the bound (`</`) or those above it (`>/`). */
export type KeptSide = 'below' | 'above';

interface Part {
  readonly count: number;
  /** An estimate of the mean of what is kept. */
  readonly middle: number;
}

interface TrimmedSide {
  readonly buckets: Buckets;
  readonly count: number;
  readonly sum: number;
  readonly changed: boolean;
}

/**
 * A native histogram with only the observations on one side of a bound. A bucket that the bound cuts is
 * split by interpolation; of a bucket without a finite bound nothing can be said, so it stays or goes as a
 * whole. Where anything was cut, count and sum are estimated anew from the buckets.
 */
export function trimHistogram(histogram: Histogram, bound: number, kept: KeptSide): Histogram {
  const custom = usesCustomBuckets(histogram);
  const trim = (buckets: Buckets, at: (position: number) => Bucket, positive: boolean): TrimmedSide =>
    trimSide(buckets, at, (bucket) => trimBucket(bucket, bound, kept, positive, custom));
  const positive = trim(histogram.positive, (i) => positiveBucket(histogram, i), true);
  const negative = trim(histogram.negative, (i) => negativeBucket(histogram, i), false);

  let zero: Part | undefined;
  if (histogram.zeroCount > 0) {
    const isPopulated = (count: number): boolean => count !== 0;
    zero = trimZeroBucket(zeroBucket(histogram), bound, kept, {
      negative: histogram.negative.counts.some(isPopulated),
      positive: histogram.positive.counts.some(isPopulated),
    });
  }
  const zeroCount = zero?.count ?? histogram.zeroCount;
  if (!positive.changed && !negative.changed && zeroCount === histogram.zeroCount) return histogram;
  return compact({
    ...histogram,
    count: positive.count + negative.count + (zero?.count ?? 0),
    sum: positive.sum + negative.sum + (zero === undefined ? 0 : zero.middle * zero.count),
    zeroCount,
    positive: positive.buckets,
    negative: negative.buckets,
  });
}

function trimSide(
  { indices, counts }: Buckets,
  bucketAt: (position: number) => Bucket,
  trim: (bucket: Bucket) => Part,
): TrimmedSide {
  let count = 0;
  let sum = 0;
  let changed = false;
  const trimmed = counts.map((before, i) => {
    if (before === 0) return 0;
    const part = trim(bucketAt(i));
    count += part.count;
    sum += part.middle * part.count;
    changed ||= part.count !== before;
    return part.count;
  });
  return { buckets: { indices, counts: trimmed }, count, sum, changed };
}

function trimBucket(bucket: Bucket, bound: number, kept: KeptSide, positive: boolean, linear: boolean): Part {
  const { lower, upper, count } = bucket;
  const whole = kept === 'below' ? upper <= bound : lower >= bound;
  if (whole) return { count, middle: middleOf(lower, upper, positive, linear) };
  const some = kept === 'below' ? lower < bound : upper > bound;
  if (!some) return { count: 0, middle: 0 };
  if (lower === Number.NEGATIVE_INFINITY) return trimLowest(bucket, bound, kept);
  if (upper === Number.POSITIVE_INFINITY) {
    // The bound is inside: all of it may be above.
    return kept === 'below' ? { count: 0, middle: 0 } : { count, middle: bound };
  }
  const below = count * fractionBelow(bucket, bound, linear);
  return kept === 'below'
    ? { count: below, middle: middleOf(lower, bound, positive, linear) }
    : { count: count - below, middle: middleOf(bound, upper, positive, linear) };
}

/** A custom bucket without a lower bound begins at 0 if it ends above, and else is at the bound. */
function trimLowest({ upper, count }: Bucket, bound: number, kept: KeptSide): Part {
  const fromZero = upper > 0 && upper !== Number.POSITIVE_INFINITY;
  if (kept === 'below') {
    if (bound > 0 && fromZero) return { count: (count * bound) / upper, middle: bound / 2 };
    return upper <= 0 ? { count, middle: bound } : { count: 0, middle: 0 };
  }
  if (bound >= 0 && fromZero) return { count: count * (1 - bound / upper), middle: (bound + upper) / 2 };
  return { count: 0, middle: 0 };
}

/** The zero bucket, which ends at 0 where the other side is empty, is cut linearly. */
function trimZeroBucket(
  bucket: Bucket,
  bound: number,
  kept: KeptSide,
  populated: { readonly negative: boolean; readonly positive: boolean },
): Part {
  const lower = populated.positive && !populated.negative ? 0 : bucket.lower;
  const upper = populated.negative && !populated.positive ? 0 : bucket.upper;
  const below = kept === 'below';
  if (bound <= lower || bound >= upper) {
    // Where the bucket has no width, what is at the bound is above it.
    const stays = bound <= lower ? !below : below;
    return stays ? { count: bucket.count, middle: (lower + upper) / 2 } : { count: 0, middle: 0 };
  }
  const width = below ? bound - lower : upper - bound;
  return {
    count: bucket.count * (width / (upper - lower)),
    middle: below ? (lower + bound) / 2 : (bound + upper) / 2,
  };
}

/** An estimate of the mean in an interval: arithmetic or geometric; the finite end where only one is. */
function middleOf(lower: number, upper: number, positive: boolean, linear: boolean): number {
  if (!Number.isFinite(lower)) {
    if (!Number.isFinite(upper)) return 0;
    return upper > 0 ? upper / 2 : upper;
  }
  if (!Number.isFinite(upper)) return lower;
  if (linear) return (lower + upper) / 2;
  const geometric = Math.sqrt(Math.abs(lower * upper));
  return positive ? geometric : -geometric;
}
