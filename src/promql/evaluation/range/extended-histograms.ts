import { isReset } from '../../histogram/reset.ts';
import { addHistograms, type Combined, subtractHistograms } from '../../histogram/sum.ts';
import { compact, divide, type Histogram, usesCustomBuckets, withHint } from '../../histogram.ts';
import { interpolateHistograms } from '../interpolation.ts';
import * as messages from '../messages.ts';
import { type Reach, reachOf } from './extended-floats.ts';
import type { RateKind } from './extrapolation.ts';
import type { RangeWindow, Reporter } from './window.ts';

/** `rate`, `increase` or `delta` of the histograms of an anchored or smoothed range. */
export function extendedHistogramRate(
  window: RangeWindow,
  { isCounter, isRate }: RateKind,
  reporter: Reporter,
): Histogram | undefined {
  const { histograms, histogramLow, histogramHigh } = window;
  const reach = reachOf(histograms.timestamps, histogramLow, histogramHigh, window);
  if (reach === undefined || !areUsable(window, reach, isCounter, reporter)) return undefined;
  const left = boundary(window, reach.first, reach.first + 1, window.start, isCounter, reporter);
  const right = boundary(window, reach.last, reach.last - 1, window.end, isCounter, reporter);
  if (left === undefined || right === undefined) return undefined;
  const { annotations, span } = reporter;
  if (!isCounter && (left.hint !== 'gauge' || right.hint !== 'gauge')) {
    annotations.warn(messages.notAGauge(window.metricName), span);
  }
  const change = reported(subtractHistograms(right, left), 'subtraction', window, reporter);
  const correction = isCounter ? resetCorrection(window, reach, left, right, reporter) : undefined;
  let total = change;
  if (total !== undefined && correction !== undefined) {
    total = reported(addHistograms(total, correction), 'addition', window, reporter);
  }
  if (total === undefined) return undefined;
  const result = isRate ? divide(total, (window.end - window.start) / 1000) : total;
  return compact(withHint(result, 'gauge'));
}

/** Whether all histograms are of one kind; gauges where counters are needed get a warning. */
function areUsable(
  { histograms, metricName }: RangeWindow,
  { first, last }: Reach,
  isCounter: boolean,
  { annotations, span }: Reporter,
): boolean {
  const points = histograms.values.slice(first, last + 1);
  const [one] = points;
  for (const point of points) {
    if (one !== undefined && usesCustomBuckets(point) !== usesCustomBuckets(one)) {
      annotations.warn(messages.mixedSchemas(metricName), span);
      return false;
    }
    if (isCounter && point.hint === 'gauge') annotations.warn(messages.notACounter(metricName), span);
  }
  return true;
}

/** The histogram at a bound of the range: the sample there, or (smoothed) between it and its neighbour. */
function boundary(
  window: RangeWindow,
  position: number,
  neighbour: number,
  bound: number,
  isCounter: boolean,
  { annotations, span }: Reporter,
): Histogram | undefined {
  const { histograms, histogramLow, extension, metricName } = window;
  const { timestamps, values } = histograms;
  const [earlier, later] = neighbour > position ? [position, neighbour] : [neighbour, position];
  const time = timestamps[position] ?? 0;
  const isBeyond = neighbour > position ? time < bound : time > bound && position > histogramLow;
  const [h1, h2] = [values[earlier], values[later]];
  if (extension !== 'smoothed' || !isBeyond || h1 === undefined || h2 === undefined) return values[position];
  const [t1 = 0, t2 = 0] = [timestamps[earlier], timestamps[later]];
  const { histogram, reconciled } = interpolateHistograms(t1, h1, t2, h2, bound, isCounter);
  for (const operation of reconciled) annotations.inform(messages.reconciledBounds(operation), span);
  if (histogram === undefined) annotations.warn(messages.mixedSchemas(metricName), span);
  return histogram;
}

/** What a counter had before each reset inside the range, added up; undefined where there was none. */
function resetCorrection(
  window: RangeWindow,
  reach: Reach,
  left: Histogram,
  right: Histogram,
  reporter: Reporter,
): Histogram | undefined {
  const { timestamps, values } = window.histograms;
  let previous = left;
  let from = reach.first + 1;
  const [first, second] = [values[reach.first], values[from]];
  const isInterpolated = window.extension === 'smoothed' && (timestamps[reach.first] ?? 0) < window.start;
  if (isInterpolated && first !== undefined && second !== undefined && isReset(second, first)) {
    // The interpolation at the start has taken this reset into account.
    previous = second;
    from++;
  }
  // The sample at the end stands in `right`, with its hint: looked at twice, it would reset twice.
  const to = reach.last - 1;
  if (from > to + 1) return undefined;
  let correction: Histogram | undefined;
  for (const point of [...values.slice(from, to + 1), right]) {
    if (isReset(point, previous)) {
      correction =
        correction === undefined
          ? previous
          : reported(addHistograms(correction, previous), 'addition', window, reporter);
    }
    previous = point;
  }
  return correction;
}

function reported(
  { histogram, incompatible, reconciled }: Combined,
  operation: 'addition' | 'subtraction',
  { metricName }: RangeWindow,
  { annotations, span }: Reporter,
): Histogram | undefined {
  if (incompatible) {
    annotations.warn(messages.mixedSchemas(metricName), span);
    return undefined;
  }
  if (reconciled) annotations.inform(messages.reconciledBounds(operation), span);
  return histogram;
}
