import { isReset } from '../histogram/reset.ts';
import { addHistograms, subtractHistograms } from '../histogram/sum.ts';
import { type Histogram, multiply } from '../histogram.ts';

/** The value at time `t` on the line between two samples; after a counter's reset, the line from 0. */
export function interpolate(
  t1: number,
  y1: number,
  t2: number,
  y2: number,
  t: number,
  isCounter: boolean,
): number {
  const from = isCounter && y2 < y1 ? 0 : y1;
  return from + ((y2 - from) * (t - t1)) / (t2 - t1);
}

/** A histogram between two others and what their arithmetic met. */
export interface InterpolatedHistogram {
  /** Undefined where exponential and custom buckets met. */
  readonly histogram: Histogram | undefined;
  /** Different custom bounds were reduced to the common ones, in the difference or in the sum. */
  readonly reconciled: readonly ('subtraction' | 'addition')[];
}

/** As `interpolate`, for histograms. */
export function interpolateHistograms(
  t1: number,
  h1: Histogram,
  t2: number,
  h2: Histogram,
  t: number,
  isCounter: boolean,
): InterpolatedHistogram {
  if (t === t1) return { histogram: h1, reconciled: [] };
  if (t === t2) return { histogram: h2, reconciled: [] };
  const fraction = (t - t1) / (t2 - t1);
  if (isCounter && isReset(h2, h1)) return { histogram: multiply(h2, fraction), reconciled: [] };
  const difference = subtractHistograms(h2, h1);
  if (difference.incompatible) return { histogram: undefined, reconciled: [] };
  const sum = addHistograms(multiply(difference.histogram, fraction), h1);
  return {
    histogram: sum.histogram,
    reconciled: [
      ...(difference.reconciled ? ['subtraction' as const] : []),
      ...(sum.reconciled ? ['addition' as const] : []),
    ],
  };
}
