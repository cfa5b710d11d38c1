import { type Buckets, createHistogram, type Histogram } from '../../promql/histogram.ts';
import type { ExponentialBuckets, ExponentialPoint } from './metric-model.ts';

const leastScale = -4;
const mostScale = 8;
/** What the specification says where none is given. */
const defaultZeroThreshold = 1e-128;
/** Merging more than that many levels leaves one bucket on either side of 1. */
const mostMergedLevels = 40;

/**
 * An exponential histogram as Prometheus' native one, with larger buckets where it is too fine; or the
 * reason why it can't be one.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#exponential-histograms-1
 */
export function nativeHistogram(point: ExponentialPoint): Histogram | string {
  const { scale, sum, count, zeroCount, zeroThreshold } = point;
  if (scale < leastScale) return `an exponential histogram has a scale below ${leastScale}`;
  if (sum === undefined) return 'an exponential histogram has no sum';
  if (!(zeroThreshold >= 0 && zeroThreshold < Number.POSITIVE_INFINITY)) {
    return 'the zero threshold of an exponential histogram is negative or not finite';
  }
  const merged = Math.min(Math.max(scale - mostScale, 0), mostMergedLevels);
  const positive = mergedBuckets(point.positive, merged);
  const negative = mergedBuckets(point.negative, merged);
  if (positive === undefined || negative === undefined) {
    return 'the offset of an exponential histogram is past 32 bits';
  }
  const observations = zeroCount + total(positive) + total(negative);
  // Observations of NaN are in no bucket. Past 2^53 the sum is not exact.
  if (observations > count && observations <= Number.MAX_SAFE_INTEGER) {
    return 'the buckets of an exponential histogram hold more than its count';
  }
  return createHistogram({
    schema: Math.min(scale, mostScale),
    zeroThreshold: zeroThreshold === 0 ? defaultZeroThreshold : zeroThreshold,
    zeroCount,
    count,
    sum,
    positive,
    negative,
  });
}

/**
 * Each 2^levels neighbours become one bucket. OTLP numbers buckets by their lower bounds, Prometheus by
 * the upper ones. Undefined where an index has no room in 32 bits.
 */
function mergedBuckets({ offset, counts }: ExponentialBuckets, levels: number): Buckets | undefined {
  const indices: number[] = [];
  const merged: number[] = [];
  const width = 2 ** levels;
  for (const [i, count] of counts.entries()) {
    if (count === 0) continue;
    const index = Math.floor((offset + i) / width) + 1;
    if (Math.trunc(index) !== (index | 0)) return undefined;
    if (indices.at(-1) === index) {
      merged[merged.length - 1] = (merged.at(-1) ?? 0) + count;
    } else {
      indices.push(index);
      merged.push(count);
    }
  }
  return { indices: Int32Array.from(indices), counts: Float64Array.from(merged) };
}

const total = ({ counts }: Buckets): number => counts.reduce((sum, count) => sum + count, 0);
