import { type Buckets, type Histogram, NO_BUCKETS } from '../histogram.ts';
import { exponentialBound } from './bounds.ts';

/** What a zero bucket would hold, and its width. */
export interface ZeroBucket {
  readonly count: number;
  readonly threshold: number;
}

/**
 * The zero bucket that an exponential histogram would have with a wider threshold. Where the threshold
 * falls inside a populated bucket, it moves up to that bucket's outer bound.
 */
export function widenZeroBucket(histogram: Histogram, wider: number): ZeroBucket {
  if (wider === histogram.zeroThreshold) return { count: histogram.zeroCount, threshold: wider };
  let threshold = wider;
  for (;;) {
    const positive = swallow(histogram.positive, histogram.schema, threshold);
    const negative = swallow(histogram.negative, histogram.schema, positive.threshold);
    // A bucket of the negative side that moved the threshold changes what the positive side gives.
    if (negative.threshold === positive.threshold) {
      return { count: histogram.zeroCount + positive.count + negative.count, threshold: negative.threshold };
    }
    threshold = negative.threshold;
  }
}

/** What the buckets of one side lose to a zero bucket of this threshold, which a populated bucket moves. */
function swallow({ indices, counts }: Buckets, schema: number, threshold: number): ZeroBucket {
  let swallowed = 0;
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] ?? 0;
    if (exponentialBound(index - 1, schema) >= threshold) break;
    const count = counts[i] ?? 0;
    swallowed += count;
    const upper = exponentialBound(index, schema);
    if (upper > threshold) return { count: swallowed, threshold: count === 0 ? threshold : upper };
  }
  return { count: swallowed, threshold };
}

/** The buckets of one side that end above a threshold. */
export function bucketsAbove(buckets: Buckets, schema: number, threshold: number): Buckets {
  if (threshold === 0 || buckets.indices.length === 0) return buckets;
  const first = buckets.indices.findIndex((index) => exponentialBound(index, schema) > threshold);
  if (first === 0) return buckets;
  if (first < 0) return NO_BUCKETS;
  return { indices: buckets.indices.subarray(first), counts: buckets.counts.subarray(first) };
}
