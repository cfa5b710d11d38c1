import { type Buckets, type CounterResetHint, type Histogram, sameBounds, withHint } from './histogram.ts';

/**
 * The histograms of one series, in order of time, with the hints that Prometheus' storage gives them when
 * it is read: `not_reset` where a histogram plainly continues the one before, `unknown` where it doesn't
 * (a reset is never stated, as what came before might not be all there was), `gauge` for gauges. Where a
 * float or a stale marker stands (undefined), a new run of histograms begins.
 */
export function storedHints(
  histograms: readonly (Histogram | undefined)[],
): readonly (Histogram | undefined)[] {
  let previous: Histogram | undefined;
  return histograms.map((histogram) => {
    const stored = histogram && withHint(histogram, storedHint(histogram, previous));
    previous = histogram;
    return stored;
  });
}

function storedHint(histogram: Histogram, previous: Histogram | undefined): CounterResetHint {
  if (histogram.hint === 'gauge') return 'gauge';
  if (previous === undefined || previous.hint === 'gauge' || histogram.hint === 'reset') return 'unknown';
  const continues =
    histogram.schema === previous.schema &&
    histogram.zeroThreshold === previous.zeroThreshold &&
    sameBounds(histogram.customValues, previous.customValues) &&
    histogram.count >= previous.count &&
    histogram.zeroCount >= previous.zeroCount &&
    noneDecreased(histogram.positive, previous.positive) &&
    noneDecreased(histogram.negative, previous.negative);
  return continues ? 'not_reset' : 'unknown';
}

/** Whether each populated bucket of `previous` has at least its count in `current`; indices mean the same in both. */
export function noneDecreased(current: Buckets, previous: Buckets): boolean {
  let at = 0;
  for (let i = 0; i < previous.indices.length; i++) {
    const index = previous.indices[i] ?? 0;
    while (at < current.indices.length && (current.indices[at] ?? 0) < index) at++;
    const count = previous.counts[i] ?? 0;
    const isReset = current.indices[at] === index ? (current.counts[at] ?? 0) < count : count !== 0;
    if (isReset) return false;
  }
  return true;
}
