import { isReset } from '../../histogram/reset.ts';
import { HistogramSum } from '../../histogram/sum.ts';
import { compact, createHistogram, type Histogram, usesCustomBuckets, withHint } from '../../histogram.ts';
import * as messages from '../messages.ts';
import { neighboursAt, startOverlaps, startsAnew } from './start-times.ts';
import type { RangeWindow, Reporter } from './window.ts';

/**
 * The difference between the last and the first of at least two histograms of a range; of a counter with
 * what it had before each reset. Undefined, with a warning, where exponential and custom buckets met.
 */
export function histogramIncrease(
  window: RangeWindow,
  isCounter: boolean,
  { annotations, span }: Reporter,
): Histogram | undefined {
  const { histograms, histogramLow, metricName } = window;
  const { timestamps, starts } = histograms;
  const points = window.histogramValues();
  const [first, second] = points;
  const last = points.at(-1);
  if (first === undefined || second === undefined || last === undefined) return undefined;
  const beginsAnew = (i: number): boolean =>
    starts !== undefined && startsAnew(neighboursAt(timestamps, starts, histogramLow + i));

  if (isCounter && points.some(({ hint }) => hint === 'gauge')) {
    annotations.warn(messages.notACounter(metricName), span);
  }
  // Before a reset right after it, the first histogram's buckets don't matter: it counts as 0.
  const startsWithReset = isCounter && (beginsAnew(1) || isReset(second, first));
  const base = startsWithReset
    ? createHistogram({ schema: second.schema, customValues: second.customValues })
    : first;

  const between = isCounter ? points.slice(1, -1) : [];
  const custom = usesCustomBuckets(base);
  if ([last, ...between].some((point) => usesCustomBuckets(point) !== custom)) {
    annotations.warn(messages.mixedSchemas(metricName), span);
    return undefined;
  }
  const sum = new HistogramSum(last);
  // All that is looked at meets in the coarsest schema, before zero buckets are compared.
  for (const point of [base, ...between]) sum.coarsenTo(point.schema);
  if (sum.add(base, -1).reconciled) annotations.inform(messages.reconciledBounds('subtraction'), span);
  if (isCounter) {
    let previous = base;
    points.slice(1).forEach((point, i) => {
      if (beginsAnew(i + 1) || isReset(point, previous)) {
        if (sum.add(previous).reconciled) annotations.inform(messages.reconciledBounds('addition'), span);
      }
      previous = point;
    });
    if (starts !== undefined && overlapsAnywhere(window, starts))
      annotations.warnStartOverlap(metricName, span);
  } else if (first.hint !== 'gauge' || last.hint !== 'gauge') {
    annotations.warn(messages.notAGauge(metricName), span);
  }
  return compact(withHint(sum.total(), 'gauge'));
}

function overlapsAnywhere(
  { histograms, histogramLow, histogramHigh }: RangeWindow,
  starts: Float64Array,
): boolean {
  for (let i = histogramLow + 1; i < histogramHigh; i++) {
    if (startOverlaps(neighboursAt(histograms.timestamps, starts, i))) return true;
  }
  return false;
}
