import { addHistograms } from '../../histogram/sum.ts';
import { type Histogram, multiply } from '../../histogram.ts';
import * as messages from '../messages.ts';
import { extendedFloatRate } from './extended-floats.ts';
import { extendedHistogramRate } from './extended-histograms.ts';
import { extrapolation, type RateKind } from './extrapolation.ts';
import { histogramIncrease } from './histogram-increase.ts';
import type { FloatSamples } from './input.ts';
import { rateAtSteps } from './rate-at-steps.ts';
import { neighboursAt, startOverlaps, startsAnew } from './start-times.ts';
import type { RangeFunction, RangeWindow, Reporter } from './window.ts';

/** `rate`, `increase` or `delta` of a range. */
function changeFunction(kind: RateKind): RangeFunction {
  return {
    minFloats: 1,
    ofFloats: (window, _, reporter) => {
      if (window.extension !== undefined) return extendedFloatRate(window, kind);
      return floatRate(window, kind, reporter);
    },
    ofHistograms: (window, _, reporter) => {
      if (window.floatCount > 0) {
        reporter.annotations.warn(messages.mixedFloatsAndHistograms(window.metricName), reporter.span);
        return undefined;
      }
      if (window.extension !== undefined) return extendedHistogramRate(window, kind, reporter);
      return histogramRate(window, kind, reporter);
    },
    ofPlainFloats: (floats, ranges, builder) => rateAtSteps(floats, ranges, kind, builder),
  };
}

function floatRate(window: RangeWindow, kind: RateKind, reporter: Reporter): number | undefined {
  const { floats, floatLow, floatHigh } = window;
  const { timestamps, values } = floats;
  const firstTime = timestamps[floatLow] ?? 0;
  const begun = kind.isCounter ? begunInside(window, firstTime, floats.starts?.[floatLow]) : undefined;
  const gaps = floatHigh - floatLow - 1;
  if (gaps === 0 && begun === undefined) return undefined;
  const first = values[floatLow] ?? 0;
  let growth = (values[floatHigh - 1] ?? 0) - first;
  if (kind.isCounter) growth = addResets(window, floats, growth, reporter);
  const change = { firstTime, lastTime: timestamps[floatHigh - 1] ?? 0, gaps, begun, first, growth };
  return (
    (begun === undefined ? growth : growth + first) * extrapolation(change, window.start, window.end, kind)
  );
}

/** Adds to a counter's growth what it had before each reset. */
function addResets(window: RangeWindow, floats: FloatSamples, growth: number, reporter: Reporter): number {
  const { values, timestamps, starts, drops } = floats;
  const { floatLow, floatHigh } = window;
  let total = growth;
  if (starts === undefined) {
    for (let i = firstAbove(drops, floatLow); i < drops.length; i++) {
      const position = drops[i] ?? 0;
      if (position >= floatHigh) break;
      total += values[position - 1] ?? 0;
    }
    return total;
  }
  let overlaps = false;
  for (let i = floatLow + 1; i < floatHigh; i++) {
    const neighbours = neighboursAt(timestamps, starts, i);
    const previous = values[i - 1] ?? 0;
    if ((values[i] ?? 0) < previous || startsAnew(neighbours)) total += previous;
    overlaps ||= startOverlaps(neighbours);
  }
  if (overlaps) reporter.annotations.warnStartOverlap(window.metricName, reporter.span);
  return total;
}

function firstAbove(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

function histogramRate(window: RangeWindow, kind: RateKind, reporter: Reporter): Histogram | undefined {
  const { histograms, histogramLow, histogramHigh, metricName } = window;
  const { timestamps, values, starts } = histograms;
  const first = values[histogramLow];
  if (first === undefined) return undefined;
  const firstTime = timestamps[histogramLow] ?? 0;
  const begun = kind.isCounter ? begunInside(window, firstTime, starts?.[histogramLow]) : undefined;
  const gaps = histogramHigh - histogramLow - 1;
  let growth: Histogram | undefined;
  if (gaps > 0) {
    growth = histogramIncrease(window, kind.isCounter, reporter);
    if (growth === undefined) return undefined;
  }
  if (growth === undefined && begun === undefined) return undefined;
  const change = {
    firstTime,
    lastTime: timestamps[histogramHigh - 1] ?? 0,
    gaps,
    begun,
    first: first.count,
    growth: growth?.count ?? 0,
  };
  const factor = extrapolation(change, window.start, window.end, kind);
  if (begun === undefined) return growth && multiply(growth, factor);
  if (growth === undefined) return multiply(first, factor);
  const whole = addHistograms(growth, first);
  if (whole.incompatible) {
    reporter.annotations.warn(messages.mixedSchemas(metricName), reporter.span);
    return undefined;
  }
  if (whole.reconciled) reporter.annotations.inform(messages.reconciledBounds('addition'), reporter.span);
  return multiply(whole.histogram, factor);
}

/** A sample's start time, if it is inside the range and before the sample. */
function begunInside(window: RangeWindow, time: number, start: number | undefined): number | undefined {
  return start !== undefined && start !== 0 && start > window.start && start < time ? start : undefined;
}

/** The functions of how much a range changed, extrapolated to its bounds. */
export const rateFunctions: Readonly<Record<string, RangeFunction>> = {
  rate: changeFunction({ isCounter: true, isRate: true }),
  increase: changeFunction({ isCounter: true, isRate: false }),
  delta: changeFunction({ isCounter: false, isRate: false }),
};
