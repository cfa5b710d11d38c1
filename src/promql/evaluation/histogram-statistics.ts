import { isReset } from '../histogram/reset.ts';
import { type CounterResetHint, type Histogram, withoutBuckets } from '../histogram.ts';
import type { RawSeries } from '../series-source.ts';

/**
 * The series with only the counts and sums of its histograms. As resets can't be seen without buckets, each
 * histogram gets a hint from the one before it.
 */
export function withStatisticsOnly(series: RawSeries): RawSeries {
  if (series.histograms === undefined) return series;
  let previous: Histogram | undefined;
  const histograms = series.histograms.map((histogram) => {
    if (histogram === undefined) return undefined;
    const hint = resetHint(histogram, previous);
    previous = { ...histogram, hint };
    return withoutBuckets(histogram, hint);
  });
  return { ...series, histograms };
}

function resetHint(histogram: Histogram, previous: Histogram | undefined): CounterResetHint {
  if (histogram.hint !== 'unknown' || previous === undefined) return histogram.hint;
  return isReset(histogram, previous) ? 'reset' : 'not_reset';
}
