import { divide, type Histogram } from '../histogram.ts';
import { HistogramSum, type SumOutcome } from './sum.ts';

/** A sum or mean of histograms and what was met on the way. */
export interface AggregatedHistogram {
  /** Undefined where exponential and custom buckets met. */
  readonly histogram: Histogram | undefined;
  /** The position of the first one that did not fit those before; −1 where all did. */
  readonly incompatibleAt: number;
  /** Different custom bounds were reduced to the common ones. */
  readonly reconciled: boolean;
  /** Both of the hints `reset` and `not_reset` were there. */
  readonly collision: boolean;
}

/** The sum of at least one histogram. */
export function sumHistograms(histograms: readonly Histogram[]): AggregatedHistogram {
  const { sum, ...met } = addAll(histograms, (total, histogram) => total.add(histogram));
  return { ...met, histogram: met.incompatibleAt < 0 ? sum.total() : undefined };
}

/** The mean of at least one histogram. */
export function meanHistograms(histograms: readonly Histogram[]): AggregatedHistogram {
  const { sum, ...met } = addAll(histograms, (total, histogram) => total.add(histogram));
  if (met.incompatibleAt >= 0) return { ...met, histogram: undefined };
  if (!sum.overflows) {
    sum.divide(histograms.length);
    return { ...met, histogram: sum.total() };
  }
  // The mean can be finite where the sum is not: move it towards each histogram in turn.
  const running = addAll(histograms, (mean, next, count) => {
    mean.scale((count - 1) / count);
    return mean.add(divide(next, count));
  });
  return { ...met, histogram: running.sum.total() };
}

function addAll(
  histograms: readonly Histogram[],
  add: (sum: HistogramSum, next: Histogram, count: number) => SumOutcome,
): Omit<AggregatedHistogram, 'histogram'> & { readonly sum: HistogramSum } {
  const [first, ...rest] = histograms;
  if (first === undefined) throw new RangeError('no histogram to aggregate');
  const sum = new HistogramSum(first);
  let reconciled = false;
  let incompatibleAt = -1;
  for (const [i, next] of rest.entries()) {
    const outcome = add(sum, next, i + 2);
    if (outcome.incompatible) {
      incompatibleAt = i + 1;
      break;
    }
    reconciled ||= outcome.reconciled;
  }
  const hints = new Set(histograms.map(({ hint }) => hint));
  return { sum, incompatibleAt, reconciled, collision: hints.has('reset') && hints.has('not_reset') };
}
