import { z } from 'zod';
import { exponentialBound } from '../../promql/histogram/bounds.ts';
import {
  type Buckets,
  CUSTOM_BUCKETS_SCHEMA,
  createHistogram,
  type Histogram,
  NO_BUCKETS,
} from '../../promql/histogram.ts';
import { StoreError } from '../store-error.ts';
import { numberOf } from './number-answer.ts';

/**
 * A native histogram in the API's answers: buckets that hold anything, in ascending order, as the rule for
 * their bounds (0: upper one inclusive, 1: lower one, 2: neither, 3: both), both bounds, and the count.
 */
export const histogramAnswer = z.object({
  count: z.string(),
  sum: z.string(),
  buckets: z.array(z.tuple([z.number(), z.string(), z.string(), z.string()])).nullish(),
});

interface Bucket {
  readonly rule: number;
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

/** The schemas of exponential buckets, the finest first. */
const exponentialSchemas = [8, 7, 6, 5, 4, 3, 2, 1, 0, -1, -2, -3, -4];

/**
 * The histogram of an answer. Bounds that are those of an exponential schema give that schema; any others
 * give custom buckets with just these bounds, which makes one empty bucket of each gap. Count, sum and every
 * bucket of the answer are kept as they are. What an answer does not tell is lost: the counter reset hint,
 * and the zero threshold where the zero bucket is empty and cuts no other.
 */
export function histogramFrom({ count, sum, buckets }: z.output<typeof histogramAnswer>): Histogram {
  const all = (buckets ?? []).map(([rule, lower, upper, bucketCount]): Bucket => {
    return { rule, lower: numberOf(lower), upper: numberOf(upper), count: numberOf(bucketCount) };
  });
  const totals = { count: numberOf(count), sum: numberOf(sum) };
  return createHistogram({ ...totals, ...(exponentialParts(all) ?? customParts(all)) });
}

function exponentialParts(buckets: readonly Bucket[]): Partial<Histogram> | undefined {
  const zero = buckets.find(({ lower, upper }) => lower <= 0 && upper >= 0);
  if (zero !== undefined && (zero.lower !== -zero.upper || zero.rule !== 3)) return undefined;
  const sides = {
    positive: buckets.filter(({ lower }) => lower > 0 || (lower === 0 && zero === undefined)),
    // Mirrored, and from zero outwards.
    negative: buckets
      .filter(({ upper }) => upper < 0)
      .map((bucket) => ({ ...bucket, lower: -bucket.upper, upper: -bucket.lower }))
      .reverse(),
  };
  for (const zeroThreshold of thresholds(zero, sides.positive[0], sides.negative[0])) {
    for (const schema of exponentialSchemas) {
      const positive = exponentialBuckets(sides.positive, schema, zeroThreshold);
      const negative = exponentialBuckets(sides.negative, schema, zeroThreshold);
      if (positive !== undefined && negative !== undefined) {
        return { schema, zeroThreshold, zeroCount: zero?.count ?? 0, positive, negative };
      }
    }
  }
  return undefined;
}

/** What the zero threshold may be: an empty zero bucket shows only where it cuts the bucket beside it. */
function thresholds(
  zero: Bucket | undefined,
  positive: Bucket | undefined,
  negative: Bucket | undefined,
): readonly number[] {
  if (zero !== undefined) return [zero.upper];
  const innermost = Math.min(positive?.lower ?? Infinity, negative?.lower ?? Infinity);
  return Number.isFinite(innermost) && innermost > 0 ? [0, innermost] : [0];
}

/** The buckets with their indices, where all bounds are those of the schema, or cut at the zero bucket. */
function exponentialBuckets(
  buckets: readonly Bucket[],
  schema: number,
  zeroThreshold: number,
): Buckets | undefined {
  const indices: number[] = [];
  for (const { lower, upper } of buckets) {
    const index = indexOf(upper, schema);
    const begin = exponentialBound(index - 1, schema);
    const isWhole = begin === lower;
    const isCut = zeroThreshold > begin && lower === zeroThreshold && Number.isFinite(upper);
    if (exponentialBound(index, schema) !== upper || !(isWhole || isCut)) return undefined;
    indices.push(index);
  }
  if (buckets.length === 0) return NO_BUCKETS;
  return { indices: Int32Array.from(indices), counts: Float64Array.from(buckets, ({ count }) => count) };
}

function indexOf(upper: number, schema: number): number {
  if (upper === Number.POSITIVE_INFINITY) return Math.round(1024 * 2 ** schema) + 1;
  if (upper === Number.MAX_VALUE) return Math.round(1024 * 2 ** schema);
  return Math.round(Math.log2(upper) * 2 ** schema);
}

function customParts(buckets: readonly Bucket[]): Partial<Histogram> {
  const bounds = new Set<number>();
  for (const { lower, upper } of buckets) {
    for (const bound of [lower, upper]) if (Number.isFinite(bound)) bounds.add(bound);
  }
  const customValues = Float64Array.from(bounds).sort();
  const indices = Int32Array.from(buckets, ({ upper }) => {
    const index = customValues.indexOf(upper);
    return index === -1 ? customValues.length : index;
  });
  if (indices.some((index, i) => i > 0 && index <= (indices[i - 1] ?? 0))) {
    throw new StoreError('internal', 'the buckets of a histogram in the answer overlap');
  }
  const counts = Float64Array.from(buckets, ({ count }) => count);
  return { schema: CUSTOM_BUCKETS_SCHEMA, customValues, positive: { indices, counts } };
}
