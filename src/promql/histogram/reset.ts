import { type Histogram, sameBounds, usesCustomBuckets } from '../histogram.ts';
import { noneDecreased } from '../stored-hints.ts';
import { reduceResolution } from './bounds.ts';
import { commonBounds, mergeToBounds } from './custom-bounds.ts';
import { bucketsAbove, widenZeroBucket } from './zero.ts';

/**
 * Whether a counter was reset between two histograms. A hint decides; without one it was if the count, the
 * zero bucket or any other bucket went down (a missing bucket is 0), if the resolution grew, or if the zero
 * bucket shrank or now ends inside a bucket that was populated.
 */
export function isReset(current: Histogram, previous: Histogram): boolean {
  if (current.hint === 'reset') return true;
  if (current.hint === 'not_reset') return false;
  if (current.count < previous.count) return true;
  if (usesCustomBuckets(current)) return customBucketsReset(current, previous);
  if (current.schema > previous.schema || current.zeroThreshold < previous.zeroThreshold) return true;
  const zero = widenZeroBucket(previous, current.zeroThreshold);
  if (zero.threshold !== current.zeroThreshold || current.zeroCount < zero.count) return true;
  return (
    exponentialSideReset(current, previous, 'positive') || exponentialSideReset(current, previous, 'negative')
  );
}

function exponentialSideReset(
  current: Histogram,
  previous: Histogram,
  side: 'positive' | 'negative',
): boolean {
  const { schema, zeroThreshold } = current;
  const reduced = reduceResolution(previous[side], previous.schema, schema);
  return !noneDecreased(
    bucketsAbove(current[side], schema, zeroThreshold),
    bucketsAbove(reduced, schema, zeroThreshold),
  );
}

function customBucketsReset(current: Histogram, previous: Histogram): boolean {
  if (!usesCustomBuckets(previous)) return true;
  if (sameBounds(current.customValues, previous.customValues)) {
    return !noneDecreased(current.positive, previous.positive);
  }
  const bounds = commonBounds(current.customValues, previous.customValues);
  const before = mergeToBounds(previous.positive, previous.customValues, bounds);
  const now = mergeToBounds(current.positive, current.customValues, bounds);
  return now.some((count, i) => count < (before[i] ?? 0));
}
