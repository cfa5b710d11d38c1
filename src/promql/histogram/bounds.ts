import { type Buckets, CUSTOM_BUCKETS_SCHEMA, type Histogram, usesCustomBuckets } from '../histogram.ts';

/** A bucket with its bounds, −Infinity and Infinity included. */
export interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly lowerInclusive: boolean;
  readonly upperInclusive: boolean;
  readonly count: number;
}

/** How many buckets the finest schema, 8, has for each power of two. */
const FINEST = 256;

/**
 * Clients and Prometheus share a table of bounds that were computed with rounding errors, and show them in
 * texts. Each digit is by how many units in the last place (less one) half a bound of schema 8 is too low there.
 */
const TABLE_ERRORS =
  '1111112111211111112311222222222211211121122111221122112211221222' +
  '1111112222322132112111211121111111221011213311221121112111331222' +
  '1122213322321232212222333333224421211121223321322233222222332232' +
  '3243223233433333333333444455435422323233324422333243323333543344';

const UNIT_IN_LAST_PLACE = 2 ** -53;

/** The bounds of schema 8 from 1 up to 2, as Prometheus has them. */
const finestBounds = Float64Array.from(
  TABLE_ERRORS,
  (digit, i) => 2 * (2 ** (i / FINEST - 1) + (1 - Number(digit)) * UNIT_IN_LAST_PLACE),
);

/**
 * The upper bound of an exponential bucket of the positive side: 2^(index · 2^−schema). The last bucket of
 * finite numbers ends at the largest of them, so that the one behind it holds infinities alone.
 */
export function exponentialBound(index: number, schema: number): number {
  if (schema <= 0) {
    const exponent = index * 2 ** -schema;
    return exponent === 1024 ? Number.MAX_VALUE : 2 ** exponent;
  }
  const divisions = 2 ** schema;
  const exponent = Math.floor(index / divisions);
  const remainder = index - exponent * divisions;
  if (exponent === 1024 && remainder === 0) return Number.MAX_VALUE;
  return (finestBounds[remainder * (FINEST / divisions)] ?? 1) * 2 ** exponent;
}

/** The upper bound of a bucket of the positive side; that of index − 1 is its lower bound. */
export function upperBoundOf(histogram: Histogram, index: number): number {
  if (histogram.schema !== CUSTOM_BUCKETS_SCHEMA) return exponentialBound(index, histogram.schema);
  if (index < 0) return Number.NEGATIVE_INFINITY;
  return histogram.customValues[index] ?? Number.POSITIVE_INFINITY;
}

/** The index in a coarser schema of the bucket that holds the given one. */
export function coarserIndex(index: number, schema: number, target: number): number {
  return Math.floor((index - 1) / 2 ** (schema - target)) + 1;
}

/** The buckets merged to those of a coarser exponential schema. */
export function reduceResolution(buckets: Buckets, schema: number, target: number): Buckets {
  if (schema === target || buckets.indices.length === 0) return buckets;
  const indices: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < buckets.indices.length; i++) {
    const index = coarserIndex(buckets.indices[i] ?? 0, schema, target);
    const count = buckets.counts[i] ?? 0;
    const last = indices.length - 1;
    if (indices[last] === index) counts[last] = (counts[last] ?? 0) + count;
    else {
      indices.push(index);
      counts.push(count);
    }
  }
  return { indices: Int32Array.from(indices), counts: Float64Array.from(counts) };
}

/** The bucket at a position of the positive side. */
export function positiveBucket(histogram: Histogram, position: number): Bucket {
  const index = histogram.positive.indices[position] ?? 0;
  const lower = upperBoundOf(histogram, index - 1);
  const upper = upperBoundOf(histogram, index);
  return {
    lower,
    upper,
    lowerInclusive: usesCustomBuckets(histogram) ? index === 0 : lower < 0,
    upperInclusive: usesCustomBuckets(histogram) || upper > 0,
    count: histogram.positive.counts[position] ?? 0,
  };
}

/** The bucket at a position of the negative side. */
export function negativeBucket(histogram: Histogram, position: number): Bucket {
  const index = histogram.negative.indices[position] ?? 0;
  const lower = -upperBoundOf(histogram, index);
  const upper = -upperBoundOf(histogram, index - 1);
  const count = histogram.negative.counts[position] ?? 0;
  return { lower, upper, lowerInclusive: lower < 0, upperInclusive: upper > 0, count };
}

/** The zero bucket of an exponential histogram. */
export function zeroBucket(histogram: Histogram): Bucket {
  const { zeroThreshold, zeroCount } = histogram;
  return {
    lower: -zeroThreshold,
    upper: zeroThreshold,
    lowerInclusive: true,
    upperInclusive: true,
    count: zeroCount,
  };
}

/**
 * All buckets from the lowest up: negative ones, the zero bucket if it holds anything, positive ones. A
 * bucket that overlaps the zero bucket is cut at the threshold.
 */
export function allBuckets(histogram: Histogram): Bucket[] {
  const { negative, positive, zeroThreshold } = histogram;
  const buckets: Bucket[] = [];
  for (let i = negative.indices.length - 1; i >= 0; i--) {
    const bucket = negativeBucket(histogram, i);
    const overlaps = bucket.upper < 0 && bucket.upper > -zeroThreshold;
    buckets.push(overlaps ? { ...bucket, upper: -zeroThreshold } : bucket);
  }
  if (histogram.zeroCount > 0) buckets.push(zeroBucket(histogram));
  for (let i = 0; i < positive.indices.length; i++) {
    const bucket = positiveBucket(histogram, i);
    const overlaps = bucket.lower > 0 && bucket.lower < zeroThreshold;
    buckets.push(overlaps ? { ...bucket, lower: zeroThreshold } : bucket);
  }
  return buckets;
}
