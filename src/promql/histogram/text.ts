import { formatGeneral } from '../go-float.ts';
import type { Histogram } from '../histogram.ts';
import { type Bucket, negativeBucket, positiveBucket, zeroBucket } from './bounds.ts';

/**
 * A histogram as Prometheus writes it: count, sum, and the buckets that hold something from the lowest up,
 * `{count:3, sum:5, [-1,1]:1, (1,2]:2}`.
 */
export function formatHistogram(histogram: Histogram): string {
  const { negative, positive, count, sum } = histogram;
  const parts = [`count:${formatGeneral(count)}`, `sum:${formatGeneral(sum)}`];
  for (let i = negative.indices.length - 1; i >= 0; i--) {
    if (negative.counts[i] !== 0) parts.push(formatBucket(negativeBucket(histogram, i)));
  }
  if (histogram.zeroCount !== 0) parts.push(formatBucket(zeroBucket(histogram)));
  for (let i = 0; i < positive.indices.length; i++) {
    if (positive.counts[i] !== 0) parts.push(formatBucket(positiveBucket(histogram, i)));
  }
  return `{${parts.join(', ')}}`;
}

function formatBucket({ lower, upper, lowerInclusive, upperInclusive, count }: Bucket): string {
  const bounds = `${formatGeneral(lower)},${formatGeneral(upper)}`;
  return `${lowerInclusive ? '[' : '('}${bounds}${upperInclusive ? ']' : ')'}:${formatGeneral(count)}`;
}
