import { addHistograms } from '../../histogram/sum.ts';
import { type Histogram, multiply } from '../../histogram.ts';
import * as messages from '../messages.ts';
import { extendedFloatRate } from './extended-floats.ts';
import { extendedHistogramRate } from './extended-histograms.ts';
import { histogramIncrease } from './histogram-increase.ts';
import type { FloatSamples } from './input.ts';
import { neighboursAt, startOverlaps, startsAnew } from './start-times.ts';
import type { RangeFunction, RangeWindow, Reporter } from './window.ts';

/** What of a change is wanted. */
export interface RateKind {
  /** The samples only go up, but for resets to 0. */
  readonly isCounter: boolean;
  /** Per second, not over the whole range. */
  readonly isRate: boolean;
}

interface Change {
  readonly firstTime: number;
  readonly lastTime: number;
  /** How many gaps there are between samples. */
  readonly gaps: number;
  /** When the first sample's counter began, if that is inside the range: the counter was 0 then. */
  readonly begun: number | undefined;
  /** The counter at the first sample, and how much it grew from there. */
  readonly first: number;
  readonly growth: number;
}

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
  return (begun === undefined ? growth : growth + first) * extrapolation(change, window, kind);
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
  const factor = extrapolation(change, window, kind);
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

/**
 * By what a change between samples is multiplied to stand for the whole range. Samples that are as near to
 * a bound as they are to one another (and a tenth more) are taken to go on to it; else the series is taken
 * to have begun, or ended, half a gap further. A counter can't have begun before it was 0.
 */
function extrapolation(change: Change, window: RangeWindow, kind: RateKind): number {
  const { firstTime, lastTime, gaps, begun, first, growth } = change;
  const sampled = (lastTime - (begun ?? firstTime)) / 1000;
  const gap = gaps === 0 ? 0 : (lastTime - firstTime) / 1000 / gaps;
  const threshold = gap * 1.1;
  let toStart = 0;
  if (begun === undefined) {
    toStart = (firstTime - window.start) / 1000;
    if (toStart >= threshold) toStart = gap / 2;
    if (kind.isCounter && growth > 0 && first >= 0) toStart = Math.min(toStart, sampled * (first / growth));
  }
  let toEnd = (window.end - lastTime) / 1000;
  if (toEnd >= threshold) toEnd = gap / 2;
  const factor = sampled === 0 ? 1 : (sampled + toStart + toEnd) / sampled;
  return kind.isRate ? factor / ((window.end - window.start) / 1000) : factor;
}

/** The functions of how much a range changed, extrapolated to its bounds. */
export const rateFunctions: Readonly<Record<string, RangeFunction>> = {
  rate: changeFunction({ isCounter: true, isRate: true }),
  increase: changeFunction({ isCounter: true, isRate: false }),
  delta: changeFunction({ isCounter: false, isRate: false }),
};
